"""The file `identities.json`: the SHA-256 of each person's token, never a token.

A token is 256 random bits, so its plain hash tells nothing and needs no salt.
"""

import json
from hashlib import sha256
from pathlib import Path

from headway.adapters.identities.private_file import write_private
from headway.domain.errors import Broken

_MOST_BYTES = 1 << 20


def hash_of(token: str) -> str:
    """Give what is kept of a token."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def read_record(path: Path) -> dict[str, str]:
    """Give each person's hash; nobody when the file is not there.

    Raises:
        Broken: `identities-malformed`: nobody is let in until a person looked.
    """
    try:
        with path.open("rb") as opened:
            people = json.loads(opened.read(_MOST_BYTES + 1))["people"]
        if not all(isinstance(one, str) for pair in people.items() for one in pair):
            raise TypeError
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Broken(
            "identities-malformed",
            f"{path} cannot be read",
            why="it is not what `headway identity` writes",
            next_step="remove it, start the service and add each person again",
        ) from error
    return dict(people)


def write_record(path: Path, people: dict[str, str]) -> None:
    """Write each person's hash."""
    write_private(path, json.dumps({"people": dict(sorted(people.items()))}, indent=1) + "\n")
