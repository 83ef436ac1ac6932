"""Whatever stops it, the commands that worked before still work, and the next run finds no trace."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from install.door import SCRIPT, Machine, bench_command, refused, succeeded
from install.standin import VERSION, build_wheel

# The commands by which install.sh changes anything.
EFFECTS = ["ln", "mkdir", "mktemp", "mv", "rm", "rmdir", "uv"]


def version(machine: Machine) -> str:
    """Return what the installed command says of itself."""
    command = [str(machine.bin / "opencode-unattended"), "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=machine.variables()).stdout.strip()


def start(machine: Machine, *arguments: str | Path) -> "subprocess.Popen[str]":
    """Start install.sh in a session of its own and leave it running."""
    return subprocess.Popen(
        ["/bin/sh", str(SCRIPT), *map(str, arguments)],
        env=machine.variables(),
        cwd=machine.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for(path: Path) -> None:
    """Wait until the file is there, 20 s at most."""
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, path
        time.sleep(0.02)


def slow_uv(machine: Machine) -> Path:
    """Let uv say that it has started and take its time; return the file that appears then."""
    started = machine.root / "started"
    machine.add("sleep")
    machine.add_script("uv", f'echo >"{started}"; sleep 20; exec "{bench_command("uv")}" "$@"')
    return started


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ("does not start", "does not start"),
        ("missing dependency", "no-such-package"),
        ("not a wheel", "could not install"),
    ],
)
def test_failed_upgrade(machine: Machine, wheel: Path, fault: str, word: str) -> None:
    """A failed upgrade says so and leaves the old version untouched and working."""
    succeeded(machine.run("--from", wheel))
    version(machine)
    before = machine.tree()
    newer = build_wheel(
        wheel.parent,
        version="0.2.0",
        start=1 if fault == "does not start" else 0,
        requires=("opencode-unattended-no-such-package",) if fault == "missing dependency" else (),
    )
    if fault == "not a wheel":
        newer.write_bytes(newer.read_bytes()[:500])
    result = machine.run("--from", newer, extra={"UV_OFFLINE": "1"})
    refused(result, 1, word, "what was installed before stays and works")
    assert machine.tree() == before
    assert version(machine) == f"opencode-unattended {VERSION}"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["INT", "TERM", "HUP"]
)
@pytest.mark.parametrize("installed", [False, True], ids=["first", "upgrade"])
def test_signal(machine: Machine, wheel: Path, number: signal.Signals, code: int, installed: bool) -> None:
    """Ctrl-C and its kin while packages are being installed: all of it is taken back."""
    if installed:
        succeeded(machine.run("--from", wheel))
    before = machine.tree()
    started = slow_uv(machine)
    process = start(machine, "--from", wheel)
    wait_for(started)
    os.killpg(process.pid, number)
    assert process.wait(timeout=20) == code
    assert machine.tree() == before


@pytest.mark.parametrize("installed", [False, True], ids=["first", "upgrade"])
def test_killed_between_any_two_effects(machine: Machine, wheel: Path, installed: bool) -> None:
    """SIGKILL before each command that changes something: never a torn command, and the next run leaves no trace.

    Only a folder that was made just before the kill, and is empty, may be left: nobody could note it down in time.
    """
    clean = machine.tree()
    newer = build_wheel(wheel.parent, version="0.2.0")
    count = machine.root / "count"
    for name in EFFECTS:
        real = bench_command("uv") if name == "uv" else (machine.tools / name).resolve()
        machine.add_script(
            name,
            f"""n=$(($(cat "{count}") + 1)); echo $n >"{count}"
            [ $n != "$KILL_AT" ] || kill -9 0
            exec "{real}" "$@" """,
        )
    count.write_text("0")
    if installed:
        succeeded(machine.run("--from", wheel))
    before = machine.root / "before"
    shutil.copytree(machine.home, before, symlinks=True)
    for at in range(1, 60):
        count.write_text("0")
        result = machine.run("--from", newer, extra={"KILL_AT": str(at)})
        if result.returncode == 0:
            break
        assert result.returncode == -signal.SIGKILL
        if installed:
            assert version(machine) in (f"opencode-unattended {VERSION}", "opencode-unattended 0.2.0")
        elif (machine.bin / "opencode-unattended").exists():
            assert version(machine) == "opencode-unattended 0.2.0"
        if at % 2:
            succeeded(machine.run("--from", newer))
            assert len(machine.environments()) == 1
            assert {path.name for path in machine.data.iterdir()} - {"folders"} == {machine.environments()[0].name}
            assert sorted(path.name for path in machine.bin.iterdir()) == ["installer", "opencode-unattended"]
        succeeded(machine.run("--uninstall"))
        assert set(machine.tree()) - set(clean) <= {".local", ".local/share", ".local/bin"}
        shutil.rmtree(machine.home)
        shutil.copytree(before, machine.home, symlinks=True)
    assert 10 < at < 59


def test_two_at_once(machine: Machine, wheel: Path) -> None:
    """The second of two runs says that the first is at work and leaves it alone."""
    started = slow_uv(machine)
    first = start(machine, "--from", wheel)
    try:
        wait_for(started)
        during = machine.tree()
        for arguments in (["--from", str(wheel)], ["--uninstall"]):
            refused(machine.run(*arguments), 5, f"process {first.pid}")
        assert machine.tree() == during
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()


def test_lock_of_a_dead_run(machine: Machine, wheel: Path) -> None:
    """A lock whose holder is gone is taken over."""
    machine.data.mkdir(parents=True)
    gone = subprocess.Popen(["true"])
    gone.wait()
    (machine.data / "lock").symlink_to(str(gone.pid))
    succeeded(machine.run("--from", wheel))
    assert not (machine.data / "lock").is_symlink()
