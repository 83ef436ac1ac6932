"""The saved answers: what was given once is used again, and generated secrets stay until they are purged."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from installer.config.profiles import Look
from installer.config.source import SCHEMA, Table, Value, read_file
from installer.errors import Problem
from installer.secrets import Secret
from installer.settings import Schema, Settings

_SAVED_LAYERS = ("answer", "environment", "flag", "generated")
_HEADER = "# Your answers, written by installer; a run with other answers replaces this file.\n"
_PRIVATE_HEADER = (
    "# Your secrets, written by installer. Whoever reads this file can read and send your notifications.\n"
)


@dataclass(frozen=True)
class Answers:
    """Answers as read: the profile they belong to and their tables; `saved` ones are already in their files."""

    profile: str | None = None
    tables: list[Table] = field(default_factory=list)
    saved: bool = False


def load(look: Look, files: list[Path], problems: list[Problem], *, saved: bool) -> Answers:
    """Return the answers in the files that are there. Problems are reported."""
    tables = []
    profile = None
    for path in files:
        table = read_file(path, look, str(path), problems)
        if table is None:
            continue
        tables.append(table)
        node = table.entries.get("profile")
        if isinstance(node, Value) and node.text:
            profile = node.text
    return Answers(profile, tables, saved)


def unchanged(settings: Settings, answers: Answers, profile: str) -> bool:
    """Tell whether the files on disk already hold every answer of this run."""
    layers = {origin.layer for origin in settings.origins.values()}
    return answers.saved and answers.profile == profile and layers.isdisjoint({"environment", "flag", "generated"})


def render(schema: Schema, settings: Settings, profile: str) -> tuple[bytes, bytes | None]:
    """Return the contents of the answers file and of the secrets file (None where there is no secret)."""
    plain: dict[str, dict[str, Any]] = {}
    secret: dict[str, dict[str, Any]] = {}
    for key in schema.keys.values():
        value = settings.value(key)
        if value is None or settings.origins[key.dotted].layer not in _SAVED_LAYERS:
            continue
        table = secret if key.secret else plain
        shown = value.reveal() if isinstance(value, Secret) else list(value) if isinstance(value, tuple) else value
        table.setdefault(key.section, {})[key.name] = shown
    content = _dump(_HEADER, {"schema": SCHEMA, "profile": profile, **plain})
    return content, _dump(_PRIVATE_HEADER, {"schema": SCHEMA, **secret}) if secret else None


def _dump(header: str, data: dict[str, Any]) -> bytes:
    import yaml

    return (header + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=1000)).encode()
