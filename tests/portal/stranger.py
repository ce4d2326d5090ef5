"""A stranger who has nothing but the server's address: how many steps is it to the first call of its API?

They make an account, make an app, connect as themselves and call, by the forms of the pages alone, as they stand, and by the
code that the portal shows. Each page that is opened, each form that is sent and each command that is typed is a step. The
demo is the server, because its mail can be read; what is printed at the end is the number that docs/first-token.md says.
"""

import html
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/world"))
from authorize import Forms, Person  # noqa: E402
from world import end_cleanly, executable  # noqa: E402

NAME, EMAIL, PASSWORD = "Sol Marsh", "sol@marsh.example", "seven quiet herons wade"


class Stranger(Person):
    """Somebody with a browser and a terminal, who counts what they do."""

    def __init__(self, base):
        super().__init__(EMAIL, PASSWORD)
        self.base, self.at, self.text, self.steps = base, base, "", []

    def step(self, what):
        self.steps.append(what)
        print(f"{len(self.steps):>3}. {what}")

    def _land(self, answer):
        while answer.status in (302, 303):
            self.at = urllib.parse.urljoin(self.at, answer.headers["Location"])
            if not self.at.startswith(self.base):
                return
            answer = self.send(self.at)
        self.text = answer.read().decode()
        if answer.status >= 400:
            sys.exit(f"{self.at} answered {answer.status}:\n{self.text[:2000]}")

    def opens(self, what, address):
        self.step(what)
        self.at = urllib.parse.urljoin(self.at, address)
        self._land(self.send(self.at))

    def presses(self, what, link):
        """A link of the page, by its id."""
        found = re.search(rf'<a[^>]*\bid="{link}"[^>]*>', self.text)
        if not found:
            sys.exit(f"{self.at} has no link {link}")
        self.opens(what, html.unescape(re.search(r'href="([^"]*)"', found.group(0)).group(1)))

    def sends_form(self, what, form_id, typed, button=None):
        self.step(what)
        form = next((form for form in Forms(self.text).forms if form["id"] == form_id), None)
        if not form:
            sys.exit(f"{self.at} has no form {form_id}")
        fields = [(name, value) for name, value in form["fields"] if name not in typed]
        for name, options in form["choices"].items():
            if name not in typed:
                fields.append((name, next((value for value, on in options if on), options[0][0])))
        self.at = urllib.parse.urljoin(self.at, form["action"])
        self._land(self.send(self.at, fields + list(typed.items()) + ([button] if button else [])))

    def element(self, name):
        return html.unescape(re.search(rf'\bid="{name}"[^>]*>([^<]*)<', self.text).group(1))

    def types(self, what, folder, *command):
        self.step(what)
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{command} failed:\n{done.stdout}{done.stderr}")
        return done.stdout


def walk(base, outbox):
    stranger = Stranger(base)
    stranger.opens("open the server's address", base)
    stranger.presses("press “Make an account”", "signup-link")
    stranger.sends_form("say name, e-mail address and password", "signup", {"name": NAME, "email": EMAIL, "password": PASSWORD})
    mail = stranger.send(outbox).read().decode()
    link = html.unescape(re.search(rf'href="({re.escape(base)}/[^"]*)"', mail).group(1))
    stranger.opens("open the link in the mail", link)
    stranger.sends_form("confirm the address", "verify", {})
    stranger.opens("open the developer portal", "/developers")
    stranger.presses("press “Create an app”", "create")
    stranger.sends_form("say its name and that it is a command-line app", "create", {"name": "Heron Watch", "preset": "command-line"})
    with tempfile.TemporaryDirectory() as folder:
        stranger.step("copy the code")
        pathlib.Path(folder, "app.sh").write_text(stranger.element("code-curl"))
        address, verifier = stranger.types("run it", folder, "sh", "app.sh").split()
        stranger.opens("open the address that it prints", address)
        form = stranger.choose(stranger.text)
        stranger.sends_form("allow", form["id"], {}, ("decision", "allow"))
        code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(stranger.at).query))["code"]
        says = stranger.types("run it again with the code", folder, "sh", "app.sh", code, verifier)
    if '"kind":"person"' not in says.replace(" ", ""):
        sys.exit(f"the API does not say whose token it is: {says}")
    return len(stranger.steps)


def main():
    end_cleanly()
    demo = subprocess.Popen([executable(), "demo", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    guard = threading.Timer(120, demo.kill)
    guard.start()
    try:
        base = outbox = None
        for line in demo.stdout:
            outbox = outbox or next(iter(re.findall(r"http://[\d.:]+/outbox", line)), None)
            if line.startswith("ready: "):
                base = line.split()[1]
                break
        if not base:
            sys.exit("the demo did not start")
        steps = walk(base, outbox)
    finally:
        guard.cancel()
        demo.terminate()
        demo.wait(60)
    print(f"from the server's address to the first call of its API: {steps} steps")
    told = re.search(r"\*\*(\d+) steps\*\*", (ROOT / "docs/first-token.md").read_text())
    if not told or int(told.group(1)) != steps:
        sys.exit(f"docs/first-token.md says {told and told.group(1)}")
    print("1 passed, 0 failed")


if __name__ == "__main__":
    main()
