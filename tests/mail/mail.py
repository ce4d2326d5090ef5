#!/usr/bin/env python3
"""Mail leaves by a real mail server (aiosmtpd) over TLS from the first byte and over STARTTLS, by a certificate of an authority of
its own, and not at all where that cannot be had: nothing is said to a server that offers no TLS, that nobody vouches for, or that is
another one.
"""

import asyncio
import logging
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
from world import Authority, Outcome, end_cleanly, executable, free_port  # noqa: E402

USER, PASSWORD = "symbolon", "a-password-of-some-length"
PATIENCE = 60  # only keeps the test from hanging


class Box:
    """Keeps what arrives, with whether it came over TLS and who signed in; and every command that a client said."""

    def __init__(self):
        self.mails, self.said = [], []

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.said.append("EHLO")
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.said.append("MAIL")
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((server.transport.get_extra_info("ssl_object") is not None, session.auth_data, envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"

    def signs_in(self, server, session, envelope, mechanism, data):
        self.said.append("AUTH")
        right = (data.login.decode(), data.password.decode()) == (USER, PASSWORD)
        return AuthResult(success=right, handled=right, auth_data=data.login.decode())


class MailServer(Controller):
    def __init__(self, box, port, context, wrapped):
        self.context, self.wrapped = context, wrapped
        super().__init__(box, hostname="localhost", port=port, ssl_context=context if wrapped else None)

    def factory(self):
        inside = self.context and not self.wrapped
        return SMTP(self.handler, authenticator=self.handler.signs_in, auth_require_tls=not self.wrapped,
                    tls_context=self.context if inside else None, require_starttls=bool(inside), hostname="localhost")


def context(folder):
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(f"{folder}/server.crt", f"{folder}/server.key")
    return made


class Try:
    """A configuration that sends mail to a server, and the command that sends one."""

    def __init__(self, folder, port, tls, trusted, host="localhost", password=PASSWORD):
        self.config = pathlib.Path(folder, "symbolon.toml")
        subprocess.run([executable(), "init", "--dir", folder, "--issuer", "http://127.0.0.1:8080", "--listen", "127.0.0.1:8080"],
                       check=True, capture_output=True) if not self.config.exists() else None
        base = self.config.read_text().split("\n[mail]")[0]
        self.config.write_text(f'{base}\n[mail]\nfrom = "Acme <no-reply@acme.example>"\nhost = "{host}"\nport = {port}\n'
                               f'tls = "{tls}"\nusername = "{USER}"\npassword = "{password}"\n')
        self.environment = {**os.environ, "SSL_CERT_FILE": trusted}

    def sends(self):
        done = subprocess.run([executable(), "mail", "test", "jane@example.com", "--config", str(self.config)], text=True,
                              capture_output=True, env=self.environment, timeout=PATIENCE)
        return done.returncode, done.stdout + done.stderr


def main():
    end_cleanly()
    outcome, own, other = Outcome(), Authority(), Authority()
    folder = tempfile.mkdtemp(prefix="symbolon-mail-")
    own.certify(folder, {})
    trusted, stranger = own.certificate, other.certificate
    for tls, wrapped in (("required", True), ("starttls", False)):
        box, port = Box(), free_port()
        server = MailServer(box, port, context(folder), wrapped)
        server.start()
        try:
            code, said = Try(folder, port, tls, trusted).sends()
            outcome.claim(f"{tls}: a mail is taken: {said}", code == 0 and "took a mail" in said)
            outcome.claim(f"{tls}: it came over TLS, after the login: {box.mails}",
                          [(mail[0], mail[1], mail[2]) for mail in box.mails] == [(True, USER, ["jane@example.com"])])
            outcome.claim(f"{tls}: it is the mail", box.mails and "Auto-Submitted: auto-generated" in box.mails[0][3])
            code, said = Try(folder, port, tls, trusted, password="another-password-altogether").sends()
            outcome.claim(f"{tls}: a wrong login is said: {said}", code != 0 and "does not take the login (535)" in said)
            box.said.clear()
            code, said = Try(folder, port, tls, stranger).sends()
            outcome.claim(f"{tls}: whom nobody vouches for gets nothing: {said}", code != 0 and "no TLS" in said)
            code, said = Try(folder, port, tls, trusted, host="127.0.0.1").sends()
            outcome.claim(f"{tls}: nor does one of another name: {said}", code != 0 and "no TLS" in said)
            outcome.claim(f"{tls}: and neither login nor mail was said: {box.said}", not {"AUTH", "MAIL"} & set(box.said))
            outcome.claim(f"{tls}: one mail arrived", len(box.mails) == 1)
        finally:
            server.stop()
    box, port = Box(), free_port()
    server = MailServer(box, port, None, False)
    server.start()
    try:
        code, said = Try(folder, port, "starttls", trusted).sends()
        outcome.claim(f"without TLS nothing is said: {said} {box.said}", code != 0 and not {"AUTH", "MAIL"} & set(box.said))
    finally:
        server.stop()
    for used in (folder, own.folder, other.folder):
        shutil.rmtree(used, ignore_errors=True)
    print(f"mail: {outcome.passed} passed, {outcome.failed} failed")
    return 0 if outcome.failed == 0 and outcome.passed > 0 else 1


if __name__ == "__main__":
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # a handshake that is broken off is what is tried
    asyncio.set_event_loop(asyncio.new_event_loop())
    sys.exit(main())
