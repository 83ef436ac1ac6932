"""Writes the files that are made from code; tests/unit/test_generated.py says when they are out of date.

.testbench/venv/bin/python tests/renew.py
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator
from pathlib import Path

import shtab

from installer import completion
from installer.cli import VERBS
from installer.commands.context import SCHEMA
from installer.config import reference

ROOT = Path(__file__).parents[1]
SECOND_NAME = {
    "bash": "\ncomplete -o bashdefault -F _shtab_installer opencode-unattended\n",
    "zsh": "\n[[ $zsh_eval_context[-1] == eval ]] && compdef _shtab_installer -N opencode-unattended\n",
    "fish": "\ncomplete -c opencode-unattended -w installer\n",
}


def whole_parser(program: str) -> argparse.ArgumentParser:
    """Return one parser with every verb in it, as completion scripts need it."""
    parser = argparse.ArgumentParser(program)
    verbs = parser.add_subparsers()
    for verb, text in VERBS.items():
        each = verbs.add_parser(verb, help=text)
        if verb == "completion":
            each.add_argument("shell", choices=completion.SHELLS)
            continue
        each.add_argument("--json", action="store_true", help="one JSON object on standard output")
        each.add_argument("--no-tty", action="store_true", help="plain lines, no colours, no menus")
        importlib.import_module(f"installer.commands.{verb}").add_arguments(each)
    return parser


def generated() -> Iterator[tuple[Path, str]]:
    """Give every generated file's path and content."""
    yield ROOT / "docs" / "reference" / "configuration.md", reference.markdown(SCHEMA)
    for shell in completion.SHELLS:
        text = shtab.complete(whole_parser("installer"), shell) + SECOND_NAME[shell]
        yield completion.FOLDER / f"installer.{shell}", "\n".join(map(str.rstrip, text.splitlines())) + "\n"


def main() -> None:
    """Write them."""
    for path, content in generated():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


if __name__ == "__main__":
    main()
