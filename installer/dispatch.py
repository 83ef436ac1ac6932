"""From a verb and its arguments to a result; errors are shown in the chosen output."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Collection
from typing import NoReturn

from installer.engine.facts import Machine
from installer.engine.system import RealSystem
from installer.errors import FAILED, INTERRUPTED, InstallerError, UsageError
from installer.output import Result, choose
from installer.secrets import Redactor


class Parser(argparse.ArgumentParser):
    """Reports a wrong command line as our own error, so that it can also be shown as JSON."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError("usage", message, f"see: {self.prog} --help")


def parser_of(prog: str, verb: str) -> argparse.ArgumentParser:
    """Return the parser of one verb; `prog` is how its usage line begins."""
    module = importlib.import_module(f"installer.commands.{verb}")
    parser = Parser(prog=prog, allow_abbrev=False, description=(module.__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--no-tty", action="store_true", help="plain lines, no colours, no menus")
    parser.add_argument("-v", dest="verbose", action="store_true", help="details of unexpected errors")
    module.add_arguments(parser)
    return parser


def dispatch(prog: str, verb: str, arguments: list[str], verbs: Collection[str]) -> int:
    """Run a verb and return its exit code; only the SystemExit of --help and BrokenPipeError pass through.

    `verbs` are those there are; the guided set-up, which runs where none is given, is not among them.
    """
    redactor = Redactor()
    system = RealSystem()
    home = str(Machine(system).home)
    output = choose(
        json="--json" in arguments,
        plain="--no-tty" in arguments,
        environ=system.environ,
        home=home,
        redactor=redactor,
    )
    try:
        _refuse_unknown_verb(verb, verbs, arguments)
        options = parser_of(prog, verb).parse_args(_not_on_the_command_line(arguments))
        from installer.commands.context import Context

        module = importlib.import_module(f"installer.commands.{verb}")
        result: Result = module.run(Context(options, output, redactor))
    except InstallerError as error:
        result = Result(error.exit_code, errors=error.records())
    except KeyboardInterrupt:
        text = "interrupted; no file is half written"
        result = Result(INTERRUPTED, errors=[{"code": "interrupted", "message": text, "hint": ""}])
    except BrokenPipeError:
        # The reader of our output has gone, which is no bug: `main` ends quietly.
        raise
    except Exception as error:
        if "-v" in arguments:
            raise
        text = f"this is a bug in this program: {type(error).__name__}: {error}"
        result = Result(FAILED, errors=[{"code": "bug", "message": text, "hint": "run it again with -v and report it"}])
    output.finish(verb, result)
    return result.exit_code


def _refuse_unknown_verb(verb: str, verbs: Collection[str], arguments: list[str]) -> None:
    """Raise UsageError where the first word is meant as a verb and is none."""
    first = next((each for each in arguments if each not in ("--json", "--no-tty", "-v")), "-")
    if verb in verbs or first.startswith("-"):
        return
    import difflib

    close = difflib.get_close_matches(first, list(verbs), 1)
    hint = f"did you mean '{close[0]}'?" if close else f"there are: {', '.join(verbs)}"
    raise UsageError("verb", f"there is no verb '{first}'", hint)


def _not_on_the_command_line(arguments: list[str]) -> list[str]:
    """Return the arguments. Raise UsageError where one would put a secret where other users can read it."""
    from installer.commands.context import SCHEMA

    for key in SCHEMA.keys.values():
        bare = key.flag.removesuffix("-file")
        if key.secret and any(each == bare or each.startswith(f"{bare}=") for each in arguments):
            text = f"{bare}: a secret is not taken from the command line, where other users can see it"
            raise UsageError("secret.argv", text, f"use {key.flag} FILE (or -), or {key.variable}")
    return arguments
