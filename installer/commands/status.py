"""`installer status`: two letters a path: what you changed since we wrote it, and what apply would change."""

from __future__ import annotations

import argparse

from installer.commands import stages
from installer.commands.context import Context
from installer.engine.diff import Record, digest
from installer.engine.plan import Step
from installer.engine.state import State
from installer.errors import OK
from installer.output import Result
from installer.output.wording import short

_WILL = {"create": "A", "update": "M", "mode": "M", "remove": "D"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.set_defaults(check=True)


def run(context: Context) -> Result:
    """Show the paths that differ from what was written or is wanted."""
    if context.answers.profile is None:
        return Result(OK, {"profile": None, "paths": []}, "nothing is set up; run: installer")
    settings = context.settings()
    state = stages.remember(context).state
    plan = stages.make_plan(context, settings, state)
    paths = []
    for step in plan.steps:
        letters = _yours(context, state, step) + _WILL.get(step.change.action, " ")
        if letters.strip():
            paths.append({"path": step.name, "you": letters[0].strip(), "apply": letters[1].strip()})
    lines = [f"profile {settings.profile}"]
    for each in paths:
        shown = short(each["path"], str(context.machine.home))
        lines.append(f"{each['you'] or ' '}{each['apply'] or ' '} {shown}")
    if not paths:
        lines.append("everything is as it was written and as it is wanted")
    if state.owed:
        lines.append("a proof is owed; run: installer apply --verify")
    lines.append("service: none in this profile")
    return Result(OK, {"profile": settings.profile, "paths": paths, "owed": list(state.owed)}, "\n".join(lines))


def _yours(context: Context, state: State, step: Step) -> str:
    """Return what people did to a path since it was written: A(dded), M(odified), D(eleted) or a space."""
    change = step.change
    record: Record | None = state.records.get(change.key or str(change.path))
    if change.conflict == "foreign":
        return "A"
    if record is None or record.kind == "directory":
        return " "
    if change.action == "create":
        return "D"
    if change.conflict == "edited" or change.action == "mode":
        return "M"
    entry = context.system.look(change.path)
    return "M" if record.kind == "file" and digest(entry.content) != record.sha256 else " "
