"""`installer plan`: apply --check --diff."""

from __future__ import annotations

import argparse

from installer.commands import apply, options
from installer.commands.context import Context
from installer.output import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("profile", nargs="?", metavar="PROFILE", help="its name, or the path of a file of yours")
    options.add_selection(parser)
    options.add_settings(parser)
    parser.set_defaults(check=True, diff=True)


def run(context: Context) -> Result:
    """Show what apply would do."""
    return apply.run(context)
