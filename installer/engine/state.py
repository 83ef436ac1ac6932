"""What is remembered between runs: hashes of what was written, restarts and proofs that are owed. Never contents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from installer.engine.diff import Record
from installer.engine.system import PRIVATE_FILE, RealSystem
from installer.errors import InstallerError

FORMAT = 1
ALL_PROOFS = "*"


@dataclass(frozen=True, slots=True)
class State:
    """The memory of all finished runs; `owed` names checks whose proof is due (`*`: all of them)."""

    records: Mapping[str, Record] = field(default_factory=dict)
    last_run: int = 0
    restarts: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()


class DamagedStateError(Exception):
    """The state file cannot be understood."""


def dumps(state: State) -> bytes:
    """Return the state as it stands on disk."""
    records = {
        key: {"kind": each.kind, "role": each.role, "sha256": each.sha256, "mode": each.mode, "comment": each.comment}
        for key, each in sorted(state.records.items())
    }
    data = {
        "format": FORMAT,
        "last_run": state.last_run,
        "restarts": list(state.restarts),
        "owed": list(state.owed),
        "records": records,
    }
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()


def loads(content: bytes) -> State:
    """Return the state read from disk. Raise DamagedStateError for garbage, InstallerError for a newer format."""
    try:
        data = json.loads(content)
        version = data["format"]
        if isinstance(version, int) and version > FORMAT:
            raise InstallerError(
                "state.newer",
                f"the state was written by a newer version (format {version}, this one knows {FORMAT})",
                "upgrade this program, then run the same command again",
            )
        return State(
            {str(key): record_from(each) for key, each in data["records"].items()},
            int(data["last_run"]),
            tuple(str(each) for each in data["restarts"]),
            tuple(str(each) for each in data["owed"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedStateError(str(error)) from error


def record_from(data: Mapping[str, Any]) -> Record:
    """Return a record read from JSON. Raise KeyError or ValueError for anything else."""
    if data["kind"] not in ("file", "directory", "block"):
        raise ValueError(f"unknown kind {data['kind']!r}")
    return Record(data["kind"], str(data["role"]), str(data["sha256"]), int(data["mode"]), str(data["comment"]))


def save(system: RealSystem, path: Path, state: State) -> None:
    """Put the state in place whole. Raise OSError if the disk refuses."""
    pending = temporary(path)
    system.remove(pending)
    try:
        system.write_new(pending, dumps(state), PRIVATE_FILE)
        system.rename(pending, path)
    except BaseException:
        system.remove(pending)
        raise


def temporary(path: Path) -> Path:
    """Return the name under which a state is written before it takes its place."""
    return path.with_name(f".{path.name}.tmp")
