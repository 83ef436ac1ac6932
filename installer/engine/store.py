"""The state folder: lock, state, runs. Reading it folds unfinished runs in, so a killed run needs no repair step."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from installer.engine import journal, state
from installer.engine.state import DamagedStateError, State
from installer.engine.system import PRIVATE_DIRECTORY, PRIVATE_FILE, RealSystem, disk_error
from installer.errors import LockedError

_LOCK_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Memory:
    """What the store knows: the state now, the one on disk (None: unreadable), and whether the file was damaged."""

    state: State
    on_disk: State | None
    damaged: bool = False


class Store:
    """The folder in which state, lock and runs live."""

    def __init__(self, system: RealSystem, folder: Path) -> None:
        self.system = system
        self.folder = folder
        self.runs = folder / "runs"
        self._file = folder / "state.json"

    def load(self) -> Memory:
        """Return what is remembered; a damaged state is rebuilt from the journals. Raise InstallerError if it is newer."""
        entry = self.system.look(self._file)
        runs = journal.runs_in(self.system, self.runs)
        try:
            on_disk = State() if entry.kind == "absent" else state.loads(entry.content)
        except DamagedStateError:
            return Memory(journal.finish(self.system, State(), runs), None, damaged=True)
        return Memory(journal.finish(self.system, on_disk, runs), on_disk)

    def save(self, new: State) -> None:
        """Put the state in place. Raise InstallerError if the disk refuses."""
        try:
            state.save(self.system, self._file, new)
        except OSError as error:
            raise disk_error(error, self._file) from error

    def set_damaged_aside(self) -> Path:
        """Rename a damaged state file out of the way and return its new name."""
        aside = self._file.with_name("state.json.damaged")
        self.system.rename(self._file, aside)
        return aside

    def recover(self, memory: Memory) -> None:
        """Remove what killed runs left behind and save what they did bring about."""
        last = memory.on_disk.last_run if memory.on_disk else 0
        unfinished = [run for run in journal.runs_in(self.system, self.runs) if run.number > last]
        journal.sweep(self.system, unfinished)
        if memory.state != memory.on_disk:
            self.save(memory.state)

    @contextmanager
    def lock(self, *, wait: bool) -> Iterator[None]:
        """Hold the lock of this user's only run. Raise LockedError if another run holds it and we do not wait."""
        path = self.folder / "lock"
        try:
            self.prepare()
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            raise disk_error(error, path) from error
        try:
            while not _locked(descriptor):
                if not wait:
                    text = "another run of this program is at work"
                    raise LockedError("locked", text, "wait for it, or run again with --wait")
                time.sleep(_LOCK_POLL_SECONDS)
            yield
        finally:
            os.close(descriptor)

    def prepare(self) -> None:
        """Make the folder, private, where it is missing. Raise OSError if the disk refuses."""
        missing = [
            each for each in (self.folder, *self.folder.parents) if self.system.look_folder(each).kind == "absent"
        ]
        for each in reversed(missing):
            private = each in (self.folder, self.folder.parent)
            self.system.make_directory(each, PRIVATE_DIRECTORY if private else None)
        if self.system.look(self.runs).kind == "absent":
            self.system.make_directory(self.runs, PRIVATE_DIRECTORY)
        if self.system.look(self.folder / "lock").kind == "absent":
            self.system.write_new(self.folder / "lock", b"", PRIVATE_FILE)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
