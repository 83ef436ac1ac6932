"""The words of human output, shared by plain lines and the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from installer.events import Banner, Event, Finding, Note, Progress, Recap, Task

STATUS_WIDTH = 8
_RECAP_ORDER = ("ok", "changed", "skipped", "kept", "failed")


class Line(NamedTuple):
    """One line: a status word that may be coloured, text, and whether it is only an aside."""

    status: str
    text: str
    aside: bool = False


def lines(event: Event, home: str) -> Iterator[Line]:
    """Give the lines that tell of an event."""
    if isinstance(event, Task):
        yield from _task(event, home)
    elif isinstance(event, Finding):
        yield from _finding(event)
    elif isinstance(event, Recap):
        counts = " ".join(f"{name}={event.counts.get(name, 0)}" for name in _RECAP_ORDER)
        yield Line("recap", counts)
    elif isinstance(event, Progress):
        yield Line("", f"… {event.text}", aside=True)
    elif isinstance(event, Note):
        yield Line("warning" if event.level == "warning" else "", event.text)
    elif isinstance(event, Banner):
        yield Line("", event.text)


def short(path: str, home: str) -> str:
    """Return a path with the home folder as ~."""
    return f"~{path[len(home) :]}" if home != "/" and path.startswith(f"{home}/") else path


def _task(event: Task, home: str) -> Iterator[Line]:
    for each in event.diff.splitlines():
        yield Line("", each, aside=True)
    yield Line(
        event.status, f"{event.role}: {short(event.name, home)}" + (f" — {event.reason}" if event.reason else "")
    )
    if event.hint and event.status != "ok":
        yield Line("", f"→ {event.hint}", aside=True)


def _finding(event: Finding) -> Iterator[Line]:
    yield Line(event.status, f"{event.check} — {event.text}")
    if event.status in ("ok", "changed"):
        return
    if event.affects:
        yield Line("", f"affects: {event.affects}", aside=True)
    for command in event.fix:
        yield Line("", f"→ {command}", aside=True)


def padded(line: Line) -> str:
    """Return a line with its status in a column of its own."""
    if line.status:
        return f"{line.status:<{STATUS_WIDTH}} {line.text}"
    return f"{'':<{STATUS_WIDTH}} {line.text}" if line.aside else line.text


def error_lines(errors: list[dict[str, str]]) -> Iterator[Line]:
    """Give the lines that tell of the errors that ended a command."""
    for each in errors:
        yield Line("error", each["message"])
        if each["hint"]:
            yield Line("", f"→ {each['hint']}", aside=True)
