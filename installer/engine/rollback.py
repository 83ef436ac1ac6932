"""A run turned round: the plan that brings every path it touched back to what stood there before."""

from __future__ import annotations

from installer.engine import journal
from installer.engine.diff import Action, Change, Conflict
from installer.engine.journal import Operation, Run
from installer.engine.plan import Plan, Step
from installer.engine.state import State
from installer.engine.system import Entry, RealSystem
from installer.engine.transaction import former_entry


def inverse(system: RealSystem, state: State, run: Run) -> Plan:
    """Return the plan that undoes a run. Raise InstallerError if a backup is gone."""
    return Plan(tuple(_step(system, state, run, each) for each in reversed(run.operations)))


def _step(system: RealSystem, state: State, run: Run, each: Operation) -> Step:
    known = each.record or each.previous
    role = known.role if known else ""
    is_folder = "directory" in (each.before.kind, each.after.kind)
    now = system.look_folder(each.path) if is_folder else system.look(each.path)
    if journal.is_as(system, each.path, each.before):
        change = Change("none", "is as it was", each.path, now, now, "", each.key, each.previous, each.record)
        return Step(role, str(each.path), change)
    former = former_entry(system, run, each)
    if is_folder and former.kind == "absent" and system.names(each.path):
        going = {str(other.path) for other in run.operations if other.before.kind == "absent"}
        if any(str(each.path / name) not in going for name in system.names(each.path)):
            return Step(role, str(each.path), Change("none", "not empty, so it stays", each.path))
    conflict: Conflict = "" if is_folder or journal.is_as(system, each.path, each.after) else "edited"
    reason = "was changed since that run" if conflict else "as before that run"
    restarts = each.restarts
    record = each.previous
    change = Change(
        _action(now, former), reason, each.path, now, former, conflict, each.key, record,
        state.records.get(each.key), restarts=restarts,
    )  # fmt: skip
    return Step(role, str(each.path), change)


def _action(now: Entry, former: Entry) -> Action:
    if former.kind == "absent":
        return "remove"
    if now.kind == "absent":
        return "create"
    return "mode" if now.kind == former.kind and now.content == former.content else "update"
