"""A person without JavaScript: follows an authorization request to its end by filling in the forms that appear.

`Person.authorize(url)` returns the address that the browser is finally sent to at the client. Signing in and consenting
happen only when a page asks for it, so the same person is asked once and then passes.
"""

import html.parser
import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request


class Forms(html.parser.HTMLParser):
    """The forms of a page: where they go, what they would send, and which buttons they have."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.open = [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.open = {"id": given.get("id"), "action": given.get("action", ""), "fields": [], "buttons": [],
                         "method": given.get("method", "get").lower(), "choices": {}}
            self.forms.append(self.open)
            return
        form = next((form for form in self.forms if form["id"] and form["id"] == given.get("form")), self.open)
        if form is None or not given.get("name") or "disabled" in given:
            return
        if tag == "button":
            form["buttons"].append((given["name"], given.get("value", "")))
        elif tag == "input":
            self._input(form, given, attributes)

    def _input(self, form, given, attributes):
        kind, name, value = given.get("type", "text").lower(), given["name"], given.get("value", "")
        checked = any(key == "checked" for key, _ in attributes)
        if kind == "submit":
            form["buttons"].append((name, value))
        elif kind == "radio":
            form["choices"].setdefault(name, []).append((value, checked))
        elif kind != "checkbox" or checked:
            form["fields"].append((name, value or ("on" if kind == "checkbox" else "")))

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None


class StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Person:
    def __init__(self, email, password, decision="allow", tenant=None):
        self.email, self.password, self.decision, self.tenant = email, password, decision, tenant
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), StayHere)

    def cookies(self):
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def send(self, url, fields=None):
        body = None if fields is None else urllib.parse.urlencode(fields).encode()
        try:
            return self.opener.open(urllib.request.Request(url, data=body), timeout=60)
        except urllib.error.HTTPError as answer:
            return answer

    def authorize(self, url):
        home = urllib.parse.urlsplit(url).netloc
        answer, seen = self.send(url), []
        for _ in range(12):
            seen.append(f"{answer.status} {url}")
            if answer.status in (302, 303):
                url = urllib.parse.urljoin(url, answer.headers["Location"])
                if urllib.parse.urlsplit(url).netloc != home:
                    return url
                answer = self.send(url)
                continue
            text = answer.read().decode()
            form = self.choose(text)
            if answer.status >= 500 or form is None:
                raise RuntimeError("\n".join([*seen, "no form to go on with:", text[:2000]]))
            url = urllib.parse.urljoin(url, form["action"])
            answer = self.send(url, self.fill(form))
        raise RuntimeError("\n".join([*seen, "the pages go in circles"]))

    def choose(self, text):
        """The form that signs in or decides, wherever else the page has forms."""
        for form in Forms(text).forms:
            asks = "password" in dict(form["fields"]) or ("decision", self.decision) in form["buttons"]
            if form["method"] == "post" and asks:
                return form
        return None

    def fill(self, form):
        typed = {"email": self.email, "password": self.password}
        fields = [(name, typed.get(name, value)) for name, value in form["fields"]]
        for name, options in form["choices"].items():
            checked = next((value for value, on in options if on), options[0][0])
            fields.append((name, self.tenant if name == "tenant" and self.tenant else checked))
        if ("decision", self.decision) in form["buttons"]:
            fields.append(("decision", self.decision))
        return fields
