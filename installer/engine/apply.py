"""Applying a plan: decide conflicts, carry the changes out in one transaction, remember them, restart what must."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from installer.engine import journal
from installer.engine.diff import Change
from installer.engine.plan import Plan, Step
from installer.engine.show import task_of
from installer.engine.state import State
from installer.engine.store import Store
from installer.engine.transaction import Transaction
from installer.errors import FAILED, KEPT_EDIT, OK, InstallerError, worst
from installer.events import Emit, Recap, Task

Decision = Literal["keep", "overwrite"]
Decide = Callable[[Step], Decision]
Restart = Callable[[], str]
"""Restarts one thing and returns what to tell the user. Raises InstallerError if it cannot."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an apply ended: the state it left, what was changed, and the exit code so far."""

    state: State
    changed: bool
    exit_code: int


def apply(
    store: Store,
    plan: Plan,
    state: State,
    command: str,
    decide: Decide,
    emit: Emit,
    *,
    diffs: bool = False,
    restarts: Mapping[str, Restart] | None = None,
) -> Outcome:
    """Carry a plan out and return how it ended. Raise InstallerError, with everything undone, if a change fails."""
    for step in plan.failures:
        emit(task_of(step, diffs=False))
    if plan.failures:
        first = plan.failures[0]
        raise InstallerError("task", f"{first.name}: {first.change.reason}; nothing was changed", first.change.hint)
    kept = [step for step in plan.conflicts if decide(step) == "keep"]
    steps = [step for step in plan.steps if step not in kept]
    acting = [step for step in steps if step.change.acts]
    remarks = _carry_out(store, state, command, acting) if acting else {}
    new = _remember(store, state, steps, bool(acting))
    if new != state:
        store.save(new)
    counts = {"ok": 0, "changed": 0, "skipped": 0, "kept": 0, "failed": 0}
    for step in plan.steps:
        task = task_of(step, diffs=diffs, kept=step in kept, remark=remarks.get(step.name, ""))
        counts[task.status] = counts.get(task.status, 0) + 1
        emit(task)
    new, restarted = _restart(store, new, restarts or {}, emit)
    if not restarted:
        counts["failed"] += 1
    emit(Recap(counts))
    return Outcome(new, bool(acting), worst([KEPT_EDIT if kept else OK, OK if restarted else FAILED]))


def _carry_out(store: Store, state: State, command: str, acting: list[Step]) -> dict[str, str]:
    remarks: dict[str, str] = {}

    def done(index: int, remark: str) -> None:
        remarks[acting[index].name] = remark

    changes: list[Change] = [step.change for step in acting]
    Transaction(store.system, store.runs, state.last_run + 1, command, changes).carry_out(done)
    return remarks


def _remember(store: Store, state: State, steps: list[Step], acted: bool) -> State:
    operations = [
        journal.operation(step.change, index)
        for index, step in enumerate(steps)
        if step.change.key and step.change.action not in ("skip", "fail")
    ]
    new = journal.after(store.system, state, operations) if operations else state
    if not acted:
        return replace(new, owed=state.owed)
    journal.forget_old(store.system, store.runs)
    return replace(new, last_run=state.last_run + 1)


def _restart(store: Store, state: State, restarts: Mapping[str, Restart], emit: Emit) -> tuple[State, bool]:
    """Restart what is pending; what fails, or nobody here can restart, stays pending."""
    failed = False
    for name in state.restarts:
        if name not in restarts:
            continue
        try:
            emit(Task("restart", name, "changed", restarts[name]()))
        except InstallerError as error:
            emit(Task("restart", name, "failed", error.message, hint=error.hint))
            failed = True
            continue
        state = replace(state, restarts=tuple(each for each in state.restarts if each != name))
        store.save(state)
    return state, not failed
