"""Applying a plan: decide conflicts, carry the changes out in one transaction, remember them, restart what must."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
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
    _refuse_failures(plan, emit)
    decided = _decided(plan, decide)
    steps = [step for step, kept in decided if not kept]
    acting = [step for step in steps if step.change.acts]
    remarks: dict[int, str] = {}
    if acting:
        changes = [step.change for step in acting]
        new = Transaction(store, state, command, changes).carry_out(
            lambda index, remark: remarks.update({id(acting[index]): remark}),
            lambda number: replace(_remembered(store, state, steps), last_run=number),
        )
        journal.forget_old(store.system, store.runs)
    else:
        new = replace(_remembered(store, state, steps), owed=state.owed)
        if new != state:
            store.save(new)
    counts = {"ok": 0, "changed": 0, "skipped": 0, "kept": 0, "failed": 0}
    for step, kept in decided:
        task = task_of(step, diffs=diffs, kept=kept, remark=remarks.get(id(step), ""))
        counts[task.status] += 1
        emit(task)
    new, restarted = _restart(store, new, restarts or {}, emit)
    if not restarted:
        counts["failed"] += 1
    emit(Recap(counts))
    any_kept = any(kept for _, kept in decided)
    return Outcome(new, bool(acting), worst([KEPT_EDIT if any_kept else OK, OK if restarted else FAILED]))


def _refuse_failures(plan: Plan, emit: Emit) -> None:
    for step in plan.failures:
        emit(task_of(step, diffs=False))
    if plan.failures:
        first = plan.failures[0]
        raise InstallerError("task", f"{first.name}: {first.change.reason}; nothing was changed", first.change.hint)


def _decided(plan: Plan, decide: Decide) -> list[tuple[Step, bool]]:
    """Return each step and whether what stands there is kept; so is what builds on it, and the folder around it."""
    decided = []
    held: list[Path] = []
    for step in plan.steps:
        change = step.change
        kept = change.acts and (change.path in held or (change.conflict != "" and decide(step) == "keep"))
        if kept:
            held.append(change.path)
        elif change.action == "remove" and any(change.path in path.parents for path in held):
            step = step._replace(change=Change("none", "not empty, so it stays", change.path))
        decided.append((step, kept))
    return decided


def _remembered(store: Store, state: State, steps: list[Step]) -> State:
    operations = [
        journal.operation(step.change, index)
        for index, step in enumerate(steps)
        if step.change.key and step.change.action not in ("skip", "fail")
    ]
    return journal.after(store.system, state, operations)


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
