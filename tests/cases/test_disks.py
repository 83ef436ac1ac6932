"""Disks that are really full, really read-only and folders that really belong to somebody else."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases import faults
from cases.world import World
from installer.engine.resources import Directory, File, Resource
from installer.engine.store import Store
from installer.engine.system import RealSystem
from installer.errors import InstallerError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount: run as root")
NOBODY = 65534


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world whose home is a small disk of its own."""
    world = World(tmp_path)
    mount(world, "size=1m")
    yield world
    subprocess.run(["umount", world.home], check=True)


def mount(world: World, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", world.home], check=True)


def files(home: Path, content: bytes) -> list[Resource]:
    return [Directory(home / "folder"), *(File(home / f"folder/{each}", content) for each in range(8))]


@as_root
def test_a_disk_that_fills_up_leaves_all_as_it_was(world: World) -> None:
    world.apply(files(world.home, b"small"))
    before = world.tree()
    usage = os.statvfs(world.home)
    used = usage.f_blocks - usage.f_bfree
    wanted = files(world.home, b"large" * 1000)
    refused = 0
    for free in range(100):
        mount(world, f"remount,size={(used + free) * usage.f_frsize}")
        report = world.attempt(wanted)
        if not isinstance(report, InstallerError):
            break
        assert "No space left on device" in report.message
        assert "make room" in report.hint
        assert world.tree() == before
        assert not world.leftovers()
        refused += 1
    assert refused > 10
    assert world.apply(wanted).all_ok


@as_root
def test_a_read_only_disk_is_said_and_left(world: World) -> None:
    world.apply(files(world.home, b"old"))
    before = world.tree(times=True)
    mount(world, "remount,ro")
    with pytest.raises(InstallerError, match="Read-only file system") as caught:
        world.apply(files(world.home, b"new"))
    assert "remount" in caught.value.hint
    assert world.tree(times=True) == before
    assert not world.leftovers()
    store = Store(RealSystem(), world.home / "state/state")
    with pytest.raises(InstallerError, match="Read-only file system"), store.lock(wait=False):
        pass


class Turning(RealSystem):
    """The disk turns read-only before the fourth file takes its place."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.count = 0

    def rename(self, source: Path, destination: Path) -> None:
        self.count += destination.parent.name == "folder"
        if self.count == 4:
            mount(self.world, "remount,ro")
        super().rename(source, destination)


@as_root
def test_a_disk_that_turns_read_only_in_the_middle(world: World) -> None:
    """Nothing can be put back then, which is said; the next run, once it can be written to again, gets there."""
    wanted = files(world.home, b"old")
    world.system = Turning(world)
    with pytest.raises(InstallerError) as caught:
        world.apply(wanted)
    assert caught.value.code == "undo"
    assert "Read-only file system; and this could not be put back" in caught.value.message
    assert str(world.home / "folder") in caught.value.message
    mount(world, "remount,rw")
    world.system = RealSystem()
    world.apply(wanted)
    assert world.apply(wanted).all_ok
    assert not world.leftovers()
    world.uninstall()
    assert world.tree() == {}


@as_root
@pytest.mark.parametrize("place", ["home", "store"])
def test_a_folder_of_somebody_else(place: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        world = World(Path(name))
        for each in (world.root, world.home):
            each.chmod(0o755)
        if place == "home":
            os.chown(world.root, NOBODY, NOBODY)

        def as_nobody() -> None:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            try:
                world.apply(files(world.home, b"new"))
            except InstallerError as error:
                raise AssertionError(f"{error.message} | {error.hint}") from None

        ended = faults.run(as_nobody, lambda _: None, 0)
        assert ended is not None
        assert "Permission denied" in ended.text
        assert str(world.home if place == "home" else world.store.folder.parent) in ended.text
        assert "write permission" in ended.text
        assert world.tree() == {}
        assert not world.leftovers()
        assert not world.store.folder.exists()
