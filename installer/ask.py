"""Asking the person at the terminal; the only importer of questionary. `plain` asks by bare lines (screen readers)."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import Literal

from installer.engine.plan import Step
from installer.engine.show import unified

_YES = ("", "y", "yes")
_NO = ("n", "no")

Complaint = Callable[[str], str]
"""Returns what is wrong with a typed answer, or ''."""


def confirm(question: str, *, plain: bool) -> bool:
    """Return whether the answer is yes; Enter means yes. Raise KeyboardInterrupt for Ctrl-C."""
    if plain:
        answer = _until_right(lambda: _line(f"{question} [Y/n] ").lower(), _not_yes_or_no)
        return answer in _YES
    import questionary

    return bool(questionary.confirm(question, default=True).unsafe_ask())


def choose(question: str, choices: list[tuple[str, str]], default: str, *, plain: bool) -> str:
    """Return one of the choices (value, explanation). Raise KeyboardInterrupt for Ctrl-C."""
    values = [value for value, _ in choices]
    if plain:
        for value, text in choices:
            print(f"  {value}: {text}")
        while True:
            answer = _line(f"{question} [{default}] ") or default
            if answer in values:
                return answer
            print(f"Please type one of: {', '.join(values)}")
    import questionary

    shown = [questionary.Choice(f"{value} — {text}", value=value) for value, text in choices]
    return str(questionary.select(question, shown, default=default if default in values else None).unsafe_ask())


def text(question: str, default: str, complaint: Complaint, *, plain: bool) -> str:
    """Return a typed line that has nothing wrong with it. Raise KeyboardInterrupt for Ctrl-C."""
    if plain:
        return _until_right(lambda: _line(f"{question} [{default}] ") or default, complaint)
    import questionary

    return str(questionary.text(question, default=default, validate=_validator(complaint)).unsafe_ask()).strip()


def secret(question: str, complaint: Complaint, *, plain: bool) -> str:
    """Return a line typed without showing it. Raise KeyboardInterrupt for Ctrl-C."""
    if plain:
        return _until_right(lambda: getpass.getpass(f"{question} ").strip(), complaint)
    import questionary

    return str(questionary.password(question, validate=_validator(complaint)).unsafe_ask()).strip()


def conflict(step: Step, *, plain: bool) -> Literal["keep", "overwrite"]:
    """Return what to do with a file that somebody else wrote; it can be looked at first."""
    choices = [
        ("keep", "leave it as it is"),
        ("overwrite", "replace it; it is backed up first"),
        ("diff", "show what would change"),
    ]
    while True:
        answer = choose(f"{step.name} {step.change.reason}. What now?", choices, "keep", plain=plain)
        if answer == "diff":
            print(unified(step.change))
        else:
            return "overwrite" if answer == "overwrite" else "keep"


def _line(prompt: str) -> str:
    try:
        return input(prompt).strip()
    except EOFError as error:
        raise KeyboardInterrupt from error


def _not_yes_or_no(answer: str) -> str:
    return "" if answer in (*_YES, *_NO) else "must be y or n"


def _until_right(read: Callable[[], str], complaint: Complaint) -> str:
    while True:
        answer = read()
        wrong = complaint(answer)
        if not wrong:
            return answer
        print(f"It {wrong}.")


def _validator(complaint: Complaint) -> Callable[[str], bool | str]:
    def check(answer: str) -> bool | str:
        wrong = complaint(answer.strip())
        return f"It {wrong}." if wrong else True

    return check
