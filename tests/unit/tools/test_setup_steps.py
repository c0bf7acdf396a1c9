"""Set-up: what needs doing is done once, what is there is left alone, and a failure says what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tools.setup.debian import PACKAGES, Package, find_missing, install_command
from tools.setup.failure import SetupError
from tools.setup.golang import go_version, needed_go, pinned_version
from tools.setup.program import run_program
from tools.setup.step import Step, hash_of, run_steps

ROOT = Path(__file__).parents[3]


class Counted:
    """A step that counts how often it was done."""

    def __init__(self, made: Path) -> None:
        self.times = 0
        self.made = made

    def step(self, key: str) -> Step:
        return Step(name="count", says="counting", key=key, makes=(self.made,), do=self._do)

    def _do(self) -> None:
        self.times += 1
        self.made.touch()


def test_a_step_is_done_once_for_one_key(tmp_path: Path) -> None:
    counted, said = Counted(tmp_path / "made"), []
    for _ in range(3):
        run_steps([counted.step("one")], tmp_path / "stamps", said.append)
    assert counted.times == 1
    assert said == ["counting"]


def test_a_step_is_done_again_when_what_it_is_made_from_changes(tmp_path: Path) -> None:
    counted = Counted(tmp_path / "made")
    for key in ("one", "two", "one"):
        run_steps([counted.step(key)], tmp_path / "stamps", print)
    assert counted.times == 3


def test_a_step_is_done_again_when_what_it_made_is_gone(tmp_path: Path) -> None:
    counted = Counted(tmp_path / "made")
    run_steps([counted.step("one")], tmp_path / "stamps", print)
    counted.made.unlink()
    assert run_steps([counted.step("one")], tmp_path / "stamps", print) == 1


def test_a_step_that_fails_is_done_again_and_nothing_after_it_is_begun(tmp_path: Path) -> None:
    def fail() -> None:
        raise SetupError("It broke", why="a test", next_step="nothing")

    later = Counted(tmp_path / "made")
    failing = Step(name="fails", says="failing", key="one", makes=(), do=fail)
    for _ in range(2):
        with pytest.raises(SetupError):
            run_steps([failing, later.step("one")], tmp_path / "stamps", print)
    assert later.times == 0


def test_a_hash_follows_contents_and_tells_parts_apart(tmp_path: Path) -> None:
    file = tmp_path / "file"
    missing = hash_of(file)
    file.write_text("ab")
    assert hash_of(file) == hash_of("ab") != missing
    assert hash_of("a", "b") != hash_of("ab", "")


def test_a_missing_program_or_file_makes_its_package_missing(tmp_path: Path) -> None:
    here = Package(name="here", purpose="a test", programs=("sh",), any_of=("/nowhere", str(tmp_path)))
    no_program = Package(name="no-program", purpose="a test", programs=("sh", "no-such-program-here"))
    no_file = Package(name="no-file", purpose="a test", any_of=("/nowhere",))
    assert [package.name for package in find_missing([here, no_program, no_file])] == [
        "no-program",
        "no-file",
    ]


def test_every_package_says_what_shows_that_it_is_there() -> None:
    assert all(package.programs or package.any_of for package in PACKAGES)
    assert find_missing() == [], "run `make setup`"


def test_packages_are_installed_without_asking() -> None:
    command = install_command(["podman", "runc"])
    assert command[:3] == ["apt-get", "install", "--yes"]
    assert command[-2:] == ["podman", "runc"]


def test_the_pins_of_kustomize_are_read_from_its_module(tmp_path: Path) -> None:
    kustomize = "sigs.k8s.io/kustomize/kustomize/v5"
    go_mod = ROOT / "tools/kustomize/go.mod"
    assert pinned_version(go_mod, kustomize) == "v5.8.2"
    assert needed_go(go_mod) >= (1, 24)
    (tmp_path / "go.mod").write_text("module x\n")
    with pytest.raises(SetupError, match="does not name"):
        pinned_version(tmp_path / "go.mod", kustomize)


def test_go_versions_are_compared_by_number() -> None:
    assert go_version("go version go1.26.8 linux/amd64") == (1, 26, 8)
    assert go_version("go version go1.9 linux/amd64") < (1, 26, 0)
    assert go_version("go version devel") < (1, 26, 0)


def test_a_program_that_fails_is_told_with_its_last_words() -> None:
    with pytest.raises(SetupError) as caught:
        run_program(["sh", "-c", "echo no room left; exit 3"], timeout_s=10, next_step="make room")
    assert "exit status 3" in caught.value.why
    assert "no room left" in caught.value.why
    assert caught.value.next_step == "make room"


def test_a_program_that_is_not_there_or_hangs_is_told() -> None:
    with pytest.raises(SetupError, match="could not be started"):
        run_program(["/no/such/program"], timeout_s=10, next_step="install it")
    with pytest.raises(SetupError, match="longer than 1 s"):
        run_program(["sleep", "60"], timeout_s=1, next_step="wait")


def test_without_root_the_one_command_to_run_is_said() -> None:
    code = (
        "from tools.setup.debian import PACKAGES, install\n"
        "from tools.setup.failure import SetupError\n"
        "import os\n"
        "os.geteuid = lambda: 1000\n"
        "try:\n"
        "    install(PACKAGES[:2], ['podman', 'runc'], print)\n"
        "except SetupError as error:\n"
        "    print(error.next_step)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "sudo apt-get update && sudo apt-get install --no-install-recommends podman runc" in done.stdout
