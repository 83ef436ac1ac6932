"""`installer uninstall`: take back exactly what was made; --purge takes answers, secrets, state and backups too."""

from __future__ import annotations

import argparse

from installer.commands import options, stages
from installer.commands.context import Context
from installer.engine import journal
from installer.engine import plan as planning
from installer.engine.apply import apply
from installer.errors import OK, InstallerError
from installer.events import Banner, Note, Recap, Task
from installer.output import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    options.add_apply(parser)
    parser.add_argument("--purge", action="store_true", help="also remove answers, secrets, state, journal and backups")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 3 if something would be removed")


def run(context: Context) -> Result:
    """Remove what the state remembers."""
    if context.system.look(context.places.state).kind == "absent":
        return Result(OK, {}, "nothing is installed")
    if context.options.check:
        plan = planning.removal(context.system, stages.remember(context).state, _spared(context))
        return Result(stages.show_plan(context, plan, diffs=False))
    with context.store.lock(wait=context.options.wait):
        state = stages.recovered(context)
        plan = planning.removal(context.system, state, _spared(context))
        stages.ask_consent(context, plan, "uninstall")
        context.emit(Banner("uninstall"))
        outcome = apply(context.store, plan, state, "uninstall", stages.decide(context), context.emit)
        if context.options.purge:
            _purge(context)
    return Result(outcome.exit_code)


def _spared(context: Context) -> tuple[str, ...]:
    return () if context.options.purge else (stages.ANSWERS_ROLE,)


def _purge(context: Context) -> None:
    """Remove our own folders, naming first the backups that hold somebody's edits."""
    edits = [edit for run in journal.runs_in(context.system, context.store.runs) for edit in journal.edits_in(run)]
    for path, backup in edits:
        context.emit(Note(f"the backup {backup} holds what you had written in {path}", "warning"))
    if edits and context.can_ask:
        from installer import ask

        if not ask.confirm("Remove these backups too?", plain=context.options.no_tty):
            text = "everything else was removed; the backups are still there"
            raise InstallerError("declined", text, "copy them first")
    places = context.places
    left = [each for each in (places.secrets, places.answers) if context.system.look(each).kind != "absent"]
    for each in left:
        context.system.remove(each)
    for folder in (places.profiles, places.config):
        context.system.remove_directory(folder)
    # The memory goes last: until then the same command can be run again.
    context.store.remove()
    context.system.remove_directory(places.state.parent)
    context.emit(Task("purge", str(places.state), "changed", "removed"))
    context.emit(Recap({"changed": 1}))
