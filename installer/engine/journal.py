"""The journal: what a run is about to do, written before it does it, so that a killed run can be finished or undone.

A run folder `runs/NUMBER/` holds `journal.json` (hashes only) and `backup/`, the former content of what was replaced.
A run is finished once the state's `last_run` has reached its number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from installer.engine.diff import DEFAULT_DIRECTORY_MODE, Change, Record, digest
from installer.engine.state import ALL_PROOFS, State, record_from
from installer.engine.system import PRIVATE_DIRECTORY, PRIVATE_FILE, Entry, Kind, RealSystem

KEPT_RUNS = 20


@dataclass(frozen=True, slots=True)
class Shape:
    """What stood or shall stand at a path, without its content."""

    kind: Kind
    mode: int = 0
    sha256: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One path's way in a run; `backup` is the name of its former content's copy, `conflict` says whose it was."""

    path: Path
    key: str
    before: Shape
    after: Shape
    record: Record | None
    previous: Record | None
    restarts: tuple[str, ...] = ()
    conflict: str = ""
    backup: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One run as the journal tells it."""

    number: int
    folder: Path
    command: str
    operations: tuple[Operation, ...]


def shape(entry: Entry) -> Shape:
    """Return an entry without its content."""
    return Shape(entry.kind, entry.mode, digest(entry.content) if entry.kind == "file" else "", entry.target)


def operation(change: Change, index: int) -> Operation:
    """Return the journal's view of a change that acts."""
    backup = f"{index:04d}" if change.before.kind == "file" and change.before.content != change.after.content else ""
    return Operation(
        change.path, change.key, shape(change.before), shape(change.after),
        change.record, change.previous, change.restarts, change.conflict, backup,
    )  # fmt: skip


def temporary(path: Path, number: int) -> Path:
    """Return the temporary name beside a file: it is hidden and ends in .tmp, which opencode never loads."""
    return path.with_name(f".{path.name}.{number}.tmp")


def begin(system: RealSystem, runs: Path, number: int, command: str, changes: Sequence[Change]) -> Run:
    """Write the journal and the backups of a run that is about to start. Raise OSError if the disk refuses."""
    folder = runs / str(number)
    system.remove_tree(folder)
    system.make_directory(folder, PRIVATE_DIRECTORY)
    system.make_directory(folder / "backup", PRIVATE_DIRECTORY)
    operations = tuple(operation(change, index) for index, change in enumerate(changes))
    for change, each in zip(changes, operations, strict=True):
        if each.backup:
            system.write_new(folder / "backup" / each.backup, change.before.content, PRIVATE_FILE)
    run = Run(number, folder, command, operations)
    pending = folder / ".journal.json.tmp"
    system.write_new(pending, _dumps(run), PRIVATE_FILE)
    system.rename(pending, folder / "journal.json")
    return run


def _dumps(run: Run) -> bytes:
    def fields(value: Any) -> Any:
        if isinstance(value, (Shape, Record)):
            return {name: getattr(value, name) for name in value.__slots__}
        return str(value) if isinstance(value, Path) else value

    operations = [{name: fields(getattr(each, name)) for name in each.__slots__} for each in run.operations]
    return (json.dumps({"command": run.command, "operations": operations}, ensure_ascii=False) + "\n").encode()


def _load(folder: Path, content: bytes) -> Run | None:
    try:
        data = json.loads(content)
        operations = tuple(
            Operation(
                Path(each["path"]), each["key"], Shape(**each["before"]), Shape(**each["after"]),
                record_from(each["record"]) if each["record"] else None,
                record_from(each["previous"]) if each["previous"] else None,
                tuple(each["restarts"]), each["conflict"], each["backup"],
            )
            for each in data["operations"]
        )  # fmt: skip
        return Run(int(folder.name), folder, str(data["command"]), operations)
    except (ValueError, KeyError, TypeError):
        return None


def runs_in(system: RealSystem, runs: Path) -> list[Run]:
    """Return the runs whose journal is there and whole, oldest first."""
    numbers = sorted(int(name) for name in system.names(runs) if name.isdigit())
    loaded = (_load(runs / str(each), system.look(runs / str(each) / "journal.json").content) for each in numbers)
    return [run for run in loaded if run is not None]


def finish(system: RealSystem, state: State, runs: Iterable[Run]) -> State:
    """Return the state with what unfinished runs did bring about; what they did not is simply not recorded."""
    for run in runs:
        if run.number > state.last_run:
            state = replace(after(system, state, run.operations), last_run=run.number)
    return state


def after(system: RealSystem, state: State, operations: Iterable[Operation]) -> State:
    """Return the state once those operations whose result stands on disk are recorded."""
    records = dict(state.records)
    restarts, changed = list(state.restarts), False
    for each in operations:
        if not is_as(system, each.path, each.after):
            continue
        changed = True
        restarts += [name for name in each.restarts if name not in restarts]
        if each.record is None:
            records.pop(each.key, None)
        else:
            records[each.key] = each.record
    return replace(state, records=records, restarts=tuple(restarts), owed=(ALL_PROOFS,) if changed else state.owed)


def is_as(system: RealSystem, path: Path, wanted: Shape) -> bool:
    """Tell whether a path is as described; a negative mode of a folder stands for any."""
    if wanted.kind == "directory":
        entry = system.look_folder(path)
        return entry.kind == "directory" and wanted.mode in (entry.mode, DEFAULT_DIRECTORY_MODE)
    return shape(system.look(path)) == wanted


def sweep(system: RealSystem, unfinished: Iterable[Run]) -> None:
    """Remove the temporary files that killed runs left."""
    for run in unfinished:
        for each in run.operations:
            system.remove(temporary(each.path, run.number))


def forget_old(system: RealSystem, runs: Path) -> None:
    """Remove all but the newest run folders, and but those that hold somebody's edits."""
    for run in runs_in(system, runs)[:-KEPT_RUNS]:
        if not edits_in(run):
            system.remove_tree(run.folder)


def edits_in(run: Run) -> list[tuple[Path, Path]]:
    """Return what people had written and this run replaced: (the path, its backup)."""
    return [
        (each.path, run.folder / "backup" / each.backup) for each in run.operations if each.conflict and each.backup
    ]
