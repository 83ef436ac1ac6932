"""The guided set-up, which is what `installer` without a verb runs; with --yes the same as `apply`."""

from __future__ import annotations

import argparse

from installer.commands import apply, test
from installer.commands.context import SCHEMA, Context
from installer.config import profiles, resolve
from installer.config.source import Value
from installer.errors import OK, UsageError
from installer.events import Note
from installer.output import Result
from installer.settings import Key, Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--profile", metavar="NAME", help="its name, or the path of a file of yours")
    apply.add_all(parser)
    parser.set_defaults(check=False)


def run(context: Context) -> Result:
    """Ask what is to be known, then apply."""
    if context.options.yes:
        context.options.profile = context.profile or profiles.DEFAULT
        return apply.converge(context, context.settings())
    if not context.can_ask:
        raise UsageError("answer.missing", _missing(context), "give --yes to take the defaults for the rest")
    from installer import ask

    plain = context.options.no_tty
    chosen = ask.choose("What shall tell you?", _choices(context), context.profile or profiles.DEFAULT, plain=plain)
    context.options.profile = chosen
    context.read_again()
    settings = context.settings(complete=False)
    for key in _questions(settings):
        text = _ask_key(context, key, settings)
        if text:
            context.prompted[key.dotted] = Value(text, "the prompt")
    result = apply.converge(context, context.settings())
    if result.exit_code != OK:
        return result
    if "ntfy" in settings.roles:
        context.emit(Note(f"subscribe your phone to the topic that stands in {context.places.secrets}"))
    if not ask.confirm("Send a test notification now?", plain=plain):
        return result
    context.read_again()
    return test.run(context)


def _choices(context: Context) -> list[tuple[str, str]]:
    return [(name, profiles.summary(context.shelf, name)) for name in context.shelf.all()]


def _questions(settings: Settings) -> list[Key]:
    return [key for key in SCHEMA.keys.values() if key.setting.question and key.section in settings.roles]


def _ask_key(context: Context, key: Key, settings: Settings) -> str:
    from installer import ask

    def complaint(text: str) -> str:
        if not text:
            return ""
        value, problem = resolve.convert(key, Value(text, "the prompt"))
        return problem or (key.setting.check(value) if key.setting.check else "")

    question = f"{key.setting.question} ({key.flag})"
    plain = context.options.no_tty
    if key.secret:
        return ask.secret(question, complaint, plain=plain)
    return ask.text(question, str(settings.value(key) or ""), complaint, plain=plain)


def _missing(context: Context) -> str:
    asked = [key for key in SCHEMA.keys.values() if key.setting.question]
    ways = ["--profile NAME or INSTALLER_PROFILE", *(resolve.ways_to_give(key) for key in asked)]
    return "there is no terminal to ask at; give these answers: " + "; ".join(ways)
