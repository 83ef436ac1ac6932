"""What a role is to the engine and the commands: a name, its settings, its tasks and its checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from installer.engine.facts import Machine
from installer.engine.resources import Resource
from installer.events import Emit, Finding
from installer.settings import Settings


class Places(NamedTuple):
    """Where this program keeps its own things on this machine."""

    config: Path
    state: Path

    @property
    def answers(self) -> Path:
        """The saved answers."""
        return self.config / "config.yaml"

    @property
    def secrets(self) -> Path:
        """The saved and generated secrets, 0600."""
        return self.config / "secrets.yaml"

    @property
    def profiles(self) -> Path:
        """The user's own profiles."""
        return self.config / "profiles"


class Inspection(NamedTuple):
    """What a check may look at; `facts` are those of its own role."""

    machine: Machine
    places: Places
    settings: Settings
    facts: Any
    emit: Emit


class Check(NamedTuple):
    """One proof of a role's promise. `active` ones start a program or publish, so `--offline` leaves them out."""

    name: str
    title: str
    run: Callable[[Inspection], Finding]
    active: bool = False


@dataclass(frozen=True)
class Role:
    """All that concerns one thing the tool can set up.

    `tasks` is pure: settings and the role's facts in, resources out. `restarts` says how each name that a resource may
    give as its `restarts` is brought up again.
    """

    name: str
    settings: type
    facts: Callable[[Machine, Places], Any] = lambda machine, places: None
    tasks: Callable[[Settings, Any], list[Resource]] = lambda settings, facts: []
    checks: tuple[Check, ...] = ()
    restarts: Mapping[str, Callable[[Inspection], str]] = field(default_factory=dict)
