"""`installer rollback [RUN]`: put back what a run replaced, made or removed; the newest run if none is named."""

from __future__ import annotations

import argparse

from installer.commands import options, stages
from installer.commands.context import Context
from installer.engine import journal
from installer.engine.apply import apply
from installer.engine.rollback import inverse
from installer.errors import OK, UsageError
from installer.events import Banner
from installer.output import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("number", nargs="?", type=int, metavar="RUN", help="the run's number (default: the newest)")
    options.add_apply(parser)


def run(context: Context) -> Result:
    """Undo one run, as a run of its own that can be undone again."""
    with context.store.lock(wait=context.options.wait):
        state = stages.recovered(context)
        runs = {each.number: each for each in journal.runs_in(context.system, context.store.runs)}
        if not runs:
            return Result(OK, {"run": None}, "there is no run to undo")
        number = context.options.number or max(runs)
        if number not in runs:
            known = ", ".join(str(each) for each in runs)
            raise UsageError("run", f"there is no run {number}", f"there are: {known}")
        plan = inverse(context.system, state, runs[number])
        stages.ask_consent(context, plan, f"undo run {number}")
        context.emit(Banner(f"undoing run {number} ({runs[number].command})"))
        outcome = apply(context.store, plan, state, f"rollback {number}", stages.decide(context), context.emit)
    return Result(outcome.exit_code, {"run": number})
