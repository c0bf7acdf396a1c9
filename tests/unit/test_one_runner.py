"""Other programs are started in one place only: whoever starts one elsewhere forgets a bound."""

import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "headway"
STARTS = re.compile(
    r"create_subprocess|subprocess_exec|\bPopen\b|os\.(?:fork|spawn|exec|posix_spawn|system|popen)"
)
ALLOWED = {
    "programs/process.py",  # the runner
    "bootstrap/agents.py",  # an agent is to outlive us, so it has no bound
}


def test_programs_are_started_in_one_place() -> None:
    """An import contract holds the module; this also holds asyncio and os."""
    found = {
        str(file.relative_to(SOURCE))
        for file in SOURCE.rglob("*.py")
        if STARTS.search(file.read_text(encoding="utf-8"))
    }
    assert found == ALLOWED
