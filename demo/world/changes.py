"""What teams change in their programs' sources, good and bad, as they would: a few lines and a message.

None of it is a switch in a shipped program: a change is committed to the application's own repository, passes
that repository's own tests, and is in the image that is built from it. A bad one is reverted by the team
before it publishes again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from headway.domain.errors import Broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One commit to an application's repository."""

    message: str
    edits: tuple[tuple[str, str, str], ...]
    """File, the text that stands there once, and what takes its place; no old text: the file is new."""
    is_bad: bool = False
    """Whether the team reverts it before it publishes the next version."""

    def apply(self, folder: Path) -> None:
        """Edit the files below a folder.

        Raises:
            Broken: `demo-change-misfits`: the old text does not stand there exactly once.
        """
        for name, old, new in self.edits:
            if old:
                replace(folder / name, old, new)
            else:
                (folder / name).write_text(new)


def replace(path: Path, old: str, new: str) -> None:
    """Put one text in another's place in a file.

    Raises:
        Broken: `demo-change-misfits`: the old text does not stand there exactly once.
    """
    text = path.read_text()
    if text.count(old) != 1:
        raise Broken(
            "demo-change-misfits",
            f"{path.name} cannot be changed",
            why=f"{old!r} stands in it {text.count(old)} times, not once",
            next_step="mend demo/world/changes.py after the file that it changes",
        )
    path.write_text(text.replace(old, new))


CRASHES = Change(
    message="Keep a journal of requests",
    is_bad=True,
    edits=(
        ("server.go", '\t"net/http"\n', '\t"net/http"\n\t"os"\n'),
        (
            "server.go",
            "\tbus, err := connect(from.natsURL)\n",
            '\tjournal, err := os.OpenFile("/var/lib/app1/journal", os.O_CREATE|os.O_WRONLY, 0o600)\n'
            "\tif err != nil {\n\t\treturn err\n\t}\n"
            "\tdefer journal.Close()\n"
            "\tbus, err := connect(from.natsURL)\n",
        ),
    ),
)
"""app1 ends at its start: the journal's folder is in no image."""

BREAKS_CONTRACT = Change(
    message="Call a quote a saying",
    is_bad=True,
    edits=(("answer.go", '`json:"quote"`', '`json:"saying"`'),),
)
"""app1 answers 200 everywhere, without a field that consumers rely on; only the check `contract` sees it."""

_CURRENCY = """\
package main

import "fmt"

var currencies = map[string]string{
\t"":          "NZD", // where regions do not matter
\t"us-west-2": "USD",
}

func currencyOf(region string) (string, error) {
\tcurrency, known := currencies[region]
\tif !known {
\t\treturn "", fmt.Errorf("no currency is known for the region %q", region)
\t}
\treturn currency, nil
}
"""

FAILS_IN_FIRST_REGION = Change(
    message="Say the region's currency",
    is_bad=True,
    edits=(
        ("currency.go", "", _CURRENCY),
        (
            "answer.go",
            "\treturn answer{\n",
            "\tcurrency, err := currencyOf(from.region)\n"
            "\tif err != nil {\n\t\treturn answer{}, err\n\t}\n"
            "\treturn answer{\n\t\tCurrency: currency,\n",
        ),
        (
            "answer.go",
            '\tRegion   string `json:"region"`\n',
            '\tRegion   string `json:"region"`\n\tCurrency string `json:"currency"`\n',
        ),
    ),
)
"""app1 answers 500 where REGION is ap-southeast-2, and nowhere else: somebody forgot a line in a table."""

NEEDS_WELCOME = Change(
    message="Welcome people in the words of the place",
    edits=(
        ("settings.go", '\tif read.greeting == "" {\n\t\tread.greeting = "Hello"\n\t}\n', ""),
        (
            "settings.go",
            "\treturn read, nil\n",
            '\twelcome := getenv("WELCOME")\n'
            '\tif welcome == "" {\n\t\treturn settings{}, errors.New("WELCOME is not set")\n\t}\n'
            '\tread.greeting = strings.TrimSpace(welcome + " " + read.greeting)\n'
            "\treturn read, nil\n",
        ),
        ("settings.go", 'import "errors"\n', 'import (\n\t"errors"\n\t"strings"\n)\n'),
        ("app1_test.go", '"nats://127.0.0.1:1"}', '"nats://127.0.0.1:1", "WELCOME": "Nau mai"}'),
    ),
)
"""app1 refuses to start without WELCOME: good, together with manifests that set it."""

APP2_BREAKS_CONTRACT = Change(
    message="Call the text of a quote its words",
    is_bad=True,
    edits=(
        ("app2.py", '{"text": pick()', '{"words": pick()'),
        ("test_app2.py", 'said["text"]', 'said["words"]'),
    ),
)
"""app2 answers without the field that app1 reads; the check `contract` sees app1's empty quote."""

VERSION_LINES: Mapping[str, tuple[str, str]] = {
    "app1": ("version.go", r'^const version = "(.*)"$'),
    "app2": ("app2.py", r'^VERSION = "(.*)"$'),
}
"""By application: the file and the line that say which version the source is."""
