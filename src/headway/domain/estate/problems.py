"""What is wrong, or odd, in the files of an estate: all of it together, each with its place and a way out."""

from dataclasses import dataclass

from headway.domain.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing in one file that a person should look at."""

    file: str
    """As people find it: the repository (or the folder on the desk) and the path inside it."""
    line: int
    """From 1."""
    field: str
    """The field's path, ``lanes.standard[3].gates.soak``; empty: the file as a whole."""
    why: str
    suggestion: str
    application: str | None = None
    """The application whose file it is; None: the estate's own."""

    @property
    def place(self) -> str:
        """Say where it is: ``oneconnect/application.yaml:4: lane``."""
        return f"{self.file}:{self.line}: {self.field or 'the file'}"

    def __str__(self) -> str:
        return f"{self.place}: {self.why}. {self.suggestion}"


class EstateInvalid(UsageError):
    """Files of an estate are wrong; every mistake that could be found is in `problems`, in file order.

    The estate that was read before stays in force: nothing of the files that were read now is.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Tell of `problems`, at least one: a single one as itself, several as one line each."""
        ordered = tuple(sorted(set(problems), key=lambda one: (one.file, one.line, one.field, one.why)))
        if len(ordered) == 1:
            only = ordered[0]
            super().__init__("estate-invalid", only.place, why=only.why, next_step=only.suggestion)
        else:
            super().__init__(
                "estate-invalid",
                "\n".join(str(problem) for problem in ordered),
                why=f"these are {len(ordered)} mistakes",
                next_step="mend them and look again with `headway check`",
            )
        self.problems = ordered

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
