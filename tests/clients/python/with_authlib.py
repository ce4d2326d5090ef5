"""PyPI `authlib`: metadata, PKCE, its own refresh when a token has expired, revocation and introspection."""

import os

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain http, on loopback only

from authlib.common.security import generate_token  # noqa: E402
from authlib.integrations.requests_client import OAuth2Session  # noqa: E402
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata  # noqa: E402
from story import REDIRECT_URI, SCOPE, BASE, check, finish, me, metadata, person, refused, same_scopes  # noqa: E402

server = metadata()
# Authlib asks https of every address; all but that is judged.
AuthorizationServerMetadata({
    name: value.replace("http://", "https://") if isinstance(value, str) else value for name, value in server.items()
}).validate()
check("metadata are what RFC 8414 wants", server["issuer"] == BASE, server)

saved = []
session = OAuth2Session("authlib", "authlib-secret", scope=SCOPE, redirect_uri=REDIRECT_URI,
                        code_challenge_method="S256", token_endpoint=server["token_endpoint"],
                        update_token=lambda token, **_: saved.append(token))
verifier = generate_token(48)
url, state = session.create_authorization_url(server["authorization_endpoint"], code_verifier=verifier)
answer = person(url)
token = session.fetch_token(server["token_endpoint"], authorization_response=answer, code_verifier=verifier, state=state)
check("the answer is complete", token["token_type"] == "Bearer" and token["expires_in"] == 3600, token)
check("its scopes are those asked for", same_scopes(token["scope"]), token)
check("the API accepts it", session.get(f"{BASE}/v1/me").status_code == 200)
known = session.introspect_token(server["introspection_endpoint"], token=token["access_token"]).json()
check("introspection calls it active", known["active"] and known["client_id"] == "authlib", known)
refused("a code works once",
        lambda: OAuth2Session("authlib", "authlib-secret", redirect_uri=REDIRECT_URI).fetch_token(
            server["token_endpoint"], authorization_response=answer, code_verifier="x" * 43), "invalid_grant")

# An expired token makes the library refresh by itself.
session.token = dict(session.token, expires_at=1)
check("the API accepts what the library refreshed", session.get(f"{BASE}/v1/me").status_code == 200)
check("the library stored one new pair", len(saved) == 1 and saved[0]["refresh_token"] != token["refresh_token"], saved)
latest = saved[-1] if saved else token
check("both tokens turned", latest["access_token"] != token["access_token"])

revoked = session.revoke_token(server["revocation_endpoint"], token=latest["refresh_token"], token_type_hint="refresh_token")
check("revocation answers 200", revoked.status_code == 200, revoked.text)
check("a revoked family is dead", me(latest["access_token"]) == 401)
refused("a revoked refresh token is refused",
        lambda: session.refresh_token(server["token_endpoint"], refresh_token=latest["refresh_token"]), "invalid_grant")
finish()
