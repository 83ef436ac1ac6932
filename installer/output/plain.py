"""Plain lines: for pipes, logs, screen readers and terminals without colour."""

from __future__ import annotations

from typing import TextIO

from installer.events import Event
from installer.output import Result, printable, wording, write
from installer.secrets import Redactor


class PlainOutput:
    """One line an event, errors on standard error."""

    def __init__(self, out: TextIO, err: TextIO, home: str, redactor: Redactor) -> None:
        self._out = out
        self._err = err
        self._home = home
        self._redactor = redactor

    def emit(self, event: Event) -> None:
        """Print one event at once."""
        for line in wording.lines(event, self._home):
            write(self._out, printable(wording.padded(line), self._redactor) + "\n")
        self._out.flush()

    def finish(self, command: str, result: Result) -> None:
        """Print the result's text, and its errors on standard error."""
        if result.text:
            write(self._out, printable(result.text, self._redactor).rstrip("\n") + "\n")
        self._out.flush()
        for line in wording.error_lines(result.errors):
            write(self._err, printable(wording.padded(line), self._redactor) + "\n")
