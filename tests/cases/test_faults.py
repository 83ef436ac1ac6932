"""Killed, interrupted or refused before any of its writes: every file is old or new, and the next run gets there."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cases import faults
from cases.world import Tree, World
from installer.engine.resources import Absent, Block, Directory, File, Resource

Act = Callable[[World], object]


def first(home: Path) -> list[Resource]:
    return [
        Directory(home / "private", 0o755),
        File(home / "private/a", b"a 1\n", 0o600),
        File(home / "plugin/updated", b"old\n"),
        File(home / "plugin/leaves", b"leaves\n"),
        File(home / "plugin/empty", b""),
        File(home / "plugin/edited", b"edited\n"),
        Block(home / ".profile", "path", "export A=1"),
        File(home / "gone/deep/b", b"b\n"),
    ]


def edit(world: World) -> None:
    (world.home / "plugin/edited").write_bytes(b"mine 1\n")
    (world.home / "plugin/notify.ts").write_bytes(b"mine 2\n")
    (world.home / "plugin/second.ts").write_bytes(b"mine 3\n")
    (world.home / "linked").symlink_to("nowhere")


def second(home: Path) -> list[Resource]:
    return [
        Directory(home / "private", 0o700),
        File(home / "private/a", b"a 1\n", 0o644),
        Directory(home / "new", 0o700),
        File(home / "new/x", b"x\n", validate=lambda system, path: "" if path.read_bytes() else "empty"),
        File(home / "plugin/updated", b"new\n", restarts=("thing",)),
        File(home / "plugin/edited", b"edited\n"),
        File(home / "plugin/notify.ts", b"ours\n"),
        Absent(home / "plugin/second.ts", "a second copy"),
        File(home / "linked", b"no link\n"),
        Block(home / ".profile", "path", "export A=2"),
        Block(home / ".profile", "more", "export B=1"),
    ]


class Scene:
    """A world that is put up again for every fault, and what it is like before and after the act."""

    def __init__(self, folder: Path, prepared: Sequence[Act], act: Act) -> None:
        self.prepared = folder / "prepared"
        self.stage = folder / "stage"
        # The engine remembers absolute paths, so the world is always put up in the same place.
        self.world = World(self._fresh())
        (self.world.home / ".profile").write_bytes(b"mine 0")
        for each in prepared:
            each(self.world)
        shutil.copytree(self.stage, self.prepared, symlinks=True)
        self.before: Tree = self.world.tree()
        self.edits = {content for _, _, content in self.before.values() if content.startswith(b"mine")}
        self.act = act
        act(self.world)
        self.after: Tree = self.world.tree()
        assert self.before != self.after

    def _fresh(self) -> Path:
        self.stage.mkdir()
        return self.stage

    def put_up(self) -> None:
        shutil.rmtree(self.stage)
        shutil.copytree(self.prepared, self.stage, symlinks=True)

    def assert_nothing_torn(self) -> None:
        now = {name: shape for name, shape in self.world.tree().items() if not name.endswith(".tmp")}
        for name in {*self.before, *self.after, *now}:
            old, new, found = (each.get(name) for each in (self.before, self.after, now))
            if found in (old, new) or found is None or new is None:
                assert found in (old, new), name
            elif found[0] == "folder":
                assert new[0] == "folder"  # it is there before it has its mode
            else:
                assert name == ".profile"  # each of its blocks is old or new
                assert found[2].startswith(b"mine 0\n# >>>")
                assert found[2].endswith(b"<<<\n")

    def assert_edits_are_safe(self) -> None:
        standing = [content for _, _, content in self.world.tree().values()] + self.world.backups()
        for each in self.edits:
            assert any(each in content for content in standing), each


def apply_first(world: World) -> None:
    world.apply(first(world.home))


def apply_second(world: World) -> None:
    world.apply(second(world.home), "overwrite")


def roll_back(world: World) -> None:
    world.rollback(on_conflict="overwrite")


def uninstall(world: World) -> None:
    world.uninstall("overwrite")


SCENES: dict[str, tuple[list[Act], Act]] = {
    "first apply": ([], apply_first),
    "second apply": ([apply_first, edit], apply_second),
    "rollback": ([apply_first, edit, apply_second], roll_back),
    "uninstall": ([apply_first, edit, apply_second], uninstall),
}


@pytest.fixture(params=SCENES)
def scene(request: pytest.FixtureRequest, memory: Path) -> Scene:
    return Scene(memory, *SCENES[request.param])


def test_killed_between_any_two_writes(scene: Scene) -> None:
    kills = 0
    again = apply_second if scene.act is roll_back else scene.act
    scene.put_up()
    scene.act(scene.world)
    again(scene.world)
    wanted = scene.world.tree()
    for ended in faults.every(lambda: scene.act(scene.world), faults.kill, scene.put_up):
        assert ended.killed
        kills += 1
        scene.assert_nothing_torn()
        scene.assert_edits_are_safe()
        again(scene.world)
        assert scene.world.tree() == wanted
        assert not scene.world.leftovers()
        if scene.act is not uninstall:
            report = scene.world.apply((first if again is apply_first else second)(scene.world.home), "overwrite")
            assert report.all_ok
        scene.assert_edits_are_safe()
        uninstall(scene.world)
        assert set(scene.world.tree()) <= {".profile"}, "something of ours is not in the state"
        scene.assert_edits_are_safe()
    assert kills > 40


@pytest.mark.parametrize("fault", [faults.interrupt, faults.full])
def test_failed_before_any_write(scene: Scene, fault: faults.Fault) -> None:
    failed = 0
    for ended in faults.every(lambda: scene.act(scene.world), fault, scene.put_up):
        done = scene.world.tree() == scene.after
        if not ended.error:
            assert done
        else:
            assert ended.error == ("KeyboardInterrupt" if fault is faults.interrupt else "InstallerError"), ended.text
            # Once the state says that it is done, nothing is undone any more.
            assert scene.world.tree() == scene.before or (done and fault is faults.interrupt)
            failed += not done
        assert not scene.world.leftovers()
        scene.assert_edits_are_safe()
        scene.act(scene.world)
        scene.assert_nothing_torn()
    assert failed > 20


def test_restart_is_still_owed_after_a_kill(memory: Path) -> None:
    scene = Scene(memory, *SCENES["second apply"])
    for _ in faults.every(lambda: scene.act(scene.world), faults.kill, scene.put_up):
        restarted: list[str] = []
        world = World(scene.stage, restarts={"thing": lambda told=restarted: told.append("once") or "done"})  # type: ignore[misc]
        world.apply(second(world.home), "overwrite")
        assert restarted == ["once"]
        assert not world.recovered().restarts
