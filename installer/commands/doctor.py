"""`installer doctor`: every promise of every installed role, looked at in the world."""

from __future__ import annotations

import argparse
from typing import Any

from installer.commands import stages
from installer.commands.context import Context
from installer.errors import FAILED, OK, UsageError
from installer.output import Result
from installer.roles.all import ROLES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("checks", nargs="*", metavar="CHECK", help="these checks only")
    parser.add_argument("--list", action="store_true", help="name the checks and run none")
    parser.add_argument("--offline", action="store_true", help="start nothing and publish nothing")


def run(context: Context) -> Result:
    """Run the checks of the installed roles."""
    installed = context.answers.profile is not None
    if not installed and not context.options.list:
        return Result(OK, {"profile": None}, "nothing is set up; run: installer")
    settings = context.settings() if installed else None
    roles = [role for role in ROLES if settings is None or role.name in settings.roles]
    titles = {check.name: check.title for role in roles for check in role.checks}
    unknown = [name for name in context.options.checks if name not in titles]
    if unknown:
        raise UsageError("check", f"there is no check '{unknown[0]}'", f"there are: {', '.join(titles)}")
    if settings is None or context.options.list:
        return Result(OK, {"list": titles}, "\n".join(f"{name:<24} {title}" for name, title in titles.items()))
    chosen = context.options.checks or list(titles)
    findings = stages.run_checks(context, settings, roles, lambda name: name in chosen)
    failed = [each for each in findings if each.status == "failed"]
    facts = {"machine": context.machine.describe(), **{role.name: _described(context.facts(role)) for role in roles}}
    return Result(FAILED if failed else OK, {"profile": settings.profile, "facts": facts})


def _described(facts: Any) -> dict[str, object]:
    """Return a role's facts as they help whoever reads a report; a role without facts has none to tell."""
    return {} if facts is None else dict(facts.describe())
