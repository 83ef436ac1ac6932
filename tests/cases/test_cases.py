"""Every file in engine/ is a case: a tree, what is wanted first, what a person then does, what is wanted next.

Three laws are checked on each for free: a second apply is all ok and touches nothing, looking touches nothing,
and a rollback brings back the tree as it was.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from cases.world import Report, Tree, World, resource, tree, umask
from installer.engine.system import DryRunSystem
from installer.errors import InstallerError

CASES = sorted((Path(__file__).parent / "engine").glob("*.yaml"))
KEYS = {"title", "before", "first", "edits", "second", "on_conflict", "expect"}


@pytest.fixture(params=[0o022, 0o077], ids=["umask022", "umask077"])
def mask(request: pytest.FixtureRequest) -> Iterator[int]:
    with umask(request.param):
        yield request.param


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    yield World(tmp_path)
    for line in Path("/proc/mounts").read_text().splitlines():
        point = line.split()[1].encode().decode("unicode_escape").encode("latin-1").decode()
        if point.startswith(f"{tmp_path}/"):
            subprocess.run(["umount", point], check=True)


def build(home: Path, wanted: Mapping[str, Any]) -> None:
    for name, value in wanted.items():
        path = home / name.rstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir(exist_ok=True)
            path.chmod(int(value or "755", 8))
        elif isinstance(value, Mapping) and "link" in value:
            path.symlink_to(value["link"])
        else:
            given = value if isinstance(value, Mapping) else {"text": value}
            path.write_bytes(given["text"].encode())
            path.chmod(int(given.get("mode", "644"), 8))


def expected(wanted: Mapping[str, Any], mask: int) -> Tree:
    """The tree a case expects; a folder without a mode has the one that the umask gives."""
    found: Tree = {}
    for name, value in wanted.items():
        if name.endswith("/"):
            found[name.rstrip("/")] = ("folder", int(value, 8) if value else 0o777 & ~mask, b"")
        elif isinstance(value, Mapping) and "link" in value:
            found[name] = ("link", 0o777, value["link"].encode())
        else:
            given = value if isinstance(value, Mapping) else {"text": value}
            found[name] = ("file", int(given.get("mode", "644"), 8), given["text"].encode())
    return found


def edit(home: Path, change: Mapping[str, Any]) -> None:
    (verb, name), *_ = change.items()
    path = home / name
    match verb:
        case "write":
            path.write_bytes(change["text"].encode())
        case "remove":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        case "move":
            path.rename(home / change["to"])
        case "link":
            path.symlink_to(change["to"])
        case "folder":
            path.mkdir()
        case "chmod":
            path.chmod(int(change["mode"], 8))
        case "unwritable" if os.geteuid() == 0:
            # For root no mode makes a folder unwritable; a read-only mount does.
            subprocess.run(["mount", "--bind", path, path], check=True)
            subprocess.run(["mount", "-o", "remount,ro,bind", path], check=True)
        case "unwritable":
            path.chmod(0o555)
        case _:
            raise ValueError(f"unknown edit {verb}")


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case(file: Path, world: World, mask: int) -> None:
    case = yaml.safe_load(file.read_text())
    assert set(case) <= KEYS
    build(world.home, case.get("before", {}))
    wanted = {name: [resource(world.home, each) for each in case.get(name, [])] for name in ("first", "second")}
    if wanted["first"]:
        assert world.apply(wanted["first"]).outcome.exit_code == 0
    for each in case.get("edits", []):
        edit(world.home, each)
    before, now = world.tree(), tree(world.root, times=True)
    looking = World(world.root, system=DryRunSystem())
    plan = looking.plan(wanted["second"], looking.store.load().state)
    assert tree(world.root, times=True) == now, "looking changed something"

    expect = case["expect"]
    policy = case.get("on_conflict", "keep")
    report = world.attempt(wanted["second"], policy)
    if isinstance(report, InstallerError):
        assert report.exit_code == expect["exit"]
        assert expect["error"] in report.message
        assert world.tree() == before, "a run that failed changed something"
        assert not world.leftovers()
        return
    assert report.outcome.exit_code == expect["exit"]
    assert "error" not in expect
    assert {name: status for name, status in report.statuses.items() if status != "ok"} == expect.get("statuses", {})
    assert world.tree() == expected(expect["tree"], mask)
    assert plan.acts or not report.outcome.changed
    assert [each.encode() for each in expect.get("backups", [])] == [
        each for each in world.backups() if b"mine" in each
    ]
    _assert_laws(world, wanted["second"], policy, before, report)


def _assert_laws(world: World, wanted: Any, policy: str, before: Tree, report: Report) -> None:
    now = tree(world.root, times=True)
    again = world.apply(wanted, policy)
    assert again.all_ok
    assert again.outcome.exit_code == report.outcome.exit_code
    assert tree(world.root, times=True) == now, "the second run touched something"
    assert not world.leftovers()
    if report.outcome.changed:
        assert world.rollback().outcome.exit_code == 0
        assert world.tree() == before, "the rollback brought something else"
        assert not world.leftovers()
