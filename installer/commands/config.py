"""`installer config`: the values in force and where each comes from, or the schema of all keys."""

from __future__ import annotations

import argparse

from installer.commands import options
from installer.commands.context import SCHEMA, Context
from installer.config import reference
from installer.errors import OK
from installer.output import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("action", nargs="?", choices=("show", "schema"), default="show")
    parser.add_argument("profile", nargs="?", metavar="PROFILE", help="its name, or the path of a file of yours")
    parser.add_argument("--origin", action="store_true", help="say where each value comes from")
    options.add_settings(parser)
    parser.set_defaults(check=True)


def run(context: Context) -> Result:
    """Show values (secrets as ****) or the schema."""
    if context.options.action == "schema":
        return Result(OK, {"schema": reference.json_schema(SCHEMA)}, reference.markdown(SCHEMA))
    settings = context.settings()
    data = {}
    lines = [f"profile = {settings.profile}"]
    for key in SCHEMA.keys.values():
        if key.section not in settings.roles:
            continue
        value, origin = settings.value(key), settings.origins[key.dotted]
        shown = "" if value is None else "yes" if value is True else "no" if value is False else str(value)
        data[key.dotted] = {"value": shown, "layer": origin.layer, "where": origin.where}
        where = f"    # {origin.layer}: {origin.where}" if context.options.origin else ""
        lines.append(f"{key.dotted} = {shown}{where}")
    return Result(OK, {"profile": settings.profile, "values": data}, "\n".join(lines))
