"""What happened, as data; `output` turns it into plain lines, a terminal's colours or JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

Status = Literal["ok", "changed", "skipped", "failed", "kept", "warning"]


class Task(NamedTuple):
    """One resource was looked at or brought about; `diff` is unified text without secrets."""

    role: str
    name: str
    status: Status
    reason: str = ""
    diff: str = ""
    hint: str = ""


class Finding(NamedTuple):
    """What a check found: `affects` says what suffers, `fix` holds commands that mend it."""

    check: str
    code: str
    status: Status
    text: str
    affects: str = ""
    fix: tuple[str, ...] = ()


class Progress(NamedTuple):
    """Something that takes longer than a second has begun."""

    text: str


class Note(NamedTuple):
    """A sentence for the user that is no task."""

    text: str
    level: Literal["info", "warning"] = "info"


class Banner(NamedTuple):
    """What this run is about, before its tasks."""

    text: str


class Recap(NamedTuple):
    """The counts of a run's tasks by status."""

    counts: dict[str, int]


Event = Task | Finding | Progress | Note | Banner | Recap
Emit = Callable[[Event], None]
