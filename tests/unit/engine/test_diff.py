"""Three states (wanted, on disk, last written) for every kind of resource, as one table."""

from pathlib import Path

import pytest

from installer.engine.diff import DEFAULT_DIRECTORY_MODE, Record, diff, digest, key_of, leaving
from installer.engine.resources import Absent, Block, Directory, File, Requires, Resource
from installer.engine.system import ABSENT, Entry

PATH = Path("/home/ann/a")
FILE = File(PATH, b"new\n", 0o600)
OWN = File(PATH, b"new\n", 0o600, own=True)
FOLDER = Directory(PATH)
PRIVATE = Directory(PATH, 0o700)
BLOCK = Block(PATH, "x", "k=1")
GONE = Absent(PATH, "not wanted")

WRITTEN = Record("file", "role", digest(b"old\n"), 0o600)
AS_WANTED = Record("file", "role", digest(b"new\n"), 0o600)
FOLDER_RECORD = Record("directory", "role")
BLOCK_RECORD = Record("block", "role", digest(b"k=0\n"), 0, "#")

LINK = Entry("symlink", 0o777, target="elsewhere")
PIPE = Entry("other", 0o600)
A_FOLDER = Entry("directory", 0o755)


def file(content: bytes, mode: int = 0o600) -> Entry:
    return Entry("file", mode, content)


def with_block(lines: str) -> Entry:
    return file(f"one\n# >>> opencode-unattended x >>>\n{lines}# <<< opencode-unattended x <<<\n".encode())


@pytest.mark.parametrize(
    ("wanted", "entry", "record", "action", "conflict"),
    [
        (FILE, ABSENT, None, "create", ""),
        (FILE, ABSENT, WRITTEN, "create", ""),
        (FILE, file(b"new\n"), None, "none", ""),
        (FILE, file(b"new\n"), WRITTEN, "none", ""),
        (FILE, file(b"new\n"), AS_WANTED, "none", ""),
        (FILE, file(b"new\n", 0o644), AS_WANTED, "mode", ""),
        (FILE, file(b"old\n"), WRITTEN, "update", ""),
        (FILE, file(b"old\n", 0o644), WRITTEN, "update", ""),
        (FILE, file(b"mine\n"), WRITTEN, "update", "edited"),
        (FILE, file(b"mine\n"), AS_WANTED, "update", "edited"),
        (FILE, file(b"mine\n"), None, "update", "foreign"),
        (FILE, LINK, None, "update", "foreign"),
        (FILE, LINK, AS_WANTED, "update", "edited"),
        (FILE, A_FOLDER, None, "fail", ""),
        (FILE, PIPE, WRITTEN, "fail", ""),
        (OWN, file(b"mine\n"), WRITTEN, "update", ""),
        (OWN, file(b"mine\n"), None, "update", ""),
        (FOLDER, ABSENT, None, "create", ""),
        (FOLDER, A_FOLDER, None, "none", ""),
        (FOLDER, A_FOLDER, FOLDER_RECORD, "none", ""),
        (FOLDER, file(b""), None, "fail", ""),
        (FOLDER, LINK, None, "fail", ""),
        (PRIVATE, A_FOLDER, None, "mode", ""),
        (PRIVATE, Entry("directory", 0o700), None, "none", ""),
        (GONE, ABSENT, None, "none", ""),
        (GONE, ABSENT, WRITTEN, "none", ""),
        (GONE, file(b"old\n"), WRITTEN, "remove", ""),
        (GONE, file(b"mine\n"), WRITTEN, "remove", "edited"),
        (GONE, file(b"mine\n"), None, "remove", "foreign"),
        (GONE, LINK, None, "remove", "foreign"),
        (GONE, A_FOLDER, None, "fail", ""),
        (BLOCK, ABSENT, None, "create", ""),
        (BLOCK, file(b"one\n"), None, "update", ""),
        (BLOCK, file(b"one\n"), BLOCK_RECORD, "update", ""),
        (BLOCK, with_block("k=1\n"), None, "none", ""),
        (BLOCK, with_block("k=1\n"), BLOCK_RECORD, "none", ""),
        (BLOCK, with_block("k=0\n"), BLOCK_RECORD, "update", ""),
        (BLOCK, with_block("mine\n"), BLOCK_RECORD, "update", "edited"),
        (BLOCK, with_block("mine\n"), None, "update", "foreign"),
        (BLOCK, LINK, None, "fail", ""),
        (BLOCK, A_FOLDER, None, "fail", ""),
        (BLOCK, file(b"# >>> opencode-unattended x >>>\n"), None, "fail", ""),
    ],
)
def test_what_must_happen(wanted: Resource, entry: Entry, record: Record | None, action: str, conflict: str) -> None:
    change = diff(wanted, entry, record, "role")
    assert (change.action, change.conflict) == (action, conflict)
    assert change.reason
    assert change.acts == (action not in ("none", "fail"))
    if change.acts:
        assert change.before == entry


@pytest.mark.parametrize(
    ("record", "entry", "action", "conflict", "after"),
    [
        (WRITTEN, ABSENT, "none", "", ABSENT),
        (WRITTEN, file(b"old\n"), "remove", "", ABSENT),
        (WRITTEN, file(b"mine\n"), "remove", "edited", ABSENT),
        (WRITTEN, LINK, "remove", "edited", ABSENT),
        (WRITTEN, A_FOLDER, "none", "", A_FOLDER),
        (WRITTEN, PIPE, "none", "", PIPE),
        (FOLDER_RECORD, ABSENT, "none", "", ABSENT),
        (FOLDER_RECORD, A_FOLDER, "remove", "", ABSENT),
        (FOLDER_RECORD, LINK, "none", "", LINK),
        (BLOCK_RECORD, ABSENT, "none", "", ABSENT),
        (BLOCK_RECORD, file(b"one\n"), "none", "", file(b"one\n")),
        (BLOCK_RECORD, with_block("k=0\n"), "update", "", file(b"one\n")),
        (BLOCK_RECORD, with_block("mine\n"), "update", "edited", file(b"one\n")),
        (Record("block", "role", digest(b"k=0\n"), 0o644, "#"), with_block("k=0\n"), "update", "", file(b"one\n")),
    ],
)
def test_what_takes_a_left_over_back(record: Record, entry: Entry, action: str, conflict: str, after: Entry) -> None:
    key = f"{PATH}#x" if record.kind == "block" else str(PATH)
    change = leaving(PATH, key, entry, record)
    assert (change.action, change.conflict, change.after) == (action, conflict, after)
    assert change.record is None
    assert change.key == key


def test_a_file_that_we_made_for_a_block_goes_with_it() -> None:
    entry = file(b"# >>> opencode-unattended x >>>\nk=0\n# <<< opencode-unattended x <<<\n")
    ours = Record("block", "role", digest(b"k=0\n"), 0o644, "#")
    assert leaving(PATH, f"{PATH}#x", entry, ours).action == "remove"
    assert leaving(PATH, f"{PATH}#x", entry, BLOCK_RECORD).action == "update"


def test_what_is_missing_is_skipped_with_what_suffers_and_the_way_out() -> None:
    change = diff(
        Requires("opencode", False, "", "not installed", "the plugin waits", ("npm i", "brew i")), ABSENT, None, ""
    )
    assert (change.action, change.reason) == ("skip", "not installed; the plugin waits")
    assert change.hint == "npm i; brew i"
    assert diff(Requires("opencode", True, "found", "", ""), ABSENT, None, "").reason == "found"


def test_a_folder_without_a_mode_is_left_to_the_umask() -> None:
    assert diff(FOLDER, ABSENT, None, "role").after.mode == DEFAULT_DIRECTORY_MODE
    assert diff(PRIVATE, ABSENT, None, "role").after.mode == 0o700


def test_blocks_of_one_file_are_remembered_apart() -> None:
    assert key_of(BLOCK) == "/home/ann/a#x"
    assert key_of(FILE) == "/home/ann/a"
