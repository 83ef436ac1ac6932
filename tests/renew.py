"""Writes the files that are made from code; tests/unit/test_generated.py says when they are out of date.

.testbench/venv/bin/python tests/renew.py
"""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Iterator
from pathlib import Path

import shtab

from e2e import situations, test_run_situations
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


def situations_page() -> str:
    """Return the page that tells what is told when: from the tables that the tests play, so every row was seen."""
    by_run = {row.served: row.ours for row in test_run_situations.RUN_TABLE}
    lines = [
        "# What is told when",
        "",
        "Each row is played by the tests on the real opencode 1.18.33, with the real ntfy server. `p` and `asking` are",
        "the projects' names. `opencode run` rejects permissions by itself and has no question tool; — is a situation",
        "that cannot come up there. The last column is what the usual plugin (tell every `session.idle`) sends when",
        "served.",
        "",
        "| situation | served, or in the terminal | `opencode run` | the usual plugin |",
        "|---|---|---|---|",
    ]
    for row in situations.TABLE:
        told = _titles(by_run[row.play]) if row.play in by_run else "—"
        lines.append(f"| {(row.play.__doc__ or '').strip()} | {_titles(row.ours)} | {told} | {row.control} |")
    lines += [
        "",
        "## Rules, case by case",
        "",
        "Each row is a file in `tests/plugin/cases`: events in, notifications out, with a clock of its own. Events of",
        "opencode 1 are as seen on 1.18.33. Rows that begin with *opencode 2* follow its documented contract; the",
        "program itself was not run.",
        "",
        "| case | told |",
        "|---|---|",
    ]
    for path in sorted((ROOT / "tests" / "plugin" / "cases").glob("*.json")):
        case = json.loads(path.read_text())
        told = ", ".join(each["event"] for each in case["expect"]) or "nothing"
        lines.append(f"| {case['situation'].replace('|', chr(92) + '|')} | {told} |")
    return "\n".join(lines) + "\n"


def _titles(titles: tuple[str, ...]) -> str:
    return ", ".join(titles) or "nothing"


def generated() -> Iterator[tuple[Path, str]]:
    """Give every generated file's path and content."""
    yield ROOT / "docs" / "reference" / "configuration.md", reference.markdown(SCHEMA)
    yield ROOT / "docs" / "reference" / "notifications.md", situations_page()
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
