"""Reading one YAML file into values that remember where they stand; every problem is reported with file:line:column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from installer.errors import Problem

if TYPE_CHECKING:
    import yaml

SCHEMA = 1
LARGEST_BYTES = 256 * 1024
DEEPEST = 20

Migration = Callable[["Table"], "Table"]
MIGRATIONS: Mapping[int, Migration] = {}
"""From each old `schema` number, what rewrites a table into the next one. Nothing else knows old shapes."""


class Value(NamedTuple):
    """A scalar as it was written, and whether it was quoted; `None` for an empty one."""

    text: str | None
    where: str
    quoted: bool = False


class Items(NamedTuple):
    """A list of scalars."""

    values: tuple[Value, ...]
    where: str


class Table(NamedTuple):
    """A mapping; `places` tells where each key stands."""

    entries: dict[str, Value | Items | Table]
    places: dict[str, str]
    where: str


Node = Value | Items | Table


def parse(content: bytes, name: str, problems: list[Problem]) -> Table:
    """Return a file's top-level table, empty after a problem. `name` is the file as messages show it."""
    start = f"{name}:1:1"
    empty = Table({}, {}, start)
    if len(content) > LARGEST_BYTES:
        text = f"is {len(content):,} bytes long; at most {LARGEST_BYTES:,} are read"
        problems.append(Problem("yaml.too-large", start, text))
        return empty
    import yaml

    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        refused = _refused(content, loader, name)
        if refused is not None:
            problems.append(refused)
            return empty
        root = yaml.compose(content, loader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        problems.append(_syntax_problem(error, name, content))
        return empty
    if root is None:
        return empty
    node = _convert(root, name, problems)
    if not isinstance(node, Table):
        problems.append(Problem("yaml.shape", node.where, "must be a table of `key: value` lines"))
        return empty
    return node


def _refused(content: bytes, loader: type, name: str) -> Problem | None:
    """Return what makes a file too costly to walk: deep nesting, or aliases that can multiply without end."""
    import yaml

    depth = 0
    for event in yaml.parse(content, loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                return Problem("yaml.too-deep", _place(name, event), f"is nested more than {DEEPEST} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            return Problem("yaml.alias", _place(name, event), "anchors and aliases are not read; write the value out")
    return None


def _place(name: str, marked: yaml.Node | yaml.Event) -> str:
    mark: Any = marked.start_mark
    return f"{name}:{mark.line + 1}:{mark.column + 1}"


def _syntax_problem(error: Exception, name: str, content: bytes) -> Problem:
    mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return _character_problem(name, content)
    where = f"{name}:{mark.line + 1}:{mark.column + 1}"
    line_text = content.splitlines()[mark.line : mark.line + 1]
    if line_text and b"\t" in line_text[0][: len(line_text[0]) - len(line_text[0].lstrip())]:
        return Problem("yaml.tab", where, "this line is indented with a tab", "indent with spaces")
    return Problem("yaml.syntax", where, f"is not valid YAML: {getattr(error, 'problem', None) or error}")


def _character_problem(name: str, content: bytes) -> Problem:
    """Return where the first byte that is no UTF-8, or the first control character, stands."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", "replace")
        return Problem("yaml.encoding", _after(name, before), "is not UTF-8 text", "save the file as UTF-8")
    unfit = next((index for index, each in enumerate(text) if each not in "\t\r\n" and not each.isprintable()), 0)
    return Problem("yaml.encoding", _after(name, text[:unfit]), "holds a control character", "remove it")


def _after(name: str, before: str) -> str:
    return f"{name}:{before.count(chr(10)) + 1}:{len(before.rpartition(chr(10))[2]) + 1}"


def _convert(node: yaml.Node, name: str, problems: list[Problem]) -> Node:
    import yaml

    where = _place(name, node)
    if isinstance(node, yaml.ScalarNode):
        quoted = node.style in ("'", '"', "|", ">")
        empty = not quoted and node.tag == "tag:yaml.org,2002:null"
        return Value(None if empty else str(node.value), where, quoted)
    if isinstance(node, yaml.SequenceNode):
        values = []
        for each in node.value:
            item = _convert(each, name, problems)
            if isinstance(item, Value):
                values.append(item)
            else:
                problems.append(Problem("yaml.shape", item.where, "must be a single value"))
        return Items(tuple(values), where)
    return _convert_table(node, name, where, problems)


def _convert_table(node: yaml.Node, name: str, where: str, problems: list[Problem]) -> Table:
    entries: dict[str, Node] = {}
    places: dict[str, str] = {}
    for key_node, value_node in node.value:
        place = _place(name, key_node)
        key = str(key_node.value) if isinstance(key_node.value, str) else ""
        if not key:
            problems.append(Problem("yaml.shape", place, "a key must be a plain word"))
        elif key in entries:
            problems.append(Problem("yaml.duplicate", place, f"'{key}' was already given at {places[key]}"))
        else:
            entries[key] = _convert(value_node, name, problems)
            places[key] = place
    return Table(entries, places, where)


def migrated(
    table: Table,
    name: str,
    problems: list[Problem],
    migrations: Mapping[int, Migration] = MIGRATIONS,
    current: int = SCHEMA,
) -> Table:
    """Return a table brought to the current schema, without its `schema` key. Problems are reported."""
    given = table.entries.get("schema")
    if given is None:
        problems.append(Problem("schema.missing", table.where, "has no `schema`", f"add a line `schema: {current}`"))
        return table
    version = given.text if isinstance(given, Value) else None
    if version is None or not re.fullmatch(r"[0-9]{1,9}", version):
        problems.append(Problem("schema.number", given.where, f"schema must be a number, at most {current}"))
    elif int(version) > current:
        text = f"was written for schema {version}; this program knows {current}"
        problems.append(Problem("schema.newer", given.where, text, "upgrade this program"))
    else:
        for old in range(int(version), current):
            if old not in migrations:
                text = f"schema {old} is too old to be brought up to {current}"
                problems.append(Problem("schema.older", given.where, text, f"rewrite it for schema {current}"))
                break
            table = migrations[old](table)
    entries = {key: value for key, value in table.entries.items() if key != "schema"}
    return Table(entries, table.places, table.where)


def read_file(path: Path, look: Callable[[Path], bytes | None], name: str, problems: list[Problem]) -> Table | None:
    """Return a file's migrated table, or None if there is no such file."""
    content = look(path)
    if content is None:
        return None
    before = len(problems)
    table = parse(content, name, problems)
    return table if len(problems) > before else migrated(table, name, problems)
