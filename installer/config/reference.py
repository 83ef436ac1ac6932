"""The schema for readers and editors: a Markdown page and a JSON Schema, both made from the keys."""

from __future__ import annotations

from typing import Any

from installer.settings import Key, Schema

_JSON_TYPES = {"text": "string", "secret": "string", "yes/no": "boolean", "number": "integer", "list": "array"}


def markdown(schema: Schema) -> str:
    """Return the reference page of all keys."""
    lines = [
        "# Configuration keys",
        "",
        "Every key can stand in a profile, in an environment variable or in a flag; a secret never stands on a command",
        "line: its flag names a file that holds it (`-` is standard input). Precedence: built-in defaults < profile",
        "(`extends:` chain) < saved answers < environment < flags.",
    ]
    for section in schema.sections:
        lines += ["", f"## {section}", ""]
        lines += ["| key | what it is | default | flag | environment |", "|---|---|---|---|---|"]
        lines += [_row(key) for key in schema.keys.values() if key.section == section]
    return "\n".join(lines) + "\n"


def _row(key: Key) -> str:
    default = _default(key)
    choices = f" ({', '.join(key.setting.choices)})" if key.setting.choices else ""
    value = "FILE" if key.secret else "VALUE"
    return f"| `{key.dotted}` | {key.setting.help}{choices} | {default} | `{key.flag} {value}` | `{key.variable}` |"


def _default(key: Key) -> str:
    if key.default is None:
        return "made at random" if key.setting.generate else "not set"
    if isinstance(key.default, bool):
        return "yes" if key.default else "no"
    return f"`{key.default}`"


def json_schema(schema: Schema) -> dict[str, Any]:
    """Return the JSON Schema of a profile file, for editors."""
    properties: dict[str, Any] = {
        "schema": {"const": 1},
        "description": {"type": "string"},
        "extends": {"type": "string"},
        "roles": {"type": "array", "items": {"enum": list(schema.sections)}},
    }
    for section in schema.sections:
        keys = [key for key in schema.keys.values() if key.section == section]
        properties[section] = {
            "type": "object",
            "additionalProperties": False,
            "properties": {key.name: _property(key) for key in keys},
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["schema"],
        "additionalProperties": False,
        "properties": properties,
    }


def _property(key: Key) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": _JSON_TYPES[key.setting.kind], "description": key.setting.help}
    if key.setting.choices:
        shape["enum"] = list(key.setting.choices)
    if key.default is not None and not key.secret:
        shape["default"] = key.default
    return shape
