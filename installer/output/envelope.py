"""The JSON envelope: one object on standard output, also for failures before a command was found."""

from __future__ import annotations

import json
from typing import Any, TextIO

from installer.errors import CHANGES_PENDING, KEPT_EDIT, OK
from installer.events import Event, Finding, Note, Recap, Task
from installer.output import Result
from installer.secrets import Redactor

VERSION = 1
_STATUS = {OK: "ok", CHANGES_PENDING: "changes-pending", KEPT_EDIT: "kept-edit"}


class EnvelopeOutput:
    """Collects events and prints them as one object at the end."""

    def __init__(self, out: TextIO, redactor: Redactor) -> None:
        self._out = out
        self._redactor = redactor
        self._tasks: list[dict[str, Any]] = []
        self._checks: list[dict[str, Any]] = []
        self._notes: list[str] = []
        self._recap: dict[str, int] | None = None

    def emit(self, event: Event) -> None:
        """Remember one event."""
        if isinstance(event, Task):
            self._tasks.append(event._asdict())
        elif isinstance(event, Finding):
            self._checks.append({**event._asdict(), "fix": list(event.fix)})
        elif isinstance(event, Note):
            self._notes.append(event.text)
        elif isinstance(event, Recap):
            self._recap = event.counts

    def finish(self, command: str, result: Result) -> None:
        """Print the envelope."""
        data = dict(result.data)
        if self._tasks:
            data["tasks"] = self._tasks
        if self._checks:
            data["checks"] = self._checks
        if self._notes:
            data["notes"] = self._notes
        if self._recap is not None:
            data["recap"] = self._recap
        envelope = {
            "result_version": VERSION,
            "command": command,
            "status": _STATUS.get(result.exit_code, "error"),
            "exit_code": result.exit_code,
            "data": data,
            "errors": result.errors,
        }
        self._out.write(json.dumps(self._clean(envelope), ensure_ascii=True, indent=2) + "\n")

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._redactor.redact(value)
        if isinstance(value, dict):
            return {key: self._clean(each) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._clean(each) for each in value]
        return value
