import fcntl
import os
from pathlib import Path

import pytest

from cases.world import World
from installer.engine.resources import File
from installer.engine.state import State
from installer.engine.store import Store
from installer.engine.system import RealSystem
from installer.errors import LockedError


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(RealSystem(), tmp_path / "local" / "state" / "program" / "state")


def test_it_is_private_and_the_folders_above_are_as_usual(store: Store) -> None:
    former = os.umask(0o022)
    try:
        with store.lock(wait=False):
            modes = [each.stat().st_mode & 0o777 for each in (store.folder, *store.folder.parents[:3], store.runs)]
    finally:
        os.umask(former)
    assert modes == [0o700, 0o700, 0o755, 0o755, 0o700]


def test_a_run_with_nothing_to_remember_leaves_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    with store.lock(wait=False):
        pass
    assert list(tmp_path.rglob("*")) == [tmp_path / "local"]


def test_removed_it_takes_the_folders_that_were_made_for_it(store: Store, tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    with store.lock(wait=False):
        store.save(State(last_run=1))
    with store.lock(wait=False):
        store.remove()
    assert list(tmp_path.rglob("*")) == [tmp_path / "local"]


def test_removed_it_leaves_a_neighbours_folder(store: Store, tmp_path: Path) -> None:
    with store.lock(wait=False):
        store.save(State(last_run=1))
        (tmp_path / "local/state/neighbour").mkdir()
        store.remove()
    assert sorted(tmp_path.rglob("*")) == [
        tmp_path / "local",
        tmp_path / "local/state",
        tmp_path / "local/state/neighbour",
    ]


@pytest.mark.parametrize("content", ["", "{}", "[1]", "null", "[[]]"])
def test_a_garbled_list_of_made_folders_keeps_nothing_from_going(store: Store, content: str) -> None:
    with store.lock(wait=False):
        (store.folder / "made.json").write_text(content)
        store.remove()
    assert not store.folder.exists()


def test_only_one_run_at_a_time(store: Store) -> None:
    with store.lock(wait=False):
        with pytest.raises(LockedError) as caught, store.lock(wait=False):
            pass
        assert caught.value.exit_code == 5
        assert "--wait" in caught.value.hint
        assert store.folder.exists()


def test_a_lock_that_was_removed_with_the_store_is_not_held(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits on a purge must not go on with a lock that nobody else can see any more."""
    with store.lock(wait=False):
        store.save(State(last_run=1))

    def purge_meanwhile(descriptor: int, operation: int) -> None:
        monkeypatch.undo()
        store.remove()
        fcntl.flock(descriptor, operation)

    monkeypatch.setattr("fcntl.flock", purge_meanwhile)
    with store.lock(wait=True):
        assert (store.folder / "lock").exists()
        with pytest.raises(LockedError), store.lock(wait=False):
            pass


@pytest.mark.parametrize("damage", [b"", b"garbage", b'{"format": 1'])
def test_a_damaged_state_is_worked_out_again_from_the_journals(tmp_path: Path, damage: bytes) -> None:
    world = World(tmp_path)
    world.apply([File(world.home / "a", b"1"), File(world.home / "b", b"1"), File(world.home / "folder/c", b"1")])
    world.apply([File(world.home / "a", b"2"), File(world.home / "folder/c", b"1")])
    whole = world.store.load().state
    world.store.file.write_bytes(damage)
    memory = world.store.load()
    assert memory.damaged
    assert memory.state.records == whole.records
    assert memory.state.last_run == whole.last_run
    world.recovered()
    assert world.store.load().state.records == whole.records
    assert (world.store.folder / "state.json.damaged").read_bytes() == damage
    world.uninstall()
    assert world.tree() == {}


def test_a_lost_state_is_worked_out_too_and_an_edit_is_still_an_edit(tmp_path: Path) -> None:
    world = World(tmp_path)
    wanted = [File(world.home / "a", b"1"), File(world.home / "b", b"1")]
    world.apply(wanted)
    (world.home / "a").write_bytes(b"mine")
    world.store.file.unlink()
    assert world.apply(wanted).statuses["a"] == "kept"
    assert (world.home / "a").read_bytes() == b"mine"
