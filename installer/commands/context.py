"""What every command works with: options, machine, places, settings and output."""

from __future__ import annotations

import argparse
import re
from functools import cached_property
from pathlib import Path
from typing import Any

from installer import package, places
from installer.config import answers as answers_of
from installer.config import profiles, resolve
from installer.config.answers import Answers
from installer.config.profiles import Profile, Shelf
from installer.config.source import Value
from installer.engine.facts import Machine
from installer.engine.role import Inspection, Places, Role
from installer.engine.store import Store
from installer.engine.system import DryRunSystem, RealSystem
from installer.errors import ConfigError, Problem, RefusedError, UsageError
from installer.events import Emit, Note
from installer.output import Output
from installer.roles.all import ROLES
from installer.secrets import Redactor, Secret
from installer.settings import Schema, Settings

SCHEMA = Schema({role.name: role.settings for role in ROLES})
SUPPORTED = ("linux", "wsl", "macos")


class Context:
    """One call of the program."""

    def __init__(self, options: argparse.Namespace, output: Output, redactor: Redactor) -> None:
        self.options = options
        self.output = output
        self.redactor = redactor
        self.system: RealSystem = DryRunSystem() if getattr(options, "check", False) else RealSystem()
        self.machine = Machine(self.system)
        self.prompted: dict[str, Value] = {}
        self._facts: dict[str, Any] = {}
        self._told: set[str] = set()
        if self.machine.os not in SUPPORTED:
            raise RefusedError("unsupported", f"this program runs on Linux, WSL and macOS, not on {self.machine.os}")
        if self.machine.borrowed_home:
            text = f"this runs as {self.machine.user} by sudo, but HOME ({self.machine.home}) belongs to somebody else"
            raise RefusedError("sudo", text, "run it again without sudo")

    @property
    def emit(self) -> Emit:
        """Where events go."""
        return self.output.emit

    @cached_property
    def places(self) -> Places:
        """Where our own things are."""
        return places.find()

    @cached_property
    def store(self) -> Store:
        """The state folder."""
        return Store(self.system, self.places.state)

    @cached_property
    def shelf(self) -> Shelf:
        """Where profiles are found."""
        return Shelf(
            self.places.profiles,
            package.folder("profiles"),
            self.system.names,
            self._content,
            lambda path: not self.system.look_through(path).mode & 0o077,
        )

    def _content(self, path: Path) -> bytes | None:
        entry = self.system.look_through(path)
        return entry.content if entry.kind == "file" else None

    @property
    def can_ask(self) -> bool:
        """Whether a person sits there: a terminal on both sides, and no --yes or --json."""
        options = self.options
        return self.machine.tty and not getattr(options, "yes", False) and not getattr(options, "json", False)

    @cached_property
    def answers(self) -> Answers:
        """The answers of this call: those of --answers FILE, else the saved ones. Raise ConfigError."""
        problems: list[Problem] = []
        given = getattr(self.options, "answers", None)
        if given is not None:
            path = Path(given).expanduser()
            if self._content(path) is None:
                raise UsageError("answers", f"--answers: there is no file {path}", "name a file with answers")
            # Generated secrets stay until they are purged, whatever other answers are used.
            found = answers_of.load(self._content, [self.places.secrets, path], problems, saved=False)
        else:
            files = [self.places.answers, self.places.secrets]
            found = answers_of.load(self._content, files, problems, saved=True)
        if problems:
            raise ConfigError(problems)
        return found

    @cached_property
    def profile(self) -> str | None:
        """The profile this call is about: named, from the environment, or the saved one."""
        named: str | None = getattr(self.options, "profile", None) or self.system.environ.get("INSTALLER_PROFILE")
        name = named or self.answers.profile
        if named and ("/" in named or named.endswith(profiles.ENDINGS)):
            return str(Path(named).expanduser().absolute())
        return name

    def read_again(self) -> None:
        """Forget the profile and the answers, which an answer at the prompt or an apply has changed."""
        self.__dict__.pop("profile", None)
        self.__dict__.pop("answers", None)

    def chain(self, name: str) -> list[Profile]:
        """Return a profile and what it extends. Raise ConfigError."""
        return profiles.require(self.shelf, name, "profile")

    def settings(self, *, complete: bool = True) -> Settings:
        """Return the validated settings. Raise ConfigError, or UsageError where no profile is known."""
        if self.profile is None:
            names = ", ".join(self.shelf.all())
            raise UsageError(
                "answer.missing",
                "no profile is given and none is saved",
                f"name one: installer apply PROFILE, --profile or INSTALLER_PROFILE; there are: {names}",
            )
        problems = list(self._flags[1])
        flags = {**self._flags[0], **self.prompted}
        given = resolve.Given(flags, self.system.environ, complete)
        chain = profiles.chain(self.shelf, self.profile, "profile", problems)
        if not chain:
            raise ConfigError(problems)
        roles = [role.name for role in ROLES]
        settings = resolve.resolve(SCHEMA, roles, chain, self.answers.tables, given, problems)
        self.learn(settings)
        for sentence in [
            *resolve.unknown_variables(SCHEMA, self.system.environ),
            *resolve.given_up(SCHEMA, settings),
        ]:
            if sentence not in self._told:
                self._told.add(sentence)
                self.emit(Note(sentence, "warning"))
        return settings

    @cached_property
    def _flags(self) -> tuple[dict[str, Value], list[Problem]]:
        """The values given by flags and what is wrong with them, read once: standard input holds a secret only once."""
        problems: list[Problem] = []
        return flag_values(self.options, problems, self._content), problems

    def learn(self, settings: Settings) -> None:
        """Keep the secrets of these settings out of everything that is printed."""
        values = (settings.value(key) for key in SCHEMA.keys.values() if key.secret)
        self.redactor.learn(value for value in values if isinstance(value, Secret))

    def facts(self, role: Role) -> Any:
        """Return a role's facts, read once."""
        if role.name not in self._facts:
            self._facts[role.name] = role.facts(self.machine, self.places)
        return self._facts[role.name]

    def inspection(self, role: Role, settings: Settings) -> Inspection:
        """Return what a role's checks may look at."""
        return Inspection(self.machine, self.places, settings, self.facts(role), self.emit)


def flag_values(options: argparse.Namespace, problems: list[Problem], content: Any) -> dict[str, Value]:
    """Return the config keys given by flags and by -e, as written."""
    values: dict[str, Value] = {}
    for pair in getattr(options, "extra", None) or []:
        dotted, equals, text = pair.partition("=")
        key = SCHEMA.keys.get(dotted)
        if not equals or key is None:
            problems.append(_unknown_extra(pair if not equals else dotted))
        elif key.secret:
            hint = f"other users can see a command line; use {resolve.ways_to_give(key)}"
            problems.append(Problem("secret.argv", f"-e {dotted}", "a secret is not taken from the command line", hint))
        else:
            values[dotted] = Value(text, f"-e {dotted}")
    for key in SCHEMA.keys.values():
        given = getattr(options, f"{key.section}__{key.name}", None)
        if given is None:
            continue
        text = _secret_text(key.flag, given, problems, content) if key.secret else given
        if text is not None:
            values[key.dotted] = Value(text, key.flag)
    return values


def _unknown_extra(name: str) -> Problem:
    import difflib

    name = re.split(r"[^\w.]", name, maxsplit=1)[0]  # what follows may be a secret, mistyped
    close = difflib.get_close_matches(name, list(SCHEMA.keys), 1)
    hint = f"did you mean '{close[0]}'?" if close else f"there are: {', '.join(SCHEMA.keys)}"
    return Problem("key.unknown", "-e", f"'{name}' is no KEY=VALUE with a known key", hint)


def _secret_text(flag: str, given: str, problems: list[Problem], content: Any) -> str | None:
    """Return the first line of a secret's file, `-` being standard input."""
    if given == "-":
        return _typed(flag)
    found = content(Path(given).expanduser())
    if found is None:
        problems.append(Problem("secret.file", flag, f"there is no file {given}", "name a file that holds the secret"))
        return None
    return str(found.decode(errors="replace").strip().partition("\n")[0].strip())


def _typed(flag: str) -> str:
    """Return a secret from standard input, hidden where it is typed."""
    import sys

    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    import getpass

    return getpass.getpass(f"{flag}: ").strip()
