"""A Git host in small: serves a folder of bare repositories over HTTP, by Git's own `git http-backend`.

Run by its path, standard library only: ``git_server.py FOLDER ADDRESS PORT``. Everybody may read and push: it
listens where only this machine and what runs on it can reach it.
"""

import os
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_WITHIN_S = 60.0


class Host(ThreadingHTTPServer):
    """Answers each request in a thread of its own."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, folder: Path, address: tuple[str, int]) -> None:
        self.folder = folder
        self.git = shutil.which("git") or "/usr/bin/git"
        super().__init__(address, _Request)


class _Request(BaseHTTPRequestHandler):
    """One request, handed on as CGI (RFC 3875); bodies in chunks are refused."""

    server: Host
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._hand_on(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length")
        if length is None:
            self.send_error(411)
            return
        self._hand_on(self.rfile.read(int(length)))

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Tell of failures only."""
        if not str(code).startswith("2"):
            super().log_request(getattr(code, "value", str(code)), str(size))

    def _hand_on(self, body: bytes) -> None:
        done = subprocess.run(
            [self.server.git, "http-backend"],
            env={**os.environ, **self._variables(len(body))},
            input=body,
            capture_output=True,
            timeout=_WITHIN_S,
            check=False,
        )
        if done.stderr:
            self.log_error("%s", done.stderr.decode(errors="replace").strip())
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        said = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self.send_response(int(said.pop("Status", "200" if said else "500").split()[0]))
        for name, value in said.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _variables(self, length: int) -> dict[str, str]:
        path, _, query = self.path.partition("?")
        return {
            "GIT_PROJECT_ROOT": str(self.server.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            # Somebody must be named for Git to take a push.
            "REMOTE_USER": "anybody",
            "REMOTE_ADDR": str(self.client_address[0]),
        }


def main() -> None:
    """Serve until the process is ended."""
    folder, address, port = sys.argv[1:]
    with Host(Path(folder), (address, int(port))) as host:
        host.serve_forever()


if __name__ == "__main__":
    main()
