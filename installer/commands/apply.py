"""`installer apply`: bring the machine to what the profile says, prove it, and say so."""

from __future__ import annotations

import argparse

from installer.commands import options, stages
from installer.commands.context import Context
from installer.engine.apply import apply
from installer.errors import FAILED, worst
from installer.events import Banner
from installer.output import Result
from installer.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("profile", nargs="?", metavar="PROFILE", help="its name, or the path of a file of yours")
    add_all(parser)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 3 if something would change")
    parser.add_argument("--diff", action="store_true", help="show every change as text")


def add_all(parser: argparse.ArgumentParser) -> None:
    """Declare what the guided set-up shares with apply."""
    options.add_apply(parser)
    options.add_selection(parser)
    parser.add_argument("--verify", action="store_true", help="run every proof even if nothing changed")
    options.add_settings(parser)


def run(context: Context) -> Result:
    """Apply a profile, or show what applying it would do."""
    settings = context.settings()
    if context.options.check:
        state = stages.remember(context).state
        plan = stages.make_plan(context, settings, state)
        context.emit(Banner(f"profile {settings.profile} — check only, nothing is changed"))
        return _result(settings, stages.show_plan(context, plan, diffs=context.options.diff))
    return converge(context, settings)


def converge(context: Context, settings: Settings) -> Result:
    """Bring about what the settings say. Raise InstallerError, with everything undone, where that fails."""
    with context.store.lock(wait=context.options.wait):
        state = stages.recovered(context)
        plan = stages.make_plan(context, settings, state)
        stages.ask_consent(context, plan, f"profile {settings.profile}")
        context.emit(Banner(f"profile {settings.profile}"))
        outcome = apply(
            context.store,
            plan,
            state,
            "apply",
            stages.decide(context),
            context.emit,
            diffs=getattr(context.options, "diff", False),
            restarts=stages.restarts(context, settings),
        )
        verified = stages.verify(context, settings, outcome.state, changed=outcome.changed)
    return _result(settings, worst([outcome.exit_code, verified]))


def _result(settings: Settings, code: int) -> Result:
    hint = "a proof failed; see above, then run: installer doctor" if code == FAILED else ""
    return Result(code, {"profile": settings.profile, "roles": list(settings.roles)}, hint)
