from pathlib import Path

import pytest

from installer.engine import journal
from installer.engine.diff import Change, Conflict, Record
from installer.engine.journal import Operation, Shape
from installer.engine.state import ALL_PROOFS, State
from installer.engine.system import ABSENT, Entry, RealSystem

SYSTEM = RealSystem()


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


def writing(path: Path, before: Entry = ABSENT, after: bytes = b"new", conflict: Conflict = "") -> Change:
    record = Record("file", "role", "ab", 0o644)
    return Change(
        "update", "", path, before, Entry("file", 0o644, after), conflict, str(path), record, restarts=("thing",)
    )


def begin(runs: Path, number: int, *changes: Change) -> journal.Run:
    return journal.begin(SYSTEM, runs, number, "apply", changes)


def test_it_holds_hashes_and_private_backups_of_what_goes(runs: Path) -> None:
    run = begin(runs, 3, writing(Path("/a"), Entry("file", 0o644, b"secret one"), b"secret two"), writing(Path("/b")))
    text = (run.folder / "journal.json").read_text()
    assert "secret" not in text
    backups = list((run.folder / "backup").iterdir())
    assert [each.read_bytes() for each in backups] == [b"secret one"]
    assert backups[0].stat().st_mode & 0o777 == 0o600
    assert run.folder.stat().st_mode & 0o777 == 0o700
    assert journal.runs_in(SYSTEM, runs) == [run]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"command": "apply", "operations": [{}]}', b"\xff", b'{"operations'])
def test_a_journal_that_cannot_be_read_is_no_run_but_keeps_its_number_and_backups(runs: Path, content: bytes) -> None:
    run = begin(runs, 3, writing(Path("/a"), Entry("file", 0o644, b"mine")))
    (run.folder / "journal.json").write_bytes(content)
    assert journal.runs_in(SYSTEM, runs) == []
    journal.sweep(SYSTEM, runs, 0)
    assert list((run.folder / "backup").iterdir())
    assert journal.next_number(SYSTEM, runs, 0) == 4


def test_a_folder_without_a_journal_never_was_a_run(runs: Path) -> None:
    (runs / "4").mkdir()
    (runs / "4" / "backup").mkdir()
    (runs / "notes").mkdir()
    journal.sweep(SYSTEM, runs, 3)
    assert [each.name for each in runs.iterdir()] == ["notes"]


def test_the_sweep_takes_temporary_files_of_unfinished_runs_only(runs: Path, tmp_path: Path) -> None:
    path = tmp_path / "a"
    for number in (3, 4):
        begin(runs, number, writing(path))
        journal.temporary(path, number, 0).write_bytes(b"")
    journal.sweep(SYSTEM, runs, 3)
    assert journal.temporary(path, 3, 0).exists()
    assert not journal.temporary(path, 4, 0).exists()


def test_temporary_names_are_hidden_and_not_loaded_by_opencode() -> None:
    name = journal.temporary(Path("/plugin/notify.ts"), 3, 0).name
    assert name.startswith(".")
    assert name.endswith(".tmp")


def test_an_unfinished_run_counts_as_far_as_it_came(runs: Path, tmp_path: Path) -> None:
    done, undone = tmp_path / "done", tmp_path / "undone"
    done.write_bytes(b"new")
    done.chmod(0o644)
    run = begin(runs, 4, writing(done), writing(undone))
    state = journal.finish(SYSTEM, State({}, 3), [run])
    assert set(state.records) == {str(done)}
    assert (state.last_run, state.restarts, state.owed) == (4, ("thing",), (ALL_PROOFS,))


def test_a_run_that_had_changed_nothing_yet_owes_nothing(runs: Path, tmp_path: Path) -> None:
    state = journal.finish(SYSTEM, State({}, 3), [begin(runs, 4, writing(tmp_path / "a"))])
    assert state == State({}, 4)


def test_steps_that_build_on_each_other_all_count_once_the_last_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a"
    shapes = [Shape("absent"), *(journal.shape(Entry("file", 0o644, each)) for each in (b"1", b"2", b"3"))]
    operations = [
        Operation(path, key, before, after, Record("block", "role"), None)
        for key, before, after in zip("xyz", shapes, shapes[1:], strict=False)
    ]
    path.write_bytes(b"2")
    path.chmod(0o644)
    assert set(journal.after(SYSTEM, State(), operations).records) == {"x", "y"}


def test_a_new_folder_counts_before_it_has_its_mode(tmp_path: Path) -> None:
    made = Operation(tmp_path, "k", Shape("absent"), Shape("directory", 0o751), Record("directory", "role"), None)
    assert journal.is_done(SYSTEM, made)
    assert not journal.is_done(SYSTEM, made._replace(before=Shape("directory", 0o700)))


def test_old_runs_go_but_never_one_that_replaced_somebodys_work(runs: Path) -> None:
    begin(runs, 1, writing(Path("/a"), Entry("file", 0o644, b"mine"), conflict="edited"))
    begin(runs, 2, writing(Path("/a"), Entry("symlink", 0o777, target="mine"), conflict="foreign"))
    for number in range(3, 6 + journal.KEPT_RUNS):
        begin(runs, number, writing(Path("/a"), Entry("file", 0o644, b"ours")))
    journal.forget_old(SYSTEM, runs)
    kept = journal.runs_in(SYSTEM, runs)
    assert [run.number for run in kept] == [1, 2, *range(6, 6 + journal.KEPT_RUNS)]
    assert [backup.read_bytes() for run in kept for _, backup in journal.edits_in(run)] == [b"mine"]
    assert not (runs / "3").exists()
