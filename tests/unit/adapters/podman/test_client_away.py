"""An agent that does not answer is told in words for people, with what to do."""

import socket
from pathlib import Path

import pytest

from headway.adapters.podman.client import PodmanEngineClient
from headway.domain.errors import Transient
from headway.domain.names import CommitId, EnvironmentName


@pytest.mark.parametrize("is_stale", [False, True])
async def test_nobody_listens(tmp_path: Path, is_stale: bool) -> None:
    """Neither when it never ran, nor when it was killed and left its socket."""
    path = tmp_path / "agent.sock"
    if is_stale:
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(path))
    client = PodmanEngineClient(path)
    with pytest.raises(Transient) as asked:
        await client.ask(EnvironmentName("staging"), CommitId("0" * 40))
    with pytest.raises(Transient) as listened:
        await anext(client.observations())
    for away in (asked.value, listened.value):
        assert str(away) == (
            "the podman agent does not answer: nobody listens on its socket. start it: headway agent"
        )
