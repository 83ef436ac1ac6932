"""What must happen to bring one resource about, from three states: wanted, on disk, last written. Pure."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal, NamedTuple

from installer.engine import blocks
from installer.engine.resources import Absent, Block, Directory, File, Requires, Resource, Validator
from installer.engine.system import ABSENT, Entry
from installer.errors import InstallerError

Action = Literal["none", "create", "update", "mode", "remove", "skip", "fail"]
Conflict = Literal["", "edited", "foreign"]

DEFAULT_DIRECTORY_MODE = -1
"""Stands for: create the folder as the umask says."""


class Record(NamedTuple):
    """What we last wrote at a place: a hash, never the content."""

    kind: Literal["file", "directory", "block"]
    role: str
    sha256: str = ""
    mode: int = 0
    comment: str = ""


class Change(NamedTuple):
    """The way of one path from `before` to `after`; a `conflict` must be decided before it may go that way."""

    action: Action
    reason: str
    path: Path = Path()
    before: Entry = ABSENT
    after: Entry = ABSENT
    conflict: Conflict = ""
    key: str = ""
    record: Record | None = None
    previous: Record | None = None
    secret: bool = False
    validate: Validator | None = None
    restarts: tuple[str, ...] = ()
    hint: str = ""

    @property
    def acts(self) -> bool:
        """Tell whether this changes the disk."""
        return self.action in ("create", "update", "mode", "remove")


def digest(content: bytes) -> str:
    """Return the SHA-256 of a content in hex."""
    return hashlib.sha256(content).hexdigest()


def key_of(resource: Directory | File | Block | Absent) -> str:
    """Return the name under which the state remembers a resource."""
    return f"{resource.path}#{resource.name}" if isinstance(resource, Block) else str(resource.path)


def diff(resource: Resource, entry: Entry, record: Record | None, role: str) -> Change:
    """Given what is wanted, what stands on disk and what was last written, return what must happen."""
    if isinstance(resource, Requires):
        if resource.met:
            return Change("none", resource.found)
        return Change("skip", f"{resource.missing}; {resource.affects}", hint="; ".join(resource.fix))
    if isinstance(resource, Directory):
        return _diff_directory(resource, entry, record, role)
    if isinstance(resource, Absent):
        return _diff_absent(resource, entry, record)
    if isinstance(resource, Block):
        return _diff_block(resource, entry, record, role)
    return _diff_file(resource, entry, record, role)


def _diff_directory(wanted: Directory, entry: Entry, record: Record | None, role: str) -> Change:
    key = key_of(wanted)
    if entry.kind == "absent":
        mode = DEFAULT_DIRECTORY_MODE if wanted.mode is None else wanted.mode
        made = Record("directory", role, mode=max(mode, 0))
        return Change("create", "created", wanted.path, entry, Entry("directory", mode), "", key, made, record)
    if entry.kind != "directory":
        what = "a link that leads nowhere" if entry.kind == "symlink" else f"a {entry.kind}"
        text = f"{what} stands where a folder is needed"
        return Change("fail", text, wanted.path, hint=f"move it away: mv '{wanted.path}' '{wanted.path}.old'")
    if wanted.mode is not None and entry.mode != wanted.mode:
        reason = f"mode {entry.mode:04o} → {wanted.mode:04o}"
        after = Entry("directory", wanted.mode)
        return Change("mode", reason, wanted.path, entry, after, "", key, record, record)
    return Change("none", "as wanted", wanted.path)


def _diff_file(wanted: File, entry: Entry, record: Record | None, role: str) -> Change:
    key = key_of(wanted)
    written = Record("file", role, digest(wanted.content), wanted.mode)
    after = Entry("file", wanted.mode, wanted.content)
    if entry.kind in ("directory", "other"):
        text = f"a {entry.kind} stands where a file is needed"
        return Change("fail", text, wanted.path, hint=f"move it away: mv '{wanted.path}' '{wanted.path}.old'")
    same = entry.kind == "file" and entry.content == wanted.content
    if same and entry.mode == wanted.mode:
        if record == written:
            return Change("none", "as wanted", wanted.path)
        return Change("none", "as wanted", wanted.path, entry, after, "", key, written, record)
    action: Action
    conflict: Conflict = ""
    if entry.kind == "absent":
        action, reason = "create", "created" if record is None else "was removed by hand; written again"
    elif same:
        action, reason = "mode", f"mode {entry.mode:04o} → {wanted.mode:04o}"
    else:
        action, reason = "update", "updated"
        conflict = "" if wanted.own else _conflict(entry, record)
        reason = {"": reason, "edited": "was edited by hand", "foreign": "was there before and is not ours"}[conflict]
    return Change(
        action, reason, wanted.path, entry, after, conflict, key, written, record,
        wanted.secret, wanted.validate, wanted.restarts,
    )  # fmt: skip


def _conflict(entry: Entry, record: Record | None) -> Conflict:
    if record is None:
        return "foreign"
    return "" if entry.kind == "file" and digest(entry.content) == record.sha256 else "edited"


def _diff_absent(unwanted: Absent, entry: Entry, record: Record | None) -> Change:
    key = key_of(unwanted)
    if entry.kind == "absent":
        return Change("none", "not there", unwanted.path, key=key, previous=record)
    if entry.kind in ("directory", "other"):
        return Change("fail", f"a {entry.kind} stands there", unwanted.path, hint="move it away")
    conflict = _conflict(entry, record)
    reason = {
        "": unwanted.reason,
        "edited": f"{unwanted.reason}, but was edited by hand",
        "foreign": f"{unwanted.reason}, but is not ours",
    }[conflict]
    return Change("remove", reason, unwanted.path, entry, ABSENT, conflict, key, None, record)


def _diff_block(wanted: Block, entry: Entry, record: Record | None, role: str) -> Change:
    key = key_of(wanted)
    if entry.kind not in ("file", "absent"):
        text = f"a {entry.kind} stands where a text file is needed"
        return Change("fail", text, wanted.path, hint="replace it by a plain file")
    try:
        present = blocks.current(entry.content, wanted.name, wanted.comment)
        content = blocks.replaced(entry.content, wanted.name, wanted.text, wanted.comment)
    except InstallerError as error:
        return Change("fail", error.message, wanted.path, hint=error.hint)
    lines = blocks.lines_of(wanted.text)
    mode = entry.mode if entry.kind == "file" else 0o644
    written = Record("block", role, digest(lines), mode if entry.kind == "absent" else 0, wanted.comment)
    if record is not None:
        written = Record("block", role, digest(lines), record.mode, wanted.comment)
    if present == lines:
        if record is not None and record.sha256 == written.sha256:
            return Change("none", "as wanted", wanted.path)
        return Change("none", "as wanted", wanted.path, entry, entry, "", key, written, record)
    conflict: Conflict = ""
    if present is not None:
        conflict = "foreign" if record is None else "" if digest(present) == record.sha256 else "edited"
    reason = {"": "updated" if present else "added", "edited": "was edited by hand", "foreign": "is not ours"}[conflict]
    action: Action = "update" if entry.kind == "file" else "create"
    after = Entry("file", mode, content)
    return Change(action, reason, wanted.path, entry, after, conflict, key, written, record)


def leaving(path: Path, key: str, entry: Entry, record: Record) -> Change:
    """Return what takes a recorded thing back that is wanted no more."""
    if record.kind == "directory":
        if entry.kind != "directory":
            return Change("none", "not there", path, entry, entry, key=key, previous=record)
        return Change("remove", "removed", path, entry, ABSENT, "", key, None, record)
    if record.kind == "file":
        if entry.kind in ("directory", "other"):
            reason = f"a {entry.kind} that is not ours stands there"
            return Change("none", reason, path, entry, entry, key=key, previous=record)
        return _diff_absent(Absent(path, "removed"), entry, record)
    return _leaving_block(path, key, entry, record)


def _leaving_block(path: Path, key: str, entry: Entry, record: Record) -> Change:
    name = key.rpartition("#")[2]
    try:
        present = blocks.current(entry.content, name, record.comment) if entry.kind == "file" else None
    except InstallerError as error:
        return Change("fail", error.message, path, hint=error.hint)
    if present is None:
        return Change("none", "not there", path, entry, entry, key=key, previous=record)
    rest = blocks.removed(entry.content, name, record.comment)
    created_by_us = record.mode != 0
    after = ABSENT if created_by_us and not rest else Entry("file", entry.mode, rest)
    conflict: Conflict = "" if digest(present) == record.sha256 else "edited"
    action: Action = "remove" if after is ABSENT else "update"
    reason = "removed" if not conflict else "was edited by hand"
    return Change(action, reason, path, entry, after, conflict, key, None, record)
