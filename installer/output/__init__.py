"""Events turned into plain lines, a terminal's colours, or one JSON envelope."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TextIO

from installer.events import Event
from installer.secrets import Redactor


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended; `data` goes into the JSON envelope, `text` is what people get on standard output."""

    exit_code: int
    data: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    errors: list[dict[str, str]] = field(default_factory=list)


class Output(Protocol):
    """Where events and the result go."""

    def emit(self, event: Event) -> None:
        """Show one event."""

    def finish(self, command: str, result: Result) -> None:
        """Show how the command ended."""


def choose(*, json: bool, plain: bool, environ: Mapping[str, str], home: str, redactor: Redactor) -> Output:
    """Return the output for this call: rich is loaded only for a terminal that can show colours and all letters."""
    if json:
        from installer.output.envelope import EnvelopeOutput

        return EnvelopeOutput(sys.stdout, redactor)
    whole = sys.stdout.encoding.lower().startswith("utf")
    if plain or not whole or not sys.stdout.isatty() or environ.get("TERM") == "dumb":
        from installer.output.plain import PlainOutput

        return PlainOutput(sys.stdout, sys.stderr, home, redactor)
    from installer.output.tty import TerminalOutput

    return TerminalOutput(home, redactor)


def printable(text: str, redactor: Redactor) -> str:
    """Return text without secrets and without control characters, which a server's answer could carry."""
    return "".join(each if each in "\n\t" or each.isprintable() else "�" for each in redactor.redact(text))


def write(stream: TextIO, text: str) -> None:
    """Write text to a stream whose encoding may not know all of it."""
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "replace").decode(encoding))
