"""Which server is asked, with whose token; a token is shown to nobody else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fixtures.served import TestComposition, delivered

from headway.interfaces.cli.main import COMMANDS, IDENTITY_COMMANDS, STANDARDS_COMMANDS, run


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEADWAY_SERVER", "HEADWAY_TOKEN_FILE", "HEADWAY_STATE", "HEADWAY_ESTATE"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_server_it_says_how_to_start_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(TestComposition(), ["--state", str(tmp_path), "status"]) == 1
    assert "headway serve" in capsys.readouterr().err


def test_the_operators_token_is_shown_to_no_other_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "token").write_text("canary-token\n")
    (tmp_path / "server.json").write_text(json.dumps({"url": "http://127.0.0.1:9"}))
    assert run(TestComposition(), ["--state", str(tmp_path), "--server", "http://other:1", "status"]) == 4
    told = capsys.readouterr().err
    assert "--token-file" in told
    assert "canary" not in told


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:9", 1),
        ("ftp://127.0.0.1", 2),
        ("127.0.0.1:8642", 2),
        ("http://ann:canary@127.0.0.1:9", 2),
        ("http://127.0.0.1:99999", 2),
        ("", 1),
    ],
)
def test_a_server_that_is_away_or_malformed_is_told_without_secrets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str, code: int
) -> None:
    (tmp_path / "mine").write_text("canary-token\n")
    options = ["--state", str(tmp_path), "--server", url, "--token-file", str(tmp_path / "mine")]
    assert run(TestComposition(), [*options, "status"]) == code
    told = capsys.readouterr()
    assert told.err.startswith("Error: ")
    assert "canary" not in told.err + told.out


@pytest.mark.parametrize("content", [None, "", "two words", "\x00\xff", "a\nb"])
def test_a_token_file_that_holds_none_is_told_without_its_content(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    path = tmp_path / "mine"
    if content is not None:
        path.write_text(content)
    options = ["--state", str(tmp_path), "--server", "http://127.0.0.1:9", "--token-file", str(path)]
    assert run(TestComposition(), [*options, "status"]) in (2, 4)
    assert "words" not in capsys.readouterr().err


def secrets_in(state: Path) -> list[str]:
    """Give every token and secret of a state folder."""
    return [path.read_text().strip() for path in state.rglob("*token*") if path.is_file()]


async def test_no_token_or_secret_is_printed_by_any_command(tmp_path: Path) -> None:
    async with delivered(tmp_path, "sue") as served:
        await served.headway("hold", "staging", "--reason", "x")
        commands = (("status",), ("history",), ("facts",), ("identity", "list"), ("identity", "add", "ann"))
        ran = [await served.headway(*one) for one in commands]
        secrets = secrets_in(tmp_path)
    assert len(secrets) == 4
    for one in ran:
        assert not any(secret in one.out + one.err for secret in secrets)


async def test_people_are_added_listed_and_removed(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        added = await served.headway("identity", "add", "ann")
        assert str(tmp_path / "identities/ann.token") in added.out
        assert (await served.headway("identity", "list")).out == "ann\n"
        assert (await served.headway("status", person="ann")).code == 0
        assert (await served.headway("identity", "remove", "ann")).code == 0
        assert (await served.headway("identity", "remove", "ann")).code == 2


def test_serve_listens_on_loopback_unless_told(tmp_path: Path) -> None:
    composition = TestComposition()
    options = ["--state", str(tmp_path), "serve", "--estate", "/estate.git"]
    assert run(composition, options) == 0
    (asked,) = composition.served
    assert (asked.host, asked.state, asked.estate) == ("127.0.0.1", tmp_path, "/estate.git")


def test_serve_without_an_estate_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(TestComposition(), ["--state", str(tmp_path), "serve"]) == 2
    assert "--estate" in capsys.readouterr().err


def test_what_nobody_expected_is_told_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    composition = TestComposition()

    def fail(_: object) -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr(composition, "serve", fail)
    assert run(composition, ["--state", str(tmp_path), "serve", "--estate", "x"]) == 1
    told = capsys.readouterr()
    assert "RuntimeError" in told.err
    assert "Traceback" not in told.err + told.out
    assert "canary" not in told.err + told.out


@pytest.mark.parametrize(
    "command", [*COMMANDS, *IDENTITY_COMMANDS, *STANDARDS_COMMANDS], ids=lambda one: one.name
)
def test_every_command_has_help_with_examples(command: object, capsys: pytest.CaptureFixture[str]) -> None:
    groups = {"identity": IDENTITY_COMMANDS, "standards": STANDARDS_COMMANDS}
    group = [name for name, commands in groups.items() if command in commands]
    assert run(TestComposition(), [*group, command.name, "--help"]) == 0  # type: ignore[attr-defined]
    told = capsys.readouterr().out
    assert command.examples  # type: ignore[attr-defined]
    for example in command.examples:  # type: ignore[attr-defined]
        assert f"  {example}" in told


def test_help_imports_nothing_heavy() -> None:
    """So it answers at once: the time is not asserted, its causes are."""
    heavy = "pydantic fastapi httpx rich sqlalchemy pygit2 ruamel uvicorn ssl asyncio headway.app"
    program = (
        "from headway.interfaces.cli.main import run\n"
        "from headway.__main__ import LateComposition\n"
        "assert run(LateComposition(), ['--help']) == 0\n"
    )
    assert imported_of(heavy, program) == "[]"


def test_a_check_on_the_desk_imports_nothing_of_the_service() -> None:
    """What knows deliveries takes a tenth of the time until a developer has the answer."""
    heavy = "fastapi httpx sqlalchemy uvicorn headway.domain.situation headway.domain.facts"
    assert imported_of(heavy, "import headway.bootstrap.desk_checking, headway.interfaces.cli.main\n") == "[]"


def imported_of(names: str, program: str) -> str:
    """Run a program in a Python of its own, and give those of the names that it imported."""
    told = (
        f"import sys\nprint([name for name in {names.split()!r} if name in sys.modules], file=sys.stderr)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program + told],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    return ended.stderr.strip()
