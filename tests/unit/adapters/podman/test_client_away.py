"""An agent that does not answer is told in words for people, with what to do."""

import asyncio
import socket
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from headway.adapters.podman.client import PodmanEngineClient
from headway.domain.errors import Transient
from headway.domain.names import CommitId, EnvironmentName, InstanceName


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


async def test_an_agent_of_an_earlier_version_is_said_to_be_so(tmp_path: Path) -> None:
    """It runs on after an upgrade, and knows no question that came with it."""
    path = tmp_path / "agent.sock"
    server = uvicorn.Server(uvicorn.Config(FastAPI(), log_level="warning", lifespan="off"))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            with pytest.raises(Transient) as refused:
                await PodmanEngineClient(path).live(EnvironmentName("staging"), InstanceName("oc", "staging"))
        finally:
            server.should_exit = True
            await serving
    assert refused.value.code == "engine-away"
    assert "it is of an earlier version" in refused.value.why
    assert "start it anew" in refused.value.next_step
