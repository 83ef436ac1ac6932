"""Finding profiles and following `extends:` from one to the next."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from installer.config.source import Items, Table, Value, read_file
from installer.errors import ConfigError, Problem

DEFAULT = "phone"
ENDINGS = (".yaml", ".yml")

Look = Callable[[Path], bytes | None]
"""Returns a file's content, or None if there is no such file."""


@dataclass(frozen=True)
class Shelf:
    """Where profiles lie: the user's own folder first, then those that ship with the program."""

    own: Path
    shipped: Path
    names: Callable[[Path], list[str]]
    look: Look
    private: Callable[[Path], bool]

    def find(self, name: str) -> Path | None:
        """Return the file of a profile given by name or by path."""
        if "/" in name or name.endswith(ENDINGS):
            path = Path(name).expanduser()
            return path if self.look(path) is not None else None
        for folder in (self.own, self.shipped):
            for ending in ENDINGS:
                if f"{name}{ending}" in self.names(folder):
                    return folder / f"{name}{ending}"
        return None

    def all(self) -> list[str]:
        """Return the names of all profiles, each once."""
        found = {
            name.rpartition(".")[0]
            for folder in (self.own, self.shipped)
            for name in self.names(folder)
            if name.endswith(ENDINGS)
        }
        return sorted(found)


@dataclass(frozen=True)
class Profile:
    """One profile file: what it says by itself, without what it extends."""

    name: str
    path: Path
    table: Table
    private: bool


def chain(shelf: Shelf, name: str, where: str, problems: list[Problem]) -> list[Profile]:
    """Return a profile and what it extends, the base first. Problems are reported."""
    found: list[Profile] = []
    while True:
        path = shelf.find(name)
        if path is None:
            problems.append(_unknown(shelf, name, where))
            break
        if os.path.realpath(path) in [os.path.realpath(each.path) for each in found]:
            problems.append(_circle([*(each.name for each in found), name], where))
            break
        before = len(problems)
        table = read_file(path, shelf.look, str(path), problems)
        if table is None:
            problems.append(Problem("profile.unreadable", where, f"{path} is no file that can be read"))
            break
        found.append(Profile(name, path, table, shelf.private(path)))
        parent = table.entries.get("extends")
        if parent is None:
            if len(problems) == before:
                _require_roles(found, problems)
            break
        if not isinstance(parent, Value) or not parent.text:
            problems.append(Problem("extends.value", parent.where, "extends must name one profile"))
            break
        name, where = _beside(path, parent.text), parent.where
    return found[::-1]


def _beside(path: Path, name: str) -> str:
    """Return a profile's name as seen from the file that extends it: a relative path counts from that file's folder."""
    if "/" in name or name.endswith(ENDINGS):
        return os.path.normpath(path.parent / Path(name).expanduser())
    return name


def _circle(names: list[str], where: str) -> Problem:
    text = f"profiles extend each other in a circle: {' → '.join(names)}"
    hint = "a profile of yours named like one of ours stands in its place; give it another name to extend ours"
    return Problem("extends.cycle", where, text, hint if names[-1] == names[-2] else "")


def _require_roles(profiles: list[Profile], problems: list[Problem]) -> None:
    if not any("roles" in each.table.entries for each in profiles):
        where = profiles[0].table.where
        problems.append(Problem("roles.missing", where, "names no roles", "add a line like `roles: [plugin]`"))


def _unknown(shelf: Shelf, name: str, where: str) -> Problem:
    if "/" in name or name.endswith(ENDINGS):
        return Problem(
            "profile.unknown", where, f"there is no profile file {name}", f"or by name: {', '.join(shelf.all())}"
        )
    return Problem("profile.unknown", where, f"there is no profile '{name}'", did_you_mean(name, shelf.all()))


def did_you_mean(name: str, known: list[str]) -> str:
    """Return the known name that is closest, else all of them, as a hint."""
    import difflib

    close = difflib.get_close_matches(name, known, 1)
    return f"did you mean '{close[0]}'?" if close else f"there are: {', '.join(known)}"


def roles_of(profiles: list[Profile], known: list[str], problems: list[Problem]) -> tuple[str, ...]:
    """Return the roles a chain of profiles switches on, in the program's own order."""
    for profile in reversed(profiles):
        node = profile.table.entries.get("roles")
        if node is None:
            continue
        if not isinstance(node, Items):
            problems.append(Problem("roles.value", node.where, "roles must be a list like [plugin, ntfy]"))
            return ()
        for each in node.values:
            if each.text not in known:
                hint = did_you_mean(each.text or "", known)
                problems.append(Problem("roles.unknown", each.where, f"there is no role '{each.text}'", hint))
        chosen = {each.text for each in node.values}
        return tuple(each for each in known if each in chosen)
    return ()


def description(profiles: list[Profile]) -> str:
    """Return what the profile says of itself."""
    for profile in reversed(profiles):
        node = profile.table.entries.get("description")
        if isinstance(node, Value) and node.text:
            return node.text
    return ""


def summary(shelf: Shelf, name: str) -> str:
    """Return what a profile says of itself, or what is wrong with it: one broken file hides no other."""
    problems: list[Problem] = []
    found = chain(shelf, name, "profile", problems)
    return f"cannot be used: {problems[0].where}: {problems[0].message}" if problems else description(found)


def require(shelf: Shelf, name: str, where: str) -> list[Profile]:
    """Return a profile's chain. Raise ConfigError with everything that is wrong with it."""
    problems: list[Problem] = []
    profiles = chain(shelf, name, where, problems)
    if problems:
        raise ConfigError(problems)
    return profiles
