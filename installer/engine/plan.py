"""The plan: every wanted thing with its change, what left the profile with its removal. Reads, changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from installer.engine.diff import Change, Record, diff, key_of, leaving
from installer.engine.resources import Block, Directory, Requires, Resource
from installer.engine.state import State
from installer.engine.system import ABSENT, Entry, RealSystem


class Step(NamedTuple):
    """One task of a run: which role wants it, its name for people, and its change."""

    role: str
    name: str
    change: Change


class Plan(NamedTuple):
    """All steps of a run, in the order in which they are carried out."""

    steps: tuple[Step, ...]

    @property
    def acts(self) -> bool:
        """Tell whether carrying it out changes the disk."""
        return any(step.change.acts for step in self.steps)

    @property
    def conflicts(self) -> tuple[Step, ...]:
        """Return the steps that need a decision."""
        return tuple(step for step in self.steps if step.change.conflict)

    @property
    def failures(self) -> tuple[Step, ...]:
        """Return the steps that cannot be carried out."""
        return tuple(step for step in self.steps if step.change.action == "fail")


def build(
    system: RealSystem,
    state: State,
    wanted: Iterable[tuple[str, Resource]],
    prunable: Collection[str] | None,
) -> Plan:
    """Return the plan for `wanted`, pairs of a role's name and a resource; a folder comes before what is in it.

    Steps on one path (several blocks in a file) build on each other: each begins where the one before it ends.
    What the state remembers of the `prunable` roles (None: of all) and nobody wants any more is removed.
    """
    pairs = list(wanted)
    steps: list[Step] = []
    seen: dict[Path, Entry] = {}
    for role, resource in pairs:
        if isinstance(resource, Requires):
            steps.append(Step(role, resource.name, diff(resource, ABSENT, None, role)))
            continue
        if resource.path in seen and not isinstance(resource, Block):
            raise ValueError(f"two resources want {resource.path}")
        steps += _missing_parents(system, state, resource.path, role, seen)
        look = system.look_folder if isinstance(resource, Directory) else system.look
        entry = seen.get(resource.path) or look(resource.path)
        whole = state.records.get(str(resource.path)) if isinstance(resource, Block) else None
        if whole is not None and whole.kind == "file" and resource.path not in seen:
            steps.append(Step(role, str(resource.path), leaving(resource.path, str(resource.path), entry, whole)))
            entry = steps[-1].change.after
        change = diff(resource, entry, state.records.get(key_of(resource)), role)
        seen[resource.path] = change.after if change.acts else entry
        steps.append(Step(role, str(resource.path), change))
    wanted_keys = {key_of(resource) for _, resource in pairs if not isinstance(resource, Requires)}
    wanted_keys |= {step.change.key for step in steps}
    steps += _leaving_steps(system, state, wanted_keys, seen, prunable)
    return Plan(tuple(steps))


def removal(system: RealSystem, state: State, spared: Collection[str]) -> Plan:
    """Return the plan that takes back all that the state remembers, but for the roles that are `spared`."""
    keeping = {key for key, record in state.records.items() if record.role in spared}
    paths = {path: system.look(path) for path in (_path_of(key, state.records[key]) for key in keeping)}
    return Plan(tuple(_leaving_steps(system, state, keeping, paths, None)))


def _missing_parents(system: RealSystem, state: State, path: Path, role: str, seen: dict[Path, Entry]) -> list[Step]:
    """Return steps for the folders above `path` that nobody wants by name and that are not there."""
    steps: list[Step] = []
    for parent in path.parents:
        if parent in seen:
            break
        entry = system.look_folder(parent)
        if entry.kind == "directory":
            break
        seen[parent] = entry
        change = diff(Directory(parent), entry, state.records.get(str(parent)), role)
        steps.append(Step(role, str(parent), change))
    return steps[::-1]


def _leaving_steps(
    system: RealSystem,
    state: State,
    wanted_keys: Collection[str],
    seen: Mapping[Path, Entry],
    prunable: Collection[str] | None,
) -> list[Step]:
    """Return the removals, files before folders. `seen` is what will stand at each path that is still wanted."""
    standing = dict(seen)
    needed = {parent for path in seen for parent in path.parents}
    files, folders = [], []
    for key, record in state.records.items():
        path = _path_of(key, record)
        if key in wanted_keys or (prunable is not None and record.role not in prunable):
            continue
        if record.kind == "directory":
            if path not in needed:
                folders.append((key, path, record))
        else:
            files.append((key, path, record))
    folders.sort(key=lambda each: len(each[1].parts), reverse=True)
    steps = []
    going = set()
    for key, path, record in [*files, *folders]:
        change = leaving(path, key, standing.get(path) or system.look(path), record)
        if record.kind == "directory" and any(path / name not in going for name in system.names(path)):
            change = Change("none", "not empty, so it stays", path)
        if change.action == "remove":
            going.add(path)
        if change.acts:
            standing[path] = change.after
        steps.append(Step(record.role, str(path), change))
    return steps


def _path_of(key: str, record: Record) -> Path:
    return Path(key.rpartition("#")[0] if record.kind == "block" else key)
