"""The errors that end a run: what happened, what it affects and what to run next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

OK = 0
FAILED = 1
USAGE = 2
CHANGES_PENDING = 3
KEPT_EDIT = 4
LOCKED = 5
REFUSED = 6
INTERRUPTED = 130

_RANKING = (INTERRUPTED, REFUSED, LOCKED, USAGE, FAILED, KEPT_EDIT, CHANGES_PENDING, OK)


def worst(codes: Sequence[int]) -> int:
    """Return the exit code that wins when several hold; OK for none."""
    return min(codes, key=_RANKING.index, default=OK)


class InstallerError(Exception):
    """An expected failure: shown as text and a next step, never as a traceback."""

    exit_code = FAILED

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def records(self) -> list[dict[str, str]]:
        """Return the errors as they stand in the JSON envelope."""
        return [{"code": self.code, "message": self.message, "hint": self.hint}]


class UsageError(InstallerError):
    """The command line asks for something that cannot be done."""

    exit_code = USAGE


class LockedError(InstallerError):
    """Another run is at work."""

    exit_code = LOCKED


class RefusedError(InstallerError):
    """The run would do harm or cannot work on this system."""

    exit_code = REFUSED


class Problem(NamedTuple):
    """One thing wrong with the configuration, and where it stands (`file:line:column`, a flag or a variable)."""

    code: str
    where: str
    message: str
    hint: str = ""


class ConfigError(InstallerError):
    """Everything that is wrong with the configuration, all at once."""

    exit_code = USAGE

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("config", "\n".join(f"{each.where}: {each.message}" for each in self.problems))

    def records(self) -> list[dict[str, str]]:
        """Return one record a problem."""
        return [
            {"code": each.code, "message": f"{each.where}: {each.message}", "hint": each.hint} for each in self.problems
        ]
