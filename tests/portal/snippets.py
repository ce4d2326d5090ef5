"""The code that the developer portal shows connects the app that it shows it for: each snippet is run as it stands.

A developer makes an app in the portal, of either type, by the forms of its pages; a person opens the address that the
snippet prints, and the snippet exchanges the code. The Rust snippet needs crates from the registry, so it is compiled
instead, in crates/server/tests/it/portal/rust_snippet.rs.
"""

import html
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
from authorize import Forms, Person  # noqa: E402

BASE, PASSWORD = os.environ["SYMBOLON_BASE"], os.environ["SYMBOLON_PASSWORD"]
CALLBACK = "http://127.0.0.1:8081/callback"
RUN = {
    "curl": ("app.sh", ["sh", "app.sh"]),
    "typescript": ("app.mjs", ["node", "app.mjs"]),
    "python": ("app.py", [sys.executable, "app.py"]),
    "go": ("app.go", ["go", "run", "app.go"]),
}
held = failed = 0


def check(sentence, holds, seen=""):
    global held, failed
    held, failed = held + bool(holds), failed + (not holds)
    if not holds:
        print("not so:", sentence, seen)


class Developer(Person):
    def page(self, path):
        answer = self.send(BASE + path)
        while answer.status == 303:
            answer = self.send(urllib.parse.urljoin(BASE, answer.headers["Location"]))
        return answer.read().decode()

    def sends(self, path, form_id, more):
        form = next(form for form in Forms(self.page(path)).forms if form["id"] == form_id)
        fields = [(name, value) for name, value in form["fields"] if name not in dict(more)]
        return self.send(urllib.parse.urljoin(BASE, form["action"]), fields + more)


def element(page, name):
    return html.unescape(re.search(rf'id="{name}"[^>]*>([^<]*)<', page).group(1))


def story(preset):
    developer = Developer("jane@example.com", PASSWORD)
    login = next(form for form in Forms(developer.page("/login")).forms if "password" in dict(form["fields"]))
    developer.send(urllib.parse.urljoin(BASE, login["action"]), developer.fill(login))
    made = developer.sends("/developers/new", "create", [("name", f"Snippets {preset}"), ("preset", preset)])
    page = made.read().decode()
    app = re.search(r"/developers/apps/[0-9a-f]+", page).group(0)
    developer.sends(f"{app}/redirects", "redirects", [("redirect_uri", CALLBACK)])
    developer.sends(f"{app}/scopes", "scopes", [("scope", "forms:read")])
    secret = element(page, "client-secret") if preset == "web" else ""
    shown = developer.page(app)
    check(f"{preset}: the page of an app shows no secret", not secret or secret not in shown)
    values = dict(line.split("=", 1) for line in element(shown, "code-env").splitlines() if line)
    check(f"{preset}: .env says the client id", values["OAUTH_CLIENT_ID"].strip("'") == element(shown, "client-id"), values)
    check(f"{preset}: .env names a secret where there is one", ("OAUTH_CLIENT_SECRET" in values) == bool(secret), values)
    environment = os.environ | {"OAUTH_CLIENT_SECRET": secret, "GOFLAGS": "-mod=mod", "GO111MODULE": "off"}
    with tempfile.TemporaryDirectory() as folder:
        for name, (file, command) in RUN.items():
            pathlib.Path(folder, file).write_text(element(shown, f"code-{name}"))

            def run(*arguments):
                return subprocess.run([*command, *arguments], cwd=folder, env=environment, capture_output=True, text=True)

            first = run()
            lines = first.stdout.split()
            check(f"{preset}, {name}: it prints an address and a verifier", len(lines) == 2, first)
            back = Person("jane@example.com", PASSWORD).authorize(lines[0])
            code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back).query))["code"]
            second = run(code, lines[1])
            says = second.stdout.replace(" ", "")
            check(f"{preset}, {name}: it is told whose token it has", '"kind":"person"' in says and "u-jane" in says, second)


for preset in ["web", "native"]:
    story(preset)
print(f"{held} held, {failed} failed")
sys.exit(1 if failed else 0)
