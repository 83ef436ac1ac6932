"""`installer profiles`: list, show or validate the profiles there are."""

from __future__ import annotations

import argparse

from installer.commands.context import SCHEMA, Context
from installer.config import profiles, resolve
from installer.errors import OK, ConfigError, Problem
from installer.output import Result
from installer.roles.all import ROLES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("action", nargs="?", choices=("list", "show", "validate"), default="list")
    parser.add_argument("profile", nargs="?", metavar="PROFILE", help="its name, or the path of a file of yours")
    parser.set_defaults(check=True)


def run(context: Context) -> Result:
    """List profiles, show one with all that it extends, or say whether one is right."""
    if context.options.action == "list":
        found = {name: profiles.summary(context.shelf, name) for name in context.shelf.all()}
        lines = [f"{name:<12} {text}" for name, text in found.items()]
        return Result(OK, {"profiles": found}, "\n".join(lines))
    name = context.profile or profiles.DEFAULT
    problems: list[Problem] = []
    chain = profiles.chain(context.shelf, name, "profile", problems)
    if not chain:
        raise ConfigError(problems)
    settings = resolve.resolve(
        SCHEMA, [role.name for role in ROLES], chain, [], resolve.Given(complete=False), problems
    )
    if context.options.action == "validate":
        return Result(OK, {"profile": name, "files": [str(each.path) for each in chain]}, f"{name}: all right")
    values = {key.dotted: settings.value(key) for key in SCHEMA.keys.values() if key.section in settings.roles}
    lines = [f"{name} — {profiles.description(chain)}", f"roles: {', '.join(settings.roles)}"]
    lines += [f"{dotted} = {value}" for dotted, value in values.items() if value is not None]
    lines += [f"from {each.path}" for each in reversed(chain)]
    shown = {dotted: None if value is None else str(value) for dotted, value in values.items()}
    return Result(OK, {"profile": name, "roles": list(settings.roles), "values": shown}, "\n".join(lines))
