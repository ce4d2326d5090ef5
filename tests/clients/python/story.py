"""What every library's story shares: the person who signs in, the API that is called, and the count at the end."""

import os
import subprocess
import sys

import requests

BASE = os.environ["SYMBOLON_BASE"]
REDIRECT_URI = os.environ["SYMBOLON_REDIRECT_URI"]
SCOPE = "forms:read bookings:read"
results = []


def person(url, *options):
    """The person opens the address, signs in, decides, and is sent back to the app."""
    command = [sys.executable, os.environ["SYMBOLON_AUTHORIZE"], url, *options]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def me(access_token):
    """What the app API says to an access token."""
    return requests.get(f"{BASE}/v1/me", headers={"Authorization": f"Bearer {access_token}"}, timeout=60).status_code


def metadata():
    return requests.get(f"{BASE}/.well-known/oauth-authorization-server", timeout=60).json()


def check(sentence, holds, seen=""):
    results.append(bool(holds))
    if not holds:
        print("not so:", sentence, seen)


def refused(sentence, call, error):
    """The call must fail with an OAuth error of this code."""
    try:
        check(sentence, False, call())
    except Exception as raised:  # each library has its own type
        check(sentence, getattr(raised, "error", None) == error, repr(raised))


def same_scopes(answered):
    return set(answered if isinstance(answered, list) else answered.split()) == set(SCOPE.split())


def finish():
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    sys.exit(0 if all(results) else 1)
