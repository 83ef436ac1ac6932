import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.world import tree, umask
from installer.engine.system import ABSENT, DryRunSystem, Entry, RealSystem, disk_error
from installer.errors import InstallerError

SYSTEM = RealSystem()


def test_what_stands_at_a_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "file").chmod(0o640)
    (tmp_path / "folder").mkdir(0o750)
    (tmp_path / "link").symlink_to("folder")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert SYSTEM.look(tmp_path / "file") == Entry("file", 0o640, b"content")
    assert SYSTEM.look(tmp_path / "folder") == Entry("directory", 0o750)
    assert SYSTEM.look(tmp_path / "link") == Entry("symlink", 0o777, target="folder")
    assert SYSTEM.look_folder(tmp_path / "link") == Entry("directory", 0o750)
    assert SYSTEM.look_folder(tmp_path / "dangling").kind == "symlink"
    assert SYSTEM.look(tmp_path / "pipe") == Entry("other", 0o600)
    assert SYSTEM.look(tmp_path / "nothing") == ABSENT
    assert SYSTEM.look(tmp_path / "file/below") == ABSENT
    with pytest.raises(InstallerError, match="symbolic links"):
        SYSTEM.look(tmp_path / "loop/below")


def test_a_secret_is_private_before_it_has_a_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def watch(descriptor: int, mode: int) -> None:
        seen.append((os.fstat(descriptor).st_mode & 0o777, os.fstat(descriptor).st_size, mode))

    monkeypatch.setattr("os.fchmod", watch)
    with umask(0):
        SYSTEM.write_new(tmp_path / "secret", b"s3cret", 0o600)
    assert seen == [(0o600, 0, 0o600)]


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_modes_do_not_depend_on_the_umask_unless_they_should(tmp_path: Path, mask: int) -> None:
    with umask(mask):
        SYSTEM.write_new(tmp_path / "file", b"", 0o755)
        SYSTEM.make_directory(tmp_path / "folder", 0o775)
        SYSTEM.make_directory(tmp_path / "usual", None)
    modes = {name: shape[1] for name, shape in tree(tmp_path).items()}
    assert modes == {"file": 0o755, "folder": 0o775, "usual": 0o777 & ~mask}


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"mine")
    (tmp_path / "link").symlink_to("elsewhere")
    for name in ("a", "link"):
        with pytest.raises(FileExistsError):
            SYSTEM.write_new(tmp_path / name, b"ours", 0o600)
    assert (tmp_path / "a").read_bytes() == b"mine"
    assert not (tmp_path / "elsewhere").exists()


def test_only_empty_folders_are_removed(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/a").touch()
    (tmp_path / "empty").mkdir()
    assert SYSTEM.remove_directory(tmp_path / "empty")
    assert SYSTEM.remove_directory(tmp_path / "empty")
    assert not SYSTEM.remove_directory(tmp_path / "full")
    with pytest.raises(NotADirectoryError):
        SYSTEM.remove_directory(tmp_path / "full/a")


WRITES: list[Callable[[RealSystem, Path], object]] = [
    lambda system, path: system.make_directory(path / "new", None),
    lambda system, path: system.write_new(path / "new", b"", 0o600),
    lambda system, path: system.link_new(path / "new", "x"),
    lambda system, path: system.rename(path / "a", path / "b"),
    lambda system, path: system.set_mode(path / "a", 0o777),
    lambda system, path: system.remove(path / "a"),
    lambda system, path: system.remove_directory(path / "empty"),
    lambda system, path: system.remove_tree(path),
    lambda system, path: system.run(["touch", str(path / "new")], 1),
    lambda system, path: system.start(["touch", str(path / "new")], path, {}, path / "log"),
]


@pytest.mark.parametrize("write", WRITES, ids=range(len(WRITES)))
def test_a_dry_run_cannot_write_even_by_mistake(tmp_path: Path, write: Callable[[RealSystem, Path], object]) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "empty").mkdir()
    before = tree(tmp_path, times=True)
    with pytest.raises(AssertionError, match="read-only run"):
        write(DryRunSystem(), tmp_path)
    assert tree(tmp_path, times=True) == before


@pytest.mark.parametrize(
    "number", [errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR, errno.EEXIST]
)
def test_every_usual_refusal_of_a_disk_comes_with_a_next_step(number: int) -> None:
    error = disk_error(OSError(number, os.strerror(number), "/home/ann/a"), Path("/elsewhere"))
    assert error.message == f"/home/ann/a: {os.strerror(number)}"
    assert error.hint
