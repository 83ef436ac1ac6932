"""Steps as events: the status word, the reason and the diff of each."""

from __future__ import annotations

from installer.engine.diff import Change
from installer.engine.plan import Step
from installer.engine.system import Entry
from installer.events import Status, Task


def task_of(step: Step, *, diffs: bool, kept: bool = False, remark: str = "") -> Task:
    """Return the event that tells of one step; with `diffs` it carries the change as unified text."""
    change = step.change
    status: Status
    if kept:
        status = "kept"
    elif change.acts and not remark:
        status = "changed"
    else:
        status = {"skip": "skipped", "fail": "failed"}.get(change.action, "ok")  # type: ignore[assignment]
    reason = change.reason
    hint = change.hint
    if kept:
        hint = "see `status`; run again with --on-conflict overwrite (a backup is made), or delete the file"
    elif change.conflict:
        reason = f"{reason}; replaced, and backed up first"
    text = unified(change) if diffs and change.acts else ""
    return Task(step.role, step.name, status, f"{reason}; {remark}" if remark else reason, text, hint)


def _is_private(entry: Entry) -> bool:
    """Tell whether only its owner may read a file: what is taken away or rolled back carries no other mark."""
    return entry.kind == "file" and not entry.mode & 0o077


def unified(change: Change) -> str:
    """Return a change as a unified diff; a secret or private file shows only that it changes."""
    import difflib

    if change.after.kind == "directory" or change.before.kind == "directory" or change.action == "mode":
        return ""
    if change.secret or _is_private(change.before) or _is_private(change.after):
        return "(a private file; its content is not shown)\n"
    before = change.before.content.decode(errors="replace").splitlines(keepends=True)
    after = change.after.content.decode(errors="replace").splitlines(keepends=True)
    name = str(change.path)
    lines = difflib.unified_diff(
        before, after, "/dev/null" if change.before.kind == "absent" else name,
        "/dev/null" if change.after.kind == "absent" else name,
    )  # fmt: skip
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
