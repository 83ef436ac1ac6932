"""Precedence and validation: built-in defaults < profile < saved answers < environment < flags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from installer.config import profiles as shelf_of
from installer.config.profiles import Profile
from installer.config.source import Items, Node, Table, Value
from installer.errors import ConfigError, Problem
from installer.secrets import Secret
from installer.settings import Key, Origin, Schema, Settings

PROFILE_KEYS = ("schema", "description", "extends", "roles")
ANSWER_KEYS = ("schema", "profile")
GIVEN_UP = "given up: it belonged to the former server"
_YES = ("true", "yes", "on", "1")
_NO = ("false", "no", "off", "0")


@dataclass(frozen=True)
class Given:
    """What this call gives: values by dotted key, from flags, prompts and the environment.

    Where it is not `complete`, a required key may be missing: it will be asked for, or a profile is only looked at.
    """

    flags: Mapping[str, Value] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    complete: bool = True


@dataclass
class _Layers:
    """Values being collected, the later layer over the earlier."""

    values: dict[str, Any]
    origins: dict[str, Origin]


def resolve(
    schema: Schema,
    role_names: list[str],
    profiles: list[Profile],
    answers: Iterable[Table],
    given: Given,
    problems: list[Problem],
) -> Settings:
    """Return the settings of a run. Raise ConfigError with everything that is wrong, `problems` so far included."""
    roles = shelf_of.roles_of(profiles, role_names, problems)
    layers = _Layers(
        {key.dotted: key.default for key in schema.keys.values()},
        {key.dotted: Origin("default", "built in") for key in schema.keys.values()},
    )
    for profile in profiles:
        _add_table(schema, layers, profile.table, "profile", PROFILE_KEYS, problems, private=profile.private)
    for table in answers:
        _add_table(schema, layers, table, "answer", ANSWER_KEYS, problems, private=True)
    saved = dict(layers.values)
    for key in schema.keys.values():
        text = given.environ.get(key.variable, "")
        if text:
            _add(layers, key, Value(text, key.variable), "environment", problems)
    for dotted, value in given.flags.items():
        _add(layers, schema.keys[dotted], value, "flag", problems)
    _give_up_bound(schema, layers, saved)
    for key in schema.keys.values():
        if layers.values[key.dotted] is None and key.setting.generate and key.section in roles:
            made = key.setting.generate()
            layers.values[key.dotted] = Secret(made) if key.secret else made
            layers.origins[key.dotted] = Origin("generated", "made by this run")
    sections = {
        name: kind(**{each.name: layers.values[each.dotted] for each in schema.keys.values() if each.section == name})
        for name, kind in schema.sections.items()
    }
    if given.complete:
        _check_required(schema, layers, roles, problems)
    _check_together(schema, sections, layers, roles, problems)
    if problems:
        raise ConfigError(problems)
    return Settings(profiles[-1].name if profiles else "", roles, sections, layers.origins)


def _add_table(
    schema: Schema,
    layers: _Layers,
    table: Table,
    layer: str,
    own_keys: tuple[str, ...],
    problems: list[Problem],
    *,
    private: bool,
) -> None:
    for name, node in table.entries.items():
        if name in own_keys:
            continue
        if name not in schema.sections:
            problems.append(_unknown_key(name, table.places[name], [*schema.sections, *own_keys]))
        elif not isinstance(node, Table):
            problems.append(Problem("key.type", node.where, f"{name} must be a table of keys"))
        else:
            _add_section(schema, layers, name, node, layer, problems, private=private)


def _add_section(
    schema: Schema, layers: _Layers, section: str, table: Table, layer: str, problems: list[Problem], *, private: bool
) -> None:
    for name, node in table.entries.items():
        key = schema.keys.get(f"{section}.{name}")
        if key is None:
            names = [each.name for each in schema.keys.values() if each.section == section]
            problems.append(_unknown_key(name, table.places[name], names))
        elif key.secret and not private:
            text = f"{key.dotted} is a secret, and others may read this file"
            hint = f"chmod 600 it, or give it by {key.flag} FILE or {key.variable}"
            problems.append(Problem("secret.readable", table.places[name], text, hint))
        else:
            _add(layers, key, node, layer, problems)


def _unknown_key(name: str, where: str, names: list[str]) -> Problem:
    return Problem("key.unknown", where, f"there is no key '{name}'", shelf_of.did_you_mean(name, names))


def _add(layers: _Layers, key: Key, node: Node, layer: str, problems: list[Problem]) -> None:
    value, complaint = convert(key, node)
    if not complaint and value is not None and key.setting.check:
        complaint = key.setting.check(value)
    if complaint:
        hint = f"for example: {key.setting.example}" if key.setting.example else ""
        problems.append(Problem("key.value", node.where, f"{key.dotted} {complaint}", hint))
        return
    layers.values[key.dotted] = key.default if value is None else value
    layers.origins[key.dotted] = Origin(layer, node.where)


def convert(key: Key, node: Node) -> tuple[Any, str]:
    """Return a written value as the key's type, or what is wrong with it; an empty value means: the default."""
    kind = key.setting.kind
    if kind == "list":
        return _convert_list(node)
    if not isinstance(node, Value):
        return None, "must be a single value"
    if node.text is None:
        return None, ""
    text = node.text
    if kind == "secret":
        return Secret(text), ""
    if kind == "yes/no":
        if text.lower() in (*_YES, *_NO):
            return text.lower() in _YES, ""
        return None, "must be yes or no"
    if kind == "number":
        return (int(text), "") if re.fullmatch(r"[0-9]{1,9}", text) else (None, "must be a whole number")
    if key.setting.choices and text not in key.setting.choices:
        return None, f"must be one of: {', '.join(key.setting.choices)}"
    return text, ""


def _convert_list(node: Node) -> tuple[Any, str]:
    if isinstance(node, Items):
        return tuple(each.text for each in node.values if each.text), ""
    if isinstance(node, Value):
        return tuple(each.strip() for each in (node.text or "").split(",") if each.strip()), ""
    return None, "must be a list"


def _give_up_bound(schema: Schema, layers: _Layers, saved: Mapping[str, Any]) -> None:
    for key in schema.keys.values():
        other = f"{key.section}.{key.setting.bound_to}"
        if layers.origins[key.dotted].layer == "answer" and other in saved and saved[other] != layers.values[other]:
            layers.values[key.dotted] = key.default
            layers.origins[key.dotted] = Origin("default", GIVEN_UP)


def given_up(schema: Schema, settings: Settings) -> list[str]:
    """Return a sentence for each saved value that is not used any more because its server changed."""
    return [
        f"the saved {key.dotted} belonged to the former server and is not used for this one; "
        f"give it anew by {ways_to_give(key)}"
        for key in schema.keys.values()
        if settings.origins[key.dotted].where == GIVEN_UP
    ]


def _check_required(schema: Schema, layers: _Layers, roles: tuple[str, ...], problems: list[Problem]) -> None:
    for key in schema.keys.values():
        if key.setting.required and key.section in roles and layers.values[key.dotted] is None:
            text = f"{key.dotted} is needed where the role {key.section} is on"
            problems.append(Problem("answer.missing", "answers", text, f"give it by {ways_to_give(key)}"))


def _check_together(
    schema: Schema, sections: Mapping[str, Any], layers: _Layers, roles: tuple[str, ...], problems: list[Problem]
) -> None:
    for key in schema.keys.values():
        other = schema.keys.get(f"{key.section}.{key.setting.goes_with}")
        if other is None or key.section not in roles:
            continue
        if layers.values[key.dotted] is not None and layers.values[other.dotted] is None:
            text = f"{key.dotted} is given, and so {other.dotted} is needed too"
            hint = f"give it by {ways_to_give(other)}"
            problems.append(Problem("answer.missing", layers.origins[key.dotted].where, text, hint))
    for name in roles:
        check = getattr(sections.get(name), "problems", None)
        for field_name, text in check() if check else ():
            dotted = f"{name}.{field_name}"
            problems.append(Problem("key.together", layers.origins[dotted].where, f"{dotted} {text}"))


def ways_to_give(key: Key) -> str:
    """Return the two ways to give a key where nobody can be asked."""
    return f"{key.flag} {'FILE' if key.secret else 'VALUE'} or {key.variable}"


def unknown_variables(schema: Schema, environ: Mapping[str, str]) -> list[str]:
    """Return a sentence for each variable that looks like ours and is not; others may share the prefix."""
    known = ["INSTALLER_PROFILE", *(key.variable for key in schema.keys.values())]
    strange = [name for name in environ if name.startswith("INSTALLER_") and name not in known]
    if not strange:
        return []
    import difflib

    ours = tuple(f"INSTALLER_{section.upper()}_" for section in schema.sections)
    close = {name: difflib.get_close_matches(name, known, 1, 0.85) for name in strange}
    return [
        f"{name} is no setting; {shelf_of.did_you_mean(name, known)}"
        for name in strange
        if name.startswith(ours) or close[name]
    ]
