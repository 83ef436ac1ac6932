"""The program itself in a home of its own: interrupted, twice at once, and with a state that is no good."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cases.world import tree
from installer.engine.store import Store
from installer.engine.system import RealSystem

ROOT = Path(__file__).parents[2]


class Home:
    """An empty home and the program run in it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ann ทดสอบ"
        self.path.mkdir()
        self.state = self.path / ".local/state/opencode-unattended/state"

    def start(self, *arguments: str, python: list[str] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *(python or ["-m", "installer"]), *arguments],
            cwd=ROOT,
            env={"HOME": str(self.path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        process = self.start(*arguments)
        output = process.communicate(timeout=60)[0]
        assert "Traceback" not in output
        assert "this is a bug" not in output
        return process.returncode, output

    def apply(self, *arguments: str) -> tuple[int, str]:
        return self.run("apply", "desktop", "--yes", "--skip", "verify", *arguments)

    def tree(self, *, times: bool = False) -> dict[str, Any]:
        return tree(self.path, times=times)


@pytest.fixture
def home(memory: Path) -> Home:
    return Home(memory)


@pytest.fixture
def applied(home: Home) -> Home:
    assert home.apply()[0] == 0
    return home


def test_purge_leaves_an_empty_home(applied: Home) -> None:
    assert applied.tree()
    assert applied.run("uninstall", "--purge", "--yes")[0] == 0
    assert applied.tree() == {}


def test_a_second_run_changes_nothing_at_all(applied: Home) -> None:
    before = applied.tree(times=True)
    assert applied.apply()[0] == 0
    assert applied.run("plan")[0] == 0
    assert applied.run("status")[0] == 0
    assert applied.tree(times=True) == before


def test_plan_in_an_empty_home_creates_nothing(home: Home) -> None:
    assert home.run("plan", "desktop")[0] == 3
    assert home.tree() == {}


# Stops before the N-th file takes its place, as long as it takes somebody to press Ctrl-C.
SLOW = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what a script starts in the background
from installer.engine.system import RealSystem
rename, left = RealSystem.rename, [{at}]
def slow(self, source, destination):
    left[0] -= 1
    if left[0] == 0:
        print("now", flush=True)
        time.sleep(30)
    rename(self, source, destination)
RealSystem.rename = slow
from installer.cli import main
sys.exit(main())
"""


@pytest.mark.parametrize("at", [1, 2, 12, 26])
def test_ctrl_c_undoes_what_had_begun(home: Home, at: int) -> None:
    # 1: the journal; 2 and 12: files; 26: the state, after the last file.
    arguments = ["apply", "desktop", "--yes", "--skip", "verify"]
    process = home.start(*arguments, python=["-c", SLOW.format(at=at)])
    assert process.stdout is not None
    assert any(line == "now\n" for line in process.stdout)
    process.send_signal(signal.SIGINT)
    output = process.communicate(timeout=30)[0]
    assert process.returncode == 130, output
    assert "Traceback" not in output
    assert home.tree() == {}
    assert home.apply()[0] == 0
    assert "changed=0" in home.apply()[1]


def test_the_second_of_two_runs_is_refused_and_changes_nothing(applied: Home) -> None:
    (applied.path / ".config/opencode/plugin/notify.ts").unlink()
    before = applied.tree(times=True)
    with (applied.state / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for arguments in (["apply", "desktop", "--yes"], ["rollback", "--yes"], ["uninstall", "--yes"]):
            code, output = applied.run(*arguments)
            assert code == 5
            assert "--wait" in output
        code, output = applied.run("apply", "desktop", "--yes", "--json")
        assert code == 5
        assert json.loads(output)["errors"][0]["code"] == "locked"
    assert applied.tree(times=True) == before


def test_with_wait_the_second_run_waits_for_the_first(applied: Home) -> None:
    with (applied.state / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = applied.start("apply", "desktop", "--yes", "--skip", "verify", "--wait")
        time.sleep(1)
        assert process.poll() is None
    assert process.communicate(timeout=30)[0]
    assert process.returncode == 0


def test_two_first_runs_at_once_both_end_well(home: Home) -> None:
    arguments = ["apply", "desktop", "--yes", "--skip", "verify", "--wait"]
    both = [home.start(*arguments) for _ in range(2)]
    for each in both:
        output = each.communicate(timeout=60)[0]
        assert each.returncode == 0, output
    assert "changed=0" in home.apply()[1]


def test_a_state_from_a_newer_version_is_said_and_left(applied: Home) -> None:
    file = applied.state / "state.json"
    file.write_text(json.dumps({"format": 99, "whatever": []}))
    before = applied.tree()
    for arguments in (
        ["apply", "desktop", "--yes"],
        ["plan"],
        ["status"],
        ["rollback", "--yes"],
        ["uninstall", "--yes"],
    ):
        code, output = applied.run(*arguments)
        assert code == 1
        assert "newer version" in output
        assert "upgrade" in output
    assert applied.tree() == before


@pytest.mark.parametrize("damage", [b"\x00garbage\xff", b'{"format": 1, "last_run": 1, "rec'])
def test_a_damaged_state_is_worked_out_again_and_nothing_is_lost(applied: Home, damage: bytes) -> None:
    records = Store(RealSystem(), applied.state).load().state.records
    edited = applied.path / ".config/opencode/plugin/notify.ts"
    edited.write_text("mine\n")
    (applied.state / "state.json").write_bytes(damage)
    looked = applied.tree(times=True)
    for verb in ("status", "plan"):
        code, output = applied.run(verb)
        assert code in (0, 4)
        assert "damaged" in output
    assert applied.tree(times=True) == looked
    code, output = applied.apply()
    assert code == 4
    assert "state.json.damaged" in output
    assert edited.read_text() == "mine\n"
    now = Store(RealSystem(), applied.state).load().state.records
    assert {key: each for key, each in records.items() if key != str(edited)} == now
    assert applied.apply("--on-conflict", "overwrite")[0] == 0
    assert any(path.read_text() == "mine\n" for path in applied.state.glob("runs/*/backup/*"))
    assert applied.run("uninstall", "--purge", "--yes")[0] == 0
    assert applied.tree() == {}


def test_umask_and_modes(memory: Path) -> None:
    for mask in (0o022, 0o077):
        (memory / str(mask)).mkdir()
        home = Home(memory / str(mask))
        former = os.umask(mask)
        try:
            assert home.apply()[0] == 0
        finally:
            os.umask(former)
        config = home.path / ".config"
        assert (config / "opencode/unattended/notify.json").stat().st_mode & 0o777 == 0o600
        assert (config / "opencode-unattended").stat().st_mode & 0o777 == 0o700
        assert (config / "opencode-unattended/config.yaml").stat().st_mode & 0o777 == 0o600
        assert (config / "opencode").stat().st_mode & 0o777 == 0o777 & ~mask
        assert home.state.stat().st_mode & 0o777 == 0o700
