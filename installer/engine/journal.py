"""The journal: what a run is about to do, written before it does it, so that a killed run can be finished or undone.

A run folder `runs/NUMBER/` holds `journal.json` (hashes only) and `backup/`, the former content of what was replaced.
A run is finished once the state's `last_run` has reached its number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from installer.engine.diff import Change, Record, digest
from installer.engine.state import ALL_PROOFS, State, record_from
from installer.engine.system import PRIVATE_DIRECTORY, PRIVATE_FILE, Entry, Kind, RealSystem

KEPT_RUNS = 20
JOURNAL = "journal.json"
CANDIDATE = "candidate"


class Shape(NamedTuple):
    """What stood or shall stand at a path, without its content."""

    kind: Kind
    mode: int = 0
    sha256: str = ""
    target: str = ""


class Operation(NamedTuple):
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


class Run(NamedTuple):
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
    stays = change.after.kind == "file" and change.before.content == change.after.content
    backup = f"{index:04d}" if change.before.kind == "file" and not stays else ""
    return Operation(
        change.path, change.key, shape(change.before), shape(change.after),
        change.record, change.previous, change.restarts, change.conflict, backup,
    )  # fmt: skip


def temporary(path: Path, number: int, index: int) -> Path:
    """Return the temporary name of a change beside its file: hidden, ending in .tmp, which opencode never loads."""
    return path.with_name(f".{path.name}.{number}-{index}.tmp")


def begin(system: RealSystem, runs: Path, number: int, command: str, changes: Sequence[Change]) -> Run:
    """Write the journal and the backups of a run that is about to start. Raise OSError if the disk refuses."""
    folder = runs / str(number)
    system.make_directory(folder, PRIVATE_DIRECTORY)
    system.make_directory(folder / "backup", PRIVATE_DIRECTORY)
    operations = tuple(operation(change, index) for index, change in enumerate(changes))
    for change, each in zip(changes, operations, strict=True):
        if each.backup:
            system.write_new(folder / "backup" / each.backup, change.before.content, PRIVATE_FILE)
    run = Run(number, folder, command, operations)
    pending = folder / ".journal.json.tmp"
    system.write_new(pending, _dumps(run), PRIVATE_FILE)
    system.rename(pending, folder / JOURNAL)
    return run


def _dumps(run: Run) -> bytes:
    def fields(value: Any) -> Any:
        if isinstance(value, (Shape, Record)):
            return value._asdict()
        return str(value) if isinstance(value, Path) else value

    operations = [{name: fields(getattr(each, name)) for name in each._fields} for each in run.operations]
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


def runs_in(system: RealSystem, runs: Path, since: int = 0) -> list[Run]:
    """Return the runs after number `since` whose journal is there and whole, oldest first."""
    numbers = [each for each in _numbers(system, runs) if each > since]
    loaded = (_load(runs / str(each), system.look(runs / str(each) / JOURNAL).content) for each in numbers)
    return [run for run in loaded if run is not None]


def _numbers(system: RealSystem, runs: Path) -> list[int]:
    return sorted(int(name) for name in system.names(runs) if name.isdecimal())


def next_number(system: RealSystem, runs: Path, last_run: int) -> int:
    """Return the number of a new run: no folder has it, not even one whose journal cannot be read."""
    return max([last_run, *_numbers(system, runs)]) + 1


def finish(system: RealSystem, state: State, unfinished: Iterable[Run]) -> State:
    """Return the state with what unfinished runs did bring about; what they did not is simply not recorded."""
    for run in unfinished:
        state = replace(after(system, state, run.operations), last_run=run.number)
    return state


def after(system: RealSystem, state: State, operations: Iterable[Operation]) -> State:
    """Return the state once those operations whose result stands on disk are recorded."""
    operations = list(operations)
    # Where several operations build on each other at one path, only the last one's result can still be seen.
    reached = {each.path: index for index, each in enumerate(operations) if is_done(system, each)}
    records = dict(state.records)
    restarts, changed = list(state.restarts), False
    for index, each in enumerate(operations):
        if index > reached.get(each.path, -1):
            continue
        changed = True
        restarts += [name for name in each.restarts if name not in restarts]
        if each.record is None:
            records.pop(each.key, None)
        else:
            records[each.key] = each.record
    return replace(state, records=records, restarts=tuple(restarts), owed=(ALL_PROOFS,) if changed else state.owed)


def is_as(system: RealSystem, path: Path, wanted: Shape) -> bool:
    """Tell whether a path is as described."""
    look = system.look_folder if wanted.kind == "directory" else system.look
    return shape(look(path)) == wanted


def is_done(system: RealSystem, each: Operation) -> bool:
    """Tell whether an operation's result stands on disk; a new folder counts even before it has its mode."""
    if each.before.kind == "absent" and each.after.kind == "directory":
        return system.look_folder(each.path).kind == "directory"
    return is_as(system, each.path, each.after)


def sweep(system: RealSystem, runs: Path, last_run: int) -> None:
    """Remove what killed runs left: temporary files, and folders of runs that had not begun."""
    for run in runs_in(system, runs, last_run):
        for index, each in enumerate(run.operations):
            system.remove(temporary(each.path, run.number, index))
        system.remove_tree(run.folder / CANDIDATE)
    for number in _numbers(system, runs):
        if number > last_run and system.look(runs / str(number) / JOURNAL).kind == "absent":
            system.remove_tree(runs / str(number))


def forget(system: RealSystem, folder: Path) -> None:
    """Remove a run's folder; the journal goes first, so that no run without its backups is ever seen."""
    system.remove(folder / JOURNAL)
    system.remove_tree(folder)


def forget_old(system: RealSystem, runs: Path) -> None:
    """Remove all but the newest run folders, and but those that replaced what somebody else had put there."""
    for run in runs_in(system, runs)[:-KEPT_RUNS]:
        if not any(each.conflict for each in run.operations):
            forget(system, run.folder)


def edits_in(run: Run) -> list[tuple[Path, Path]]:
    """Return what people had written and this run replaced: (the path, its backup)."""
    return [
        (each.path, run.folder / "backup" / each.backup) for each in run.operations if each.conflict and each.backup
    ]
