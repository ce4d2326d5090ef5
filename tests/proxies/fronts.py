"""nginx and haproxy as they stand before a server: unprivileged, in a temporary folder, on free ports, in the foreground.

Both keep their connections to the server and share them among their clients, and both say of every request whether they
passed it on.
"""

import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
from world import free_port  # noqa: E402

# One process, so that all clients share the same few connections; short times, because many requests here never end.
NGINX = """
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/errors;
events {{ worker_connections 4096; }}
http {{
  log_format passed '$upstream_status|$status|$request_uri';
  access_log {folder}/log passed;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxied;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_timeout 2s;
  client_header_timeout 2s;
  client_body_timeout 2s;
  upstream server {{
    server 127.0.0.1:{server};
    keepalive 16;
    keepalive_requests 100000;
  }}
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_ignore_client_abort on;
  server {{
    listen 127.0.0.1:{http1};
    listen 127.0.0.1:{http2} http2;
    location / {{ proxy_pass http://server; }}
    location /oauth/token {{ proxy_pass http://server; proxy_request_buffering off; }}
  }}
}}
"""

HAPROXY = """
global
  nbthread 1
  maxconn 4096
  log stdout format raw local0
defaults
  mode http
  log global
  log-format "%s|%bp %ST|%HU"
  option forwardfor
  timeout connect 5s
  timeout client 2s
  timeout server 20s
  timeout http-request 2s
  timeout http-keep-alive 2s
frontend http1
  bind 127.0.0.1:{http1}
  default_backend server
frontend http2
  bind 127.0.0.1:{http2} proto h2
  default_backend server
backend server
  http-reuse always
  server one 127.0.0.1:{server}
"""


def program(name):
    """Debian keeps servers where not every PATH looks."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    return path or sys.exit(f"{name} is not installed: run scripts/install")


def _path(address):
    """The address of a request without scheme and host, if it had these."""
    return "/" + address.split("://", 1)[1].partition("/")[2] if "://" in address else address


def end(process):
    """Ends a proxy: it is asked first, and killed when it stays."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Front:
    """A proxy before the server on a port of this machine."""

    def __init__(self, server):
        self.folder = tempfile.mkdtemp(prefix=f"symbolon-{self.name}-")
        self.http1, self.http2 = free_port(), free_port()
        self.log, self.errors = pathlib.Path(self.folder, "log"), pathlib.Path(self.folder, "errors")
        configuration = pathlib.Path(self.folder, "configuration")
        configuration.write_text(self.configuration.format(folder=self.folder, server=server, http1=self.http1,
                                                           http2=self.http2))
        identity = {}
        if os.getuid() == 0:
            user = pwd.getpwnam("nobody")
            identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        with open(self.errors, "a") as errors, open(self.log, "a") as log:
            if identity:
                for file in (errors, log):
                    os.fchown(file.fileno(), identity["user"], identity["group"])
            self.process = subprocess.Popen([program(self.name), *self.arguments(configuration)], stdout=log, stderr=errors,
                                            cwd=self.folder, **identity)
        try:
            self._await()
        except BaseException:
            self.stop()
            raise

    def _await(self):
        for port in (self.http1, self.http2):
            until = time.monotonic() + 60
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    if self.process.poll() is not None or time.monotonic() > until:
                        raise RuntimeError(f"{self.name} does not start:\n{self.errors.read_text()}") from None
                    time.sleep(0.02)

    def passed_on(self, path=None):
        """How many requests (for a path) it passed on to the server, by its own account."""
        return sum(self.times(answered) for answered, _, address in self._requests() if path in (None, _path(address)))

    def before(self, mark, lines=6):
        """What went the same way to the server before a request, as far as that is known."""
        requests = self._requests()
        place = next((place for place, request in enumerate(requests) if request[2].endswith(mark)), 0)
        way = requests[place][1].split(" ")[0]
        return ["|".join(request) for request in requests[:place + 1] if request[1].split(" ")[0] == way][-lines:]

    def _requests(self):
        lines = self.log.read_text(errors="replace").splitlines()
        return [parts for parts in (line.split("|", 2) for line in lines) if len(parts) == 3]

    def stop(self):
        end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


class Nginx(Front):
    name, configuration = "nginx", NGINX

    def arguments(self, configuration):
        return ["-e", str(self.errors), "-c", str(configuration)]

    @staticmethod
    def times(answered):
        """One status for each time that the server was asked."""
        return sum(word.strip(",").isdigit() for word in answered.split(" "))


class Haproxy(Front):
    name, configuration = "haproxy", HAPROXY

    def arguments(self, configuration):
        return ["-db", "-f", str(configuration)]

    @staticmethod
    def times(answered):
        """The name of the server that was asked."""
        return answered == "one"
