"""A step of set-up and the stamp that says it needs no doing again.

A stamp holds the hash of everything that the step was made from. It is written only after the step ended
well, so a step that was interrupted anywhere is done again. One set-up at a time: the caller holds the lock.
"""

import contextlib
import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

STILL_S = 15.0
"""Seconds of silence after which a person wonders whether anything goes on."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to be made."""

    name: str
    """Names the stamp: lower-case words joined by dashes."""
    says: str
    """What a person reads while it is done."""
    key: str
    """The hash of what it is made from, of `hash_of`."""
    makes: tuple[Path, ...]
    """Files that must be there, else it is done again whatever the stamp says."""
    do: Callable[[], None]


def hash_of(*parts: str | Path) -> str:
    """Hash texts and the contents of files, in order; a file that is missing hashes as missing."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            content = part.read_bytes() if part.is_file() else b"\0missing"
        else:
            content = part.encode()
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def is_done(step: Step, stamps: Path) -> bool:
    """Say whether the step was ended well with this very key and all that it makes is still there."""
    stamp = stamps / step.name
    return stamp.is_file() and stamp.read_text() == step.key and all(path.exists() for path in step.makes)


def run_steps(steps: Iterable[Step], stamps: Path, say: Callable[[str], None]) -> int:
    """Do the steps that need doing, in order, and give their number.

    Raises:
        SetupError: of the first step that fails; later ones are not begun.
    """
    stamps.mkdir(parents=True, exist_ok=True)
    done = 0
    for step in steps:
        if is_done(step, stamps):
            continue
        (stamps / step.name).unlink(missing_ok=True)
        say(step.says)
        with _told_every(STILL_S, say, f"still {step.says}"):
            step.do()
        (stamps / step.name).write_text(step.key)
        done += 1
    return done


@contextlib.contextmanager
def _told_every(seconds: float, say: Callable[[str], None], text: str) -> Iterator[None]:
    ended = threading.Event()

    def tell() -> None:
        while not ended.wait(seconds):
            say(text)

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()
