"""A run turned round: the plan that brings every path it touched back to what stood there before."""

from __future__ import annotations

from pathlib import Path

from installer.engine import journal
from installer.engine.diff import Action, Change, Conflict
from installer.engine.journal import Operation, Run
from installer.engine.plan import Plan, Step
from installer.engine.state import State
from installer.engine.system import ABSENT, Entry, RealSystem
from installer.errors import InstallerError


def inverse(system: RealSystem, state: State, run: Run) -> Plan:
    """Return the plan that undoes a run. Raise InstallerError if a backup is gone."""
    made = {each.path for each in run.operations if each.before.kind == "absent"}
    standing: dict[Path, Entry] = {}
    steps = []
    for each in reversed(run.operations):
        is_folder = "directory" in (each.before.kind, each.after.kind)
        look = system.look_folder if is_folder else system.look
        now = standing.get(each.path) or look(each.path)
        if journal.shape(now) == each.before:
            change = Change("none", "is as it was", each.path, now, now, "", each.key, each.previous, each.record)
        elif is_folder:
            full = any(each.path / name not in made for name in system.names(each.path))
            change = _change_of_folder(state, each, now, full=full)
        else:
            change = _change(system, state, run, each, now)
        if change.acts:
            standing[each.path] = change.after
        known = each.record or each.previous
        steps.append(Step(known.role if known else "", str(each.path), change))
    return Plan(tuple(steps))


def _change_of_folder(state: State, each: Operation, now: Entry, *, full: bool) -> Change:
    if now.kind not in ("absent", "directory"):
        return Change("none", "is no folder any more", each.path)
    if full and each.before.kind == "absent":
        return Change("none", "not empty, so it stays", each.path)
    return _way(state, each, now, Entry(each.before.kind, each.before.mode), "")


def _change(system: RealSystem, state: State, run: Run, each: Operation, now: Entry) -> Change:
    shape = journal.shape(now)
    if each.before.kind == "file" and not each.backup and shape.sha256 != each.before.sha256:
        return Change("none", "was changed since that run, which had set its mode only", each.path)
    return _way(state, each, now, _former(system, run, each, now), "" if shape == each.after else "edited")


def _way(state: State, each: Operation, now: Entry, former: Entry, conflict: Conflict) -> Change:
    if former.kind == "absent":
        action: Action = "remove"
    elif now.kind == "absent":
        action = "create"
    else:
        action = "mode" if now.kind == former.kind and now.content == former.content else "update"
    return Change(
        action, "was changed since that run" if conflict else "as before that run",
        each.path, now, former, conflict, each.key, each.previous, state.records.get(each.key), restarts=each.restarts,
    )  # fmt: skip


def _former(system: RealSystem, run: Run, each: Operation, now: Entry) -> Entry:
    """Return what stood at a path before a run, with its content."""
    if each.before.kind == "absent":
        return ABSENT
    if each.before.kind != "file":
        return Entry(each.before.kind, each.before.mode, target=each.before.target)
    if not each.backup:
        return Entry("file", each.before.mode, now.content)
    backup = system.look(run.folder / "backup" / each.backup)
    if backup.kind != "file":
        raise InstallerError("backup-gone", f"the backup of {each.path} from run {run.number} is gone", "")
    return Entry("file", each.before.mode, backup.content)
