import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.world import World
from installer.engine.resources import Directory, File, Resource
from installer.engine.system import RealSystem
from installer.errors import FAILED, OK, InstallerError


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_candidate_is_checked_under_its_real_name_in_private_before_it_counts(world: World) -> None:
    seen = []

    def complain(system: RealSystem, candidate: Path) -> str:
        seen.append((candidate.name, candidate.read_bytes(), candidate.parent.stat().st_mode & 0o777))
        assert (world.home / "first").read_bytes() == b"1"
        assert not (world.home / "run.sh").exists()
        return "line 1: syntax error"

    with pytest.raises(InstallerError, match="line 1: syntax error"):
        world.apply([File(world.home / "first", b"1"), File(world.home / "run.sh", b"if", validate=complain)])
    assert seen == [("run.sh", b"if", 0o700)]
    assert world.tree() == {}
    assert not world.store.folder.exists()


def test_a_validator_that_breaks_undoes_everything(world: World) -> None:
    def crash(system: RealSystem, candidate: Path) -> str:
        raise RuntimeError("a bug")

    world.apply([File(world.home / "first", b"1")])
    before = world.tree()
    with pytest.raises(RuntimeError, match="a bug"):
        world.apply([File(world.home / "first", b"2"), File(world.home / "x", b"", validate=crash)])
    assert world.tree() == before
    assert not world.leftovers()


def test_what_somebody_changes_meanwhile_is_left_alone_and_the_rest_undone(world: World) -> None:
    def meddle(system: RealSystem, candidate: Path) -> str:
        (world.home / "b").write_bytes(b"mine")
        (world.home / "a").write_bytes(b"mine too")
        return ""

    world.apply([File(world.home / name, b"old") for name in "abc"])
    wanted = [
        File(world.home / "a", b"new"),
        File(world.home / "c", b"new", validate=meddle),
        File(world.home / "b", b"new"),
    ]
    with pytest.raises(InstallerError, match="/b was changed while this run was at work"):
        world.apply(wanted)
    assert [(world.home / name).read_bytes() for name in "abc"] == [b"mine too", b"mine", b"old"]
    assert world.apply(wanted, "keep").statuses["a"] == "kept"


class Refusing(RealSystem):
    """Refuses one rename; where it is `stuck`, also everything that would put things back."""

    def __init__(self, refuse: Callable[[Path], bool], *, stuck: bool) -> None:
        super().__init__()
        self.refuse = refuse
        self.stuck = stuck
        self.failed = False

    def rename(self, source: Path, destination: Path) -> None:
        if self.refuse(destination) or (self.stuck and self.failed and destination.parent.name.startswith("ann")):
            self.failed = True
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(destination))
        super().rename(source, destination)


def test_an_undo_that_fails_says_why_the_run_failed_what_is_stuck_and_where_the_backup_is(world: World) -> None:
    first = [File(world.home / name, b"old") for name in "abc"]
    second = [File(world.home / name, b"new") for name in "abc"]
    world.apply(first)
    world.system = Refusing(lambda path: path.name == "c", stuck=True)
    with pytest.raises(InstallerError) as caught:
        world.apply(second)
    assert caught.value.code == "undo"
    assert "/c: Input/output error; and this could not be put back" in caught.value.message
    stuck = caught.value.message.partition("put back")[2]
    assert "/a (Input/output error)" in stuck
    assert "/b (Input/output error)" in stuck
    assert "/c" not in stuck
    assert str(world.store.runs / "2" / "backup") in caught.value.hint
    assert world.backups() == [b"old"] * 3
    world.system = RealSystem()
    world.apply(second)
    assert world.apply(second).all_ok
    assert not world.leftovers()


def test_a_full_disk_at_the_last_word_undoes_everything(world: World) -> None:
    second: list[Resource] = [File(world.home / "a", b"new"), Directory(world.home / "b")]
    world.apply([File(world.home / "a", b"old")])
    before = world.tree()
    world.system = Refusing(lambda path: path.name == "state.json", stuck=False)
    with pytest.raises(InstallerError, match=r"state\.json: Input/output error"):
        world.apply(second)
    assert world.tree() == before
    assert not world.leftovers()


class Interrupted(RealSystem):
    """Ctrl-C right after the n-th rename, removal or new folder, before the program can note that it is done."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.left = at

    def _count(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt

    def make_directory(self, path: Path, mode: int | None) -> None:
        super().make_directory(path, mode)
        self._count()

    def rename(self, source: Path, destination: Path) -> None:
        super().rename(source, destination)
        self._count()

    def remove(self, path: Path) -> None:
        super().remove(path)
        self._count()


def test_ctrl_c_right_after_any_step_undoes_it_too(world: World) -> None:
    first = [File(world.home / "a", b"old"), File(world.home / "gone", b""), File(world.home / "changed", b"old")]
    second: list[Resource] = [
        File(world.home / "a", b"new"),
        Directory(world.home / "b", 0o750),
        File(world.home / "b/c", b"new"),
        File(world.home / "changed", b"old", 0o600),
    ]
    world.apply(first)
    before, state = world.tree(), world.store.load().state
    steps = 0
    while True:
        steps += 1
        world.system = Interrupted(steps)
        try:
            world.apply(second)
        except KeyboardInterrupt:
            world.system = RealSystem()
        else:
            break
        if world.tree() != before:
            # The state is saved and nothing is undone any more: only forgetting old runs was left.
            assert world.apply(second).all_ok
            world.rollback()
        memory = world.store.load()
        assert world.tree() == before
        assert memory.state == memory.on_disk
        assert memory.state.records == state.records
        assert not world.leftovers()
    assert steps > 10


def test_a_restart_stays_owed_until_it_succeeds(world: World) -> None:
    def fail() -> str:
        raise InstallerError("restart", "the bus is gone", "log in again")

    wanted = [File(world.home / "a", b"1", restarts=("thing", "unknown"))]
    world.restarts = {"thing": fail}
    report = world.apply(wanted)
    assert report.outcome.exit_code == FAILED
    assert (report.tasks[-1].status, report.tasks[-1].reason, report.tasks[-1].hint) == (
        "failed",
        "the bus is gone",
        "log in again",
    )
    assert world.apply(wanted).outcome.exit_code == FAILED
    done: list[str] = []
    world.restarts = {"thing": lambda: done.append("restarted") or "done"}  # type: ignore[func-returns-value]
    for _ in range(2):
        assert world.apply(wanted).outcome.exit_code == OK
    assert done == ["restarted"]
    assert world.recovered().restarts == ("unknown",)


def test_a_failure_in_the_plan_changes_nothing_at_all(world: World) -> None:
    (world.home / "folder").mkdir()
    with pytest.raises(InstallerError, match="nothing was changed") as caught:
        world.apply([File(world.home / "a", b""), File(world.home / "folder", b"")])
    assert "mv" in caught.value.hint
    assert not (world.home / "a").exists()
