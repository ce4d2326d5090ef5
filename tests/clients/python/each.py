"""Libraries of PyPI that need no more than one short story: connect with PKCE where the library can, read who connected it,
refresh where it can. One line each; docs/clients.md says what each was told."""

import asyncio
import base64
import hashlib
import json
import os
import secrets
import sys
import traceback
from urllib.parse import parse_qs, urlencode, urlsplit

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain http, on loopback only

import httpx  # noqa: E402
import requests  # noqa: E402
from authlib.integrations.httpx_client import AsyncOAuth2Client  # noqa: E402
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession  # noqa: E402
from httpx_oauth.oauth2 import OAuth2 as HttpxOAuth2  # noqa: E402
from oauthlib.oauth2 import WebApplicationClient  # noqa: E402
from rauth import OAuth2Service  # noqa: E402
from requests_oauth2client import BearerToken, OAuth2Client  # noqa: E402
from requests_oauthlib import OAuth2Session  # noqa: E402
from sanction import Client as Sanction, transport_headers  # noqa: E402
from social_core.backends.oauth import BaseOAuth2PKCE  # noqa: E402
from social_core.strategy import BaseStrategy  # noqa: E402
from story import BASE, REDIRECT_URI, metadata, person  # noqa: E402

ID, SECRET, SCOPES = "clients", "clients-secret", ["profile", "forms:read"]
SCOPE = " ".join(SCOPES)
SERVER = metadata()
AUTHORIZE, TOKEN, USERINFO = (SERVER[f"{name}_endpoint"] for name in ("authorization", "token", "userinfo"))


def pkce():
    verifier = secrets.token_urlsafe(32)
    return verifier, base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def is_jane(access_token):
    who = requests.get(USERINFO, headers={"Authorization": f"Bearer {access_token}"}, timeout=60).json()
    assert who.get("sub") == "u-jane" and who.get("name") == "Jane Doe", who


def answered(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(person(url)).query).items()}


def authlib():
    session = AuthlibSession(ID, SECRET, scope=SCOPE, redirect_uri=REDIRECT_URI, code_challenge_method="S256",
                             token_endpoint=TOKEN)
    verifier, _ = pkce()
    url, state = session.create_authorization_url(AUTHORIZE, code_verifier=verifier)
    token = session.fetch_token(TOKEN, authorization_response=person(url), code_verifier=verifier, state=state)
    is_jane(token["access_token"])
    is_jane(session.refresh_token(TOKEN, refresh_token=token["refresh_token"])["access_token"])


def authlib_httpx():
    async def story():
        verifier, _ = pkce()
        async with AsyncOAuth2Client(ID, SECRET, scope=SCOPE, redirect_uri=REDIRECT_URI, code_challenge_method="S256",
                                     token_endpoint=TOKEN) as session:
            url, state = session.create_authorization_url(AUTHORIZE, code_verifier=verifier)
            await session.fetch_token(TOKEN, authorization_response=person(url), code_verifier=verifier, state=state)
            who = (await session.get(USERINFO)).json()
            assert who["sub"] == "u-jane", who
    asyncio.run(story())


def requests_oauthlib():
    session = OAuth2Session(ID, redirect_uri=REDIRECT_URI, scope=SCOPES, pkce="S256")
    url, _ = session.authorization_url(AUTHORIZE)
    token = session.fetch_token(TOKEN, authorization_response=person(url), client_secret=SECRET)
    is_jane(token["access_token"])
    is_jane(session.refresh_token(TOKEN, auth=(ID, SECRET))["access_token"])


def oauthlib():
    client = WebApplicationClient(ID)
    verifier, challenge = pkce()
    url = client.prepare_request_uri(AUTHORIZE, redirect_uri=REDIRECT_URI, scope=SCOPES, state="a",
                                     code_challenge=challenge, code_challenge_method="S256")
    client.parse_request_uri_response(person(url), state="a")
    body = client.prepare_request_body(redirect_uri=REDIRECT_URI, code_verifier=verifier, client_secret=SECRET)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    client.parse_request_body_response(requests.post(TOKEN, data=body, headers=form, timeout=60).text, scope=SCOPES)
    is_jane(client.access_token)


def httpx_oauth():
    async def story():
        client = HttpxOAuth2(ID, SECRET, AUTHORIZE, TOKEN, refresh_token_endpoint=TOKEN,
                             revoke_token_endpoint=SERVER["revocation_endpoint"],
                             revocation_endpoint_auth_method="client_secret_post")
        verifier, challenge = pkce()
        url = await client.get_authorization_url(REDIRECT_URI, state="a", scope=SCOPES, code_challenge=challenge,
                                                 code_challenge_method="S256")
        token = await client.get_access_token(answered(url)["code"], REDIRECT_URI, verifier)
        is_jane(token["access_token"])
        token = await client.refresh_token(token["refresh_token"])
        is_jane(token["access_token"])
        await client.revoke_token(token["refresh_token"], "refresh_token")
    asyncio.run(story())


def social_auth_core():
    class Strategy(BaseStrategy):
        sessions, data = {}, {}

        def get_setting(self, name):
            settings = {"SOCIAL_AUTH_SYMBOLON_KEY": ID, "SOCIAL_AUTH_SYMBOLON_SECRET": SECRET,
                        "SOCIAL_AUTH_SYMBOLON_SCOPE": SCOPES}
            return settings[name]

        def session_get(self, name, default=None):
            return self.sessions.get(name, default)

        def session_set(self, name, value):
            self.sessions[name] = value

        def session_pop(self, name):
            return self.sessions.pop(name, None)

        def request_data(self, merge=True):
            return self.data

        def build_absolute_uri(self, path=None):
            return REDIRECT_URI

    class Symbolon(BaseOAuth2PKCE):
        name, AUTHORIZATION_URL, ACCESS_TOKEN_URL, REFRESH_TOKEN_URL = "symbolon", AUTHORIZE, TOKEN, TOKEN
        ID_KEY, REDIRECT_STATE = "sub", False

        def user_data(self, access_token, *args, **kwargs):
            return self.get_json(USERINFO, headers={"Authorization": f"Bearer {access_token}"})

    once = type("Nonce", (), {"use": staticmethod(lambda *_: True), "consume": staticmethod(lambda *_: True)})
    strategy = Strategy(storage=type("Storage", (), {"user": None, "nonce": once}))
    backend = Symbolon(strategy, redirect_uri=REDIRECT_URI)
    Strategy.data = backend.data = answered(backend.auth_url())
    token = backend.request_access_token(
        TOKEN, data=backend.auth_complete_params(backend.validate_state()), headers=backend.auth_headers(), method="POST")
    is_jane(token["access_token"])
    is_jane(backend.refresh_token(token["refresh_token"])["access_token"])


def rauth():
    service = OAuth2Service(client_id=ID, client_secret=SECRET, authorize_url=AUTHORIZE, access_token_url=TOKEN)
    verifier, challenge = pkce()
    url = service.get_authorize_url(redirect_uri=REDIRECT_URI, response_type="code", scope=SCOPE, state="a",
                                    code_challenge=challenge, code_challenge_method="S256")
    data = {"code": answered(url)["code"], "grant_type": "authorization_code", "redirect_uri": REDIRECT_URI,
            "code_verifier": verifier}
    is_jane(service.get_access_token(data=data, decoder=json.loads))


def sanction():
    client = Sanction(auth_endpoint=AUTHORIZE, token_endpoint=TOKEN, resource_endpoint=BASE, client_id=ID,
                      client_secret=SECRET, token_transport=transport_headers)
    answer = answered(client.auth_uri(redirect_uri=REDIRECT_URI, scope=SCOPE, state="a"))
    client.request_token(code=answer["code"], redirect_uri=REDIRECT_URI)
    is_jane(client.access_token)


def requests_oauth2client():
    client = OAuth2Client.from_discovery_endpoint(
        f"{BASE}/.well-known/oauth-authorization-server", issuer=BASE, client_id=ID, client_secret=SECRET,
        redirect_uri=REDIRECT_URI, testing=True)
    request = client.authorization_request(scope=SCOPE)
    answer = request.validate_callback(person(str(request)))
    token = client.authorization_code(answer)
    assert isinstance(token, BearerToken), token
    is_jane(token.access_token)
    assert client.userinfo(token)["sub"] == "u-jane"
    assert client.introspect_token(token)["active"]
    is_jane(client.refresh_token(token).access_token)


def httpx_alone():
    """What people write who use no library: a form, the secret in the body, no PKCE, openid asked for."""
    query = {"response_type": "code", "client_id": ID, "redirect_uri": REDIRECT_URI, "scope": f"openid {SCOPE}", "state": "a"}
    code = answered(f"{AUTHORIZE}?{urlencode(query)}")["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "client_id": ID,
            "client_secret": SECRET}
    token = httpx.post(TOKEN, data=form).raise_for_status().json()
    assert set(token["scope"].split()) == set(SCOPES), token
    assert httpx.post(USERINFO, data={"access_token": token["access_token"]}).json()["sub"] == "u-jane"


STORIES = [authlib, authlib_httpx, requests_oauthlib, oauthlib, httpx_oauth, social_auth_core, rauth, sanction,
           requests_oauth2client, httpx_alone]
failed = 0
for story in STORIES:
    try:
        story()
        print(f"PyPI {story.__name__}: connected", flush=True)
    except Exception:  # each library has its own type
        failed += 1
        print(f"PyPI {story.__name__}: FAILED", flush=True)
        traceback.print_exc(file=sys.stdout)
print(f"{len(STORIES) - failed} passed, {failed} failed")
sys.exit(1 if failed else 0)
