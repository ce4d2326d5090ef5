"""PyPI `requests-oauthlib`: the oldest habits in wide use, among them a warning when scopes differ from those asked."""

import os
import warnings

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain http, on loopback only
warnings.simplefilter("error")  # a changed scope is a warning that many turn into a crash

import requests  # noqa: E402
from oauthlib.oauth2 import TokenExpiredError  # noqa: E402
from requests.auth import HTTPBasicAuth  # noqa: E402
from requests_oauthlib import OAuth2Session  # noqa: E402
from story import BASE, REDIRECT_URI, SCOPE, check, finish, me, person, refused, same_scopes  # noqa: E402

TOKEN = f"{BASE}/oauth/token"
secret = HTTPBasicAuth("requests-oauthlib", "requests-oauthlib-secret")
session = OAuth2Session("requests-oauthlib", redirect_uri=REDIRECT_URI, scope=SCOPE.split(), pkce="S256")
url, _ = session.authorization_url(f"{BASE}/oauth/authorize")
answer = person(url)
token = session.fetch_token(TOKEN, authorization_response=answer, client_secret="requests-oauthlib-secret")
check("the answer is complete", token["token_type"] == "Bearer" and token["expires_in"] == 3600, token)
check("its scopes are those asked for", same_scopes(token["scope"]), token)
check("the API accepts it", session.get(f"{BASE}/v1/me").status_code == 200)

# The library notices an expired token and leaves refreshing to its user.
stale = OAuth2Session("requests-oauthlib", token=dict(token, expires_in=-1, expires_at=1))
try:
    stale.get(f"{BASE}/v1/me")
    check("an expired token is noticed", False)
except TokenExpiredError:
    check("an expired token is noticed", True)
latest = stale.refresh_token(TOKEN, refresh_token=token["refresh_token"], auth=secret)
check("both tokens turned", latest["access_token"] != token["access_token"]
      and latest["refresh_token"] != token["refresh_token"], latest)
check("the API accepts the new one", stale.get(f"{BASE}/v1/me").status_code == 200)

# It knows no revocation; its users post by hand.
done = requests.post(f"{BASE}/oauth/revoke", data={"token": latest["refresh_token"]}, auth=secret, timeout=60)
check("revocation answers 200", done.status_code == 200, done.text)
check("a revoked family is dead", me(latest["access_token"]) == 401)
refused("a revoked refresh token is refused",
        lambda: stale.refresh_token(TOKEN, refresh_token=latest["refresh_token"], auth=secret), "invalid_grant")
finish()
