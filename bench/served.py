"""`headway serve` and whatever else of it runs, as processes in a folder of their own, asked over HTTP."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
from tests.fixtures.registry import free_port

_WITHIN_S = 60.0


class Served:
    """The programs while they run. Not safe to use from several threads."""

    def __init__(self, folder: Path, host: str = "127.0.0.1") -> None:
        self.folder = folder
        self.state = folder / "state"
        self.url = f"http://{host}:{free_port()}"
        self.programs: list[subprocess.Popen[bytes]] = []
        self._client = httpx.Client(timeout=10, trust_env=False)
        # Made once: each new client reads all certificates, which costs more than what is measured. And it
        # keeps no connection, or one to a pod that drains would go on answering.
        self._asker = httpx.Client(
            timeout=1, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )

    def serve(self, estate: str, *arguments: str) -> None:
        """Start the service, and wait until it is ready and knows us."""
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        self.run("serve", "--estate", estate, "--no-agent", "--host", host, "--port", port, *arguments)
        self._wait_until_up()
        token = (self.state / "token").read_text().strip()
        self._client.headers["Authorization"] = f"Bearer {token}"

    @property
    def hook(self) -> tuple[str, dict[str, str]]:
        """Give where a registry posts its events to, and the headers that it sends."""
        secret = (self.state / "hook-token").read_text().strip()
        return f"{self.url}/hooks/registry", {"Authorization": f"Bearer {secret}"}

    def wait_for_answer(self, url: str, version: str, begun: float) -> float:
        """Ask a URL until it answers with a version; give the milliseconds since `begun`."""
        while time.perf_counter() - begun < _WITHIN_S:
            with contextlib.suppress(httpx.HTTPError):
                if self._asker.get(url).text == version:
                    return (time.perf_counter() - begun) * 1000
            time.sleep(0.002)
        raise TimeoutError(f"{url} does not answer with {version}; see {self.folder}/serve.log")

    def wait_until_verified(self, within_s: float = _WITHIN_S) -> None:
        """Wait until nothing is under way."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            board = self.ask("status")
            cells = [cell for instance in board["instances"] for cell in instance["cells"]]
            if cells and all(cell["verification"] == "passed" for cell in cells):
                return
            time.sleep(0.1)
        raise TimeoutError(f"not everything is verified; see {self.folder}/serve.log")

    def ask(self, question: str) -> dict[str, list[dict[str, object]]]:
        """Ask the API."""
        answer = self._client.get(f"{self.url}/api/v1/{question}")
        answer.raise_for_status()
        found: dict[str, list[dict[str, object]]] = answer.json()
        return found

    def tell(self, verb: str, body: dict[str, object]) -> None:
        """Command the API."""
        self._client.post(f"{self.url}/api/v1/{verb}", json=body).raise_for_status()

    def hint_git(self) -> None:
        """Say that Git moved, as its host's hook does."""
        url, headers = self.hook
        self._client.post(url.replace("registry", "git"), headers=headers, json={}).raise_for_status()

    def end(self) -> None:
        """End the programs."""
        for program in self.programs:
            program.terminate()
        for program in self.programs:
            program.wait(timeout=30)

    def run(self, verb: str, *arguments: str) -> None:
        """Start a program of Headway."""
        with (self.folder / f"{verb}.log").open("wb") as log:
            self.programs.append(
                subprocess.Popen(self.command(verb, *arguments), stdout=log, stderr=log, env=os.environ)
            )

    def command(self, *arguments: str) -> list[str]:
        """Give a command line of Headway on this state."""
        return [sys.executable, "-m", "headway", "--state", str(self.state), *arguments]

    def _wait_until_up(self) -> None:
        until = time.monotonic() + _WITHIN_S
        while time.monotonic() < until:
            with contextlib.suppress(httpx.HTTPError, json.JSONDecodeError):
                if self._client.get(f"{self.url}/api/v1/health").json().get("ready"):
                    return
            time.sleep(0.05)
        raise TimeoutError((self.folder / "serve.log").read_text()[-500:])


def resident_mb(pid: int) -> float:
    """Give the memory that a process holds, in millions of bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_ms(pid: int) -> float:
    """Give the processor time that a process has used, in milliseconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")
