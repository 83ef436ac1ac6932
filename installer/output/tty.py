"""Colours and a spinner for a terminal; the only importer of rich."""

from __future__ import annotations

from rich.console import Console
from rich.status import Status
from rich.text import Text

from installer.events import Event, Progress
from installer.output import Result, printable, wording
from installer.secrets import Redactor

_COLOURS = {
    "ok": "green",
    "changed": "yellow",
    "skipped": "cyan",
    "kept": "magenta",
    "warning": "magenta",
    "failed": "bold red",
    "error": "bold red",
    "recap": "bold",
}


class TerminalOutput:
    """The same lines as plain output, the status word coloured; NO_COLOR and narrow windows are rich's business."""

    def __init__(self, home: str, redactor: Redactor) -> None:
        self._home = home
        self._redactor = redactor
        # The terminal wraps by itself: a command that was wrapped by us could not be copied whole.
        self._console = Console(highlight=False, soft_wrap=True)
        self._errors = Console(stderr=True, highlight=False, soft_wrap=True)
        self._spinner: Status | None = None

    def emit(self, event: Event) -> None:
        """Show one event; a Progress spins until the next event comes."""
        self._stop_spinning()
        if isinstance(event, Progress):
            spinner = self._console.status(printable(event.text, self._redactor))
            spinner.start()
            self._spinner = spinner
            return
        for line in wording.lines(event, self._home):
            self._print(self._console, line)

    def _print(self, console: Console, line: wording.Line) -> None:
        text = Text(printable(wording.padded(line), self._redactor))
        if line.status:
            text.stylize(_COLOURS.get(line.status, ""), 0, len(line.status))
        elif line.aside:
            text.stylize(_aside_colour(line.text))
        console.print(text)

    def _stop_spinning(self) -> None:
        if self._spinner is not None:
            self._spinner.stop()
            self._spinner = None

    def finish(self, command: str, result: Result) -> None:
        """Show the result's text and errors."""
        self._stop_spinning()
        if result.text:
            self._console.print(Text(printable(result.text, self._redactor).rstrip("\n")))
        for line in wording.error_lines(result.errors):
            self._print(self._errors, line)


def _aside_colour(text: str) -> str:
    return "green" if text.startswith("+") else "red" if text.startswith("-") else "dim"
