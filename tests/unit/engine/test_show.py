from pathlib import Path

import pytest

from installer.engine.diff import Change
from installer.engine.plan import Step
from installer.engine.show import task_of, unified
from installer.engine.system import ABSENT, Entry

PATH = Path("/home/ann/a")


def file(content: bytes, mode: int = 0o644) -> Entry:
    return Entry("file", mode, content)


def change(before: Entry, after: Entry, **fields: object) -> Change:
    return Change("update", "updated", PATH, before, after, **fields)  # type: ignore[arg-type]


def test_a_change_as_text() -> None:
    text = unified(change(file(b"one\ntwo"), file(b"one\n2\n")))
    assert text == "--- /home/ann/a\n+++ /home/ann/a\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"
    assert unified(change(ABSENT, file(b"new\n"))).startswith("--- /dev/null\n+++ /home/ann/a\n")
    assert unified(change(file(b"old\n"), ABSENT)).startswith("--- /home/ann/a\n+++ /dev/null\n")


@pytest.mark.parametrize(
    "secret",
    [
        change(file(b"s3cret"), file(b"s3cret 2"), secret=True),
        change(ABSENT, file(b"s3cret", 0o600)),
        change(file(b"s3cret", 0o600), ABSENT),
        change(file(b"s3cret", 0o600), file(b"s3cret 2", 0o644)),
    ],
)
def test_a_secret_is_never_shown_not_even_when_it_goes(secret: Change) -> None:
    text = task_of(Step("role", "a", secret), diffs=True).diff
    assert text
    assert "s3cret" not in text


def test_folders_and_modes_have_no_text() -> None:
    assert unified(change(ABSENT, Entry("directory", 0o700))) == ""
    assert unified(Change("mode", "mode", PATH, file(b"a"), file(b"a", 0o600))) == ""


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("none", "ok"),
        ("create", "changed"),
        ("update", "changed"),
        ("mode", "changed"),
        ("remove", "changed"),
        ("skip", "skipped"),
        ("fail", "failed"),
    ],
)
def test_each_action_has_its_word(action: str, status: str) -> None:
    task = task_of(Step("role", "a", Change(action, "because", hint="do that")), diffs=False)  # type: ignore[arg-type]
    assert (task.status, task.reason, task.hint) == (status, "because", "do that")


def test_a_kept_file_names_both_ways_on() -> None:
    edited = change(file(b"mine"), file(b"ours"), conflict="edited")
    kept = task_of(Step("role", "a", edited), diffs=False, kept=True)
    assert kept.status == "kept"
    assert "--on-conflict overwrite" in kept.hint
    assert "backed up" in task_of(Step("role", "a", edited), diffs=False).reason


def test_what_could_not_be_done_after_all_is_no_change() -> None:
    step = Step("role", "a", Change("remove", "removed"))
    task = task_of(step, diffs=False, remark="not empty, so it stays")
    assert (task.status, task.reason) == ("ok", "removed; not empty, so it stays")
