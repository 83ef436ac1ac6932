"""Carrying changes out whole or not at all: stage everything, then rename in order, and undo on any failure."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from installer.engine import journal
from installer.engine.diff import DEFAULT_DIRECTORY_MODE, Change
from installer.engine.journal import Operation, Run
from installer.engine.state import State
from installer.engine.store import Store
from installer.engine.system import PRIVATE_DIRECTORY, RealSystem, disk_error
from installer.errors import InstallerError

Done = Callable[[int, str], None]
"""Called with the index of a change that is on disk, and with a remark ('' mostly)."""


class Transaction:
    """One run's changes and the state that remembers them, between its journal's first word and its end."""

    def __init__(self, store: Store, state: State, command: str, changes: Sequence[Change]) -> None:
        self.store = store
        self.system = store.system
        self.state = state
        self.command = command
        self.changes = changes
        self.number = journal.next_number(store.system, store.runs, state.last_run)
        self._begun: list[int] = []
        self._run: Run | None = None

    def carry_out(self, done: Done, remember: Callable[[int], State]) -> State:
        """Bring every change about, in order, and save what `remember`, given the run's number, then returns.

        Raise InstallerError after having undone everything if any of it fails.
        """
        path = self.store.runs
        try:
            self._run = journal.begin(self.system, self.store.runs, self.number, self.command, self.changes)
            for index, change in enumerate(self.changes):
                path = change.path
                self._stage(index, change)
            for index, change in enumerate(self.changes):
                path = change.path
                done(index, self._commit(index, change))
            new = remember(self.number)
            self.store.save(new)
        except OSError as error:
            failure = disk_error(error, path)
            self._undo(failure)
            raise failure from error
        except BaseException as error:
            self._undo(error)
            raise
        return new

    def _stage(self, index: int, change: Change) -> None:
        """Do what needs room or rights: folders and temporary files."""
        if _is_new_folder(change):
            self._begun.append(index)
            mode = change.after.mode
            self.system.make_directory(change.path, None if mode == DEFAULT_DIRECTORY_MODE else mode)
        elif _is_written(change):
            temporary = journal.temporary(change.path, self.number, index)
            self.system.remove(temporary)
            if change.after.kind == "symlink":
                self.system.link_new(temporary, change.after.target)
            else:
                self.system.write_new(temporary, change.after.content, change.after.mode)

    def _commit(self, index: int, change: Change) -> str:
        if _is_new_folder(change):
            return ""
        if not journal.is_as(self.system, change.path, journal.shape(change.before)):
            raise InstallerError(
                "changed-meanwhile",
                f"{change.path} was changed while this run was at work",
                "run the same command again",
            )
        if _is_written(change):
            self._validate(change)
        self._begun.append(index)
        if change.action == "mode":
            self.system.set_mode(change.path, change.after.mode)
        elif _is_written(change):
            self.system.rename(journal.temporary(change.path, self.number, index), change.path)
        elif change.before.kind == "directory":
            return "" if self.system.remove_directory(change.path) else "not empty, so it stays"
        else:
            self.system.remove(change.path)
        return ""

    def _validate(self, change: Change) -> None:
        """Check a candidate under its real name in a private folder, after what it points to exists."""
        if change.validate is None:
            return
        folder = self.store.runs / str(self.number) / journal.CANDIDATE
        self.system.make_directory(folder, PRIVATE_DIRECTORY)
        candidate = folder / change.path.name
        self.system.write_new(candidate, change.after.content, change.after.mode)
        complaint = change.validate(self.system, candidate)
        self.system.remove_tree(folder)
        if complaint:
            raise InstallerError("invalid", f"{change.path}: the new content is not valid: {complaint}", "report this")

    def _undo(self, cause: BaseException) -> None:
        """Take back what was done, newest first. A path that was changed by somebody else meanwhile is left alone.

        Raise InstallerError naming what could not be put back; its backup then stays.
        """
        if self._run is None:
            journal.forget(self.system, self.store.runs / str(self.number))
            return
        stuck: list[str] = []

        def attempt(path: Path, undo: Callable[[], None]) -> None:
            try:
                undo()
            except (OSError, InstallerError) as error:
                stuck.append(f"{path} ({getattr(error, 'strerror', None) or error})")

        # The state first: with it as it was, the journal still tells a later run what to make of a half-done undo.
        attempt(self.store.file, partial(self.store.restore, self.state))
        for index, change in enumerate(self.changes):
            attempt(change.path, partial(self.system.remove, journal.temporary(change.path, self.number, index)))
        for index in reversed(self._begun):
            attempt(self.changes[index].path, partial(put_back, self.system, self._run, index))
        if stuck:
            text = f"{str(cause) or 'interrupted'}; and this could not be put back: {', '.join(stuck)}"
            hint = f"mend that, then run the same command again; former contents are in {self._run.folder / 'backup'}"
            raise InstallerError("undo", text, hint) from cause
        journal.forget(self.system, self._run.folder)


def _is_new_folder(change: Change) -> bool:
    return change.after.kind == "directory" and change.before.kind == "absent"


def _is_written(change: Change) -> bool:
    return change.after.kind in ("file", "symlink") and change.action != "mode"


def put_back(system: RealSystem, run: Run, index: int) -> None:
    """Bring one path from an operation's `after` back to its `before`, unless something else stands there.

    Raise OSError if the disk refuses.
    """
    each = run.operations[index]
    if not journal.is_done(system, each):
        return
    before = each.before
    temporary = journal.temporary(each.path, run.number, index)
    if before.kind == "absent":
        if each.after.kind == "directory":
            system.remove_directory(each.path)
        else:
            system.remove(each.path)
    elif before.kind == "directory":
        if system.look_folder(each.path).kind != "directory":
            system.make_directory(each.path, before.mode)
        system.set_mode(each.path, before.mode)
    elif before.kind == "symlink":
        system.link_new(temporary, before.target)
        system.rename(temporary, each.path)
    elif each.backup:
        _rename_backup(system, run, each, temporary)
    else:
        system.set_mode(each.path, before.mode)


def _rename_backup(system: RealSystem, run: Run, each: Operation, temporary: Path) -> None:
    """Move the backup into place: on a full disk a rename still works where a copy does not."""
    backup = run.folder / "backup" / each.backup
    try:
        system.set_mode(backup, each.before.mode)
        system.rename(backup, each.path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        system.write_new(temporary, system.look(backup).content, each.before.mode)
        system.rename(temporary, each.path)
