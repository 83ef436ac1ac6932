"""The kinds of things that can be wanted of a machine: desired state as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from installer.engine.system import RealSystem

Validator = Callable[[RealSystem, Path], str]
"""Given the candidate file under its real name in a private folder, returns what is wrong with it, or ''."""


@dataclass(frozen=True, slots=True)
class Directory:
    """A folder; with `mode` it has exactly these permissions, without it an existing one is left as it is."""

    path: Path
    mode: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A whole file of ours.

    `secret` keeps its content out of every diff. `own` marks data that only this program writes (the saved answers): it
    is replaced without the three-state question. `restarts` names what must be restarted once it has changed.
    """

    path: Path
    content: bytes
    mode: int = 0o644
    secret: bool = False
    own: bool = False
    validate: Validator | None = None
    restarts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of ours between two marker lines in a file that belongs to somebody else."""

    path: Path
    name: str
    text: str
    comment: str = "#"


@dataclass(frozen=True, slots=True)
class Requires:
    """Something that others must bring; where it is missing the task is skipped with a warning."""

    name: str
    met: bool
    found: str
    missing: str
    affects: str
    fix: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """A file that must not be there, and why."""

    path: Path
    reason: str


Resource = Directory | File | Block | Requires | Absent
