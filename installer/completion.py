"""`installer completion SHELL`: the scripts are made from the parsers beforehand and only printed here."""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = Path(__file__).parent / "completions"
SHELLS = ("bash", "zsh", "fish")


def script(program: str, arguments: list[str]) -> int:
    """Print a shell's script, which completes both names of the program, and return the exit code."""
    if len(arguments) != 1 or arguments[0] not in SHELLS:
        print(f"usage: {program} completion {'|'.join(SHELLS)}", file=sys.stderr)
        return 0 if arguments in (["-h"], ["--help"]) else 2
    sys.stdout.write((FOLDER / f"installer.{arguments[0]}").read_text())
    return 0
