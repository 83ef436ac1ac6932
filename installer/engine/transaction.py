"""Carrying changes out whole or not at all: stage everything, then rename in order, and undo on any failure."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from pathlib import Path

from installer.engine import journal
from installer.engine.diff import DEFAULT_DIRECTORY_MODE, Change
from installer.engine.journal import Operation, Run, Shape
from installer.engine.system import PRIVATE_DIRECTORY, Entry, RealSystem, disk_error
from installer.errors import InstallerError

Done = Callable[[int, str], None]
"""Called with the index of a change that is on disk, and with a remark ('' mostly)."""


class Transaction:
    """One run's changes, between its journal's first word and its end."""

    def __init__(self, system: RealSystem, runs: Path, number: int, command: str, changes: Sequence[Change]) -> None:
        self.system = system
        self.runs = runs
        self.number = number
        self.command = command
        self.changes = changes
        self._finished: list[int] = []
        self._run: Run | None = None

    def carry_out(self, done: Done) -> Run:
        """Bring every change about, in order. Raise InstallerError after having undone all of them if one fails."""
        path = self.runs
        try:
            self._run = journal.begin(self.system, self.runs, self.number, self.command, self.changes)
            for index, change in enumerate(self.changes):
                path = change.path
                self._stage(index, change)
            for index, change in enumerate(self.changes):
                path = change.path
                done(index, self._commit(index, change))
        except BaseException as error:
            self.undo()
            if isinstance(error, OSError):
                raise disk_error(error, Path(error.filename) if error.filename else path) from error
            raise
        return self._run

    def _stage(self, index: int, change: Change) -> None:
        """Do what needs room or rights: folders and temporary files."""
        if change.after.kind == "directory" and change.before.kind == "absent":
            self._finished.append(index)
            mode = change.after.mode
            self.system.make_directory(change.path, None if mode == DEFAULT_DIRECTORY_MODE else mode)
        elif _is_written(change):
            temporary = journal.temporary(change.path, self.number)
            self.system.remove(temporary)
            if change.after.kind == "symlink":
                self.system.link_new(temporary, change.after.target)
            else:
                self.system.write_new(temporary, change.after.content, change.after.mode)

    def _commit(self, index: int, change: Change) -> str:
        if change.after.kind == "directory" and change.before.kind == "absent":
            return ""
        if not journal.is_as(self.system, change.path, journal.shape(change.before)):
            raise InstallerError(
                "changed-meanwhile",
                f"{change.path} was changed while this run was at work",
                "run the same command again",
            )
        if _is_written(change):
            self._validate(change)
        self._finished.append(index)
        if change.action == "mode":
            self.system.set_mode(change.path, change.after.mode)
        elif _is_written(change):
            self.system.rename(journal.temporary(change.path, self.number), change.path)
        elif change.before.kind == "directory":
            return "" if self.system.remove_directory(change.path) else "not empty, so it stays"
        else:
            self.system.remove(change.path)
        return ""

    def _validate(self, change: Change) -> None:
        """Check a candidate under its real name in a private folder, after what it points to exists."""
        if change.validate is None:
            return
        folder = self.runs / str(self.number) / "candidate"
        self.system.make_directory(folder, PRIVATE_DIRECTORY)
        candidate = folder / change.path.name
        self.system.write_new(candidate, change.after.content, change.after.mode)
        complaint = change.validate(self.system, candidate)
        self.system.remove_tree(folder)
        if complaint:
            raise InstallerError("invalid", f"{change.path}: the new content is not valid: {complaint}", "report this")

    def undo(self) -> None:
        """Take back what was done, newest first. A path that was changed by somebody else meanwhile is left alone.

        Raise InstallerError naming what could not be put back; its backup then stays.
        """
        if self._run is None:
            self.system.remove_tree(self.runs / str(self.number))
            return
        stuck = []
        for each in self._run.operations:
            self.system.remove(journal.temporary(each.path, self.number))
        for index in reversed(self._finished):
            each = self._run.operations[index]
            try:
                if journal.is_as(self.system, each.path, each.after):
                    put_back(self.system, self._run, each)
            except OSError as error:
                stuck.append(f"{each.path} ({error.strerror})")
        if stuck:
            text = f"the run failed, and this could not be put back: {', '.join(stuck)}"
            raise InstallerError("undo", text, f"the former contents are in {self._run.folder / 'backup'}")
        self.system.remove_tree(self._run.folder)


def _is_written(change: Change) -> bool:
    return change.after.kind in ("file", "symlink") and change.action != "mode"


def put_back(system: RealSystem, run: Run, each: Operation) -> None:
    """Bring one path from an operation's `after` back to its `before`. Raise OSError if the disk refuses."""
    before = each.before
    temporary = journal.temporary(each.path, run.number)
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
        _rename_backup(system, run, each)
    else:
        system.set_mode(each.path, before.mode)


def _rename_backup(system: RealSystem, run: Run, each: Operation) -> None:
    """Move the backup into place: on a full disk a rename still works where a copy does not."""
    backup = run.folder / "backup" / each.backup
    try:
        system.set_mode(backup, each.before.mode)
        system.rename(backup, each.path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        temporary = journal.temporary(each.path, run.number)
        system.write_new(temporary, system.look(backup).content, each.before.mode)
        system.rename(temporary, each.path)


def former_content(system: RealSystem, run: Run, each: Operation) -> bytes:
    """Return the content a path had before a run. Raise InstallerError if its backup is gone."""
    backup = system.look(run.folder / "backup" / each.backup)
    if backup.kind != "file":
        raise InstallerError("backup-gone", f"the backup of {each.path} from run {run.number} is gone", "")
    return backup.content


def former_entry(system: RealSystem, run: Run, each: Operation) -> Entry:
    """Return what stood at a path before a run, with its content."""
    before: Shape = each.before
    if before.kind == "file":
        content = former_content(system, run, each) if each.backup else system.look(each.path).content
        return Entry("file", before.mode, content)
    return Entry(before.kind, before.mode, target=before.target)
