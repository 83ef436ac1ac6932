"""The flags that several commands share, made from the schema by one rule."""

from __future__ import annotations

import argparse

from installer.commands.context import SCHEMA


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add a flag for every config key, and the ways to give several."""
    group = parser.add_argument_group("settings", "each is also a profile key and an INSTALLER_… variable")
    for key in SCHEMA.keys.values():
        setting = key.setting
        metavar = "FILE" if key.secret else "yes|no" if setting.kind == "yes/no" else "VALUE"
        text = f"{setting.help}{' (FILE or - for standard input)' if key.secret else ''}"
        group.add_argument(key.flag, dest=f"{key.section}__{key.name}", metavar=metavar, help=text.replace("%", "%%"))
    group.add_argument("-e", dest="extra", action="append", metavar="KEY=VALUE", help="any key that is no secret")
    group.add_argument("--answers", metavar="FILE", help="use the answers in FILE instead of the saved ones")


def add_apply(parser: argparse.ArgumentParser) -> None:
    """Add the flags of everything that changes the machine."""
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    parser.add_argument(
        "--on-conflict",
        choices=("ask", "keep", "overwrite", "fail"),
        help="what to do with files you edited: ask on a terminal, else keep; overwrite backs them up",
    )
    parser.add_argument("--wait", action="store_true", help="wait for another run instead of ending with 5")


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Add the flags that choose roles."""
    parser.add_argument("--only", action="append", metavar="ROLE", help="this role only; repeatable")
    parser.add_argument("--skip", action="append", metavar="ROLE", help="not this role, or `verify`; repeatable")
