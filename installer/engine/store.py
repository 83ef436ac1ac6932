"""The state folder: lock, state, runs. Reading it folds unfinished runs in, so a killed run needs no repair step."""

from __future__ import annotations

import fcntl
import json
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
        self.file = folder / "state.json"
        self._lock = folder / "lock"
        self._made = folder / "made.json"

    def load(self) -> Memory:
        """Return what is remembered, worked out from the journals if damaged. Raise InstallerError if it is newer."""
        try:
            on_disk = self._on_disk()
        except DamagedStateError:
            runs = journal.runs_in(self.system, self.runs)
            return Memory(journal.finish(self.system, State(), runs), None, damaged=True)
        unfinished = journal.runs_in(self.system, self.runs, on_disk.last_run)
        return Memory(journal.finish(self.system, on_disk, unfinished), on_disk)

    def _on_disk(self) -> State:
        entry = self.system.look(self.file)
        return State() if entry.kind == "absent" else state.loads(entry.content)

    def save(self, new: State) -> None:
        """Put the state in place. Raise InstallerError if the disk refuses."""
        with _disk_errors(self.file):
            state.save(self.system, self.file, new)

    def restore(self, former: State) -> None:
        """Put a former state in place again where another one was saved. Raise InstallerError if the disk refuses."""
        if self._on_disk() != former:
            self.save(former)

    def set_damaged_aside(self) -> Path:
        """Rename a damaged state file out of the way and return its new name."""
        aside = self.file.with_name("state.json.damaged")
        with _disk_errors(self.file):
            self.system.rename(self.file, aside)
        return aside

    def recover(self, memory: Memory) -> None:
        """Remove what killed runs left behind and save what they did bring about."""
        with _disk_errors(self.folder):
            self.system.remove(state.temporary(self.file))
            journal.sweep(self.system, self.runs, memory.on_disk.last_run if memory.on_disk else 0)
        if memory.state != memory.on_disk:
            self.save(memory.state)

    @contextmanager
    def lock(self, *, wait: bool) -> Iterator[None]:
        """Hold the lock of this user's only run. Raise LockedError if another run holds it and we do not wait."""
        while not self._is_locked(descriptor := self._open_lock()):
            os.close(descriptor)
            if not wait:
                text = "another run of this program is at work"
                raise LockedError("locked", text, "wait for it, or run again with --wait")
            time.sleep(_LOCK_POLL_SECONDS)
        try:
            yield
        finally:
            self._remove_if_unused()
            os.close(descriptor)

    def _open_lock(self) -> int:
        with _disk_errors(self._lock):
            self.prepare()
            return os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)

    def _is_locked(self, descriptor: int) -> bool:
        """Try to take the lock; a lock file that the run before us removed with the store does not count."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return os.path.samestat(os.fstat(descriptor), os.stat(self._lock))
        except (BlockingIOError, FileNotFoundError):
            return False

    def prepare(self) -> None:
        """Make the folder, private, where it is missing, and note what else had to be made. Raise OSError."""
        missing = [
            each for each in (self.folder, *self.folder.parents) if self.system.look_folder(each).kind == "absent"
        ]
        for each in reversed(missing):
            private = each in (self.folder, self.folder.parent)
            self._make_directory(each, PRIVATE_DIRECTORY if private else None)
        if missing[1:] and self.system.look(self._made).kind == "absent":
            paths = json.dumps([str(each) for each in missing[1:]]).encode()
            self.system.write_new(self._made, paths, PRIVATE_FILE)
        if self.system.look(self.runs).kind == "absent":
            self._make_directory(self.runs, PRIVATE_DIRECTORY)

    def _make_directory(self, path: Path, mode: int | None) -> None:
        try:
            self.system.make_directory(path, mode)
        except FileExistsError:
            if self.system.look_folder(path).kind != "directory":
                raise

    def remove(self) -> None:
        """Remove the folder with all that is in it, and what was made for it above where nothing else is in there."""
        try:
            made = [Path(each) for each in json.loads(self.system.look(self._made).content)]
        except (ValueError, TypeError):
            made = []
        self.system.remove_tree(self.folder)
        for each in made:
            self.system.remove_directory(each)

    def _remove_if_unused(self) -> None:
        """Leave no trace of a run that was refused before it had anything to remember."""
        if self.system.look(self.file).kind == "absent" and not self.system.names(self.runs):
            self.remove()


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise disk_error(error, path) from error
