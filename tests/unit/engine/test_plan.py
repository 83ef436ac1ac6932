from pathlib import Path

import pytest

from installer.engine import plan as planning
from installer.engine.diff import Record, digest
from installer.engine.plan import Plan
from installer.engine.resources import Absent, Block, Directory, File, Requires, Resource
from installer.engine.state import State
from installer.engine.system import DryRunSystem

LOOKING = DryRunSystem()


def build(state: State, *wanted: Resource, prunable: set[str] | None = None) -> Plan:
    return planning.build(LOOKING, state, [("thing", each) for each in wanted], prunable)


def steps(plan: Plan, home: Path) -> list[tuple[str, str]]:
    return [(str(Path(step.name).relative_to(home)), step.change.action) for step in plan.steps]


def ours(*paths: Path, role: str = "thing") -> State:
    records = {}
    for path in paths:
        is_folder = path.is_dir()
        records[str(path)] = (
            Record("directory", role) if is_folder else Record("file", role, digest(path.read_bytes()), 0o644)
        )
    return State(records, 1)


def test_folders_that_nobody_names_come_before_what_is_in_them_and_once(tmp_path: Path) -> None:
    plan = build(State(), File(tmp_path / "a/b/one", b""), File(tmp_path / "a/b/two", b""), File(tmp_path / "a/c", b""))
    expected = ["a", "a/b", "a/b/one", "a/b/two", "a/c"]
    assert steps(plan, tmp_path) == [(name, "create") for name in expected]
    assert plan.acts


def test_a_file_above_is_a_failure_and_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("mine")
    plan = build(State(), File(tmp_path / "a/b/c", b""))
    assert [(Path(step.name).name, step.change.action) for step in plan.failures] == [("a", "fail")]
    assert "mv" in plan.failures[0].change.hint


def test_two_of_one_path_is_a_mistake_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="two resources want"):
        build(State(), File(tmp_path / "a", b""), Absent(tmp_path / "a", "no"))


def test_blocks_of_one_file_build_on_each_other(tmp_path: Path) -> None:
    plan = build(State(), Block(tmp_path / "a", "x", "1"), Block(tmp_path / "a", "y", "2"))
    first, second = (step.change for step in plan.steps)
    assert second.before == first.after
    assert second.after.content.startswith(first.after.content)


def test_what_left_goes_files_first_and_deepest_folders_first(tmp_path: Path) -> None:
    deep = tmp_path / "a/b"
    deep.mkdir(parents=True)
    (deep / "f").write_bytes(b"")
    (tmp_path / "a/g").write_bytes(b"")
    plan = build(ours(tmp_path / "a", deep, tmp_path / "a/g", deep / "f"))
    assert steps(plan, tmp_path) == [("a/g", "remove"), ("a/b/f", "remove"), ("a/b", "remove"), ("a", "remove")]


def test_a_folder_with_a_neighbours_file_stays(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "ours").write_bytes(b"")
    (folder / "theirs").write_bytes(b"")
    plan = build(ours(folder, folder / "ours"))
    assert steps(plan, tmp_path) == [("a/ours", "remove"), ("a", "none")]
    assert plan.steps[-1].change.reason == "not empty, so it stays"


def test_a_folder_that_is_still_needed_is_no_left_over(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    assert steps(build(ours(folder), File(folder / "f", b"")), tmp_path) == [("a/f", "create")]


def test_roles_left_out_of_a_run_are_not_pruned(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"")
    state = State({**ours(tmp_path / "a").records, **ours(tmp_path / "b", role="other").records}, 1)
    assert steps(build(state, prunable={"other"}), tmp_path) == [("b", "remove")]
    assert steps(planning.removal(LOOKING, state, ("thing",)), tmp_path) == [("b", "remove")]
    assert steps(planning.removal(LOOKING, state, ()), tmp_path) == [("a", "remove"), ("b", "remove")]


def test_what_must_be_there_is_no_path(tmp_path: Path) -> None:
    plan = build(State(), Requires("opencode", False, "", "missing", "waits"), Directory(tmp_path))
    assert [step.change.action for step in plan.steps] == ["skip", "none"]
    assert not plan.acts
    assert not plan.failures
