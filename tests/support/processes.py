"""Processes that end with the test that started them, and waits that end."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


@contextmanager
def running(
    command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the command as a process group of its own, with its output in the file log, until the block ends."""
    with (
        log.open("ab") as output,
        subprocess.Popen(
            bound([str(word) for word in command]),
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            kill_group(process)


def bound(command: list[str]) -> list[str]:
    """Return the command so that it also ends when the test run itself is killed, where the system can do that."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--", *command] if setpriv else command


def kill_group(process: subprocess.Popen[Any]) -> None:
    """Kill the process and all that it started, at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)


def free_port() -> int:
    """Return a loopback port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(read: Callable[[], T | None], what: str, *, seconds: float = 20) -> T:
    """Return the first true value that read gives; raise TimeoutError naming what was awaited."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := read():
            return value
        time.sleep(0.05)
    raise TimeoutError(f"{what}: not seen within {seconds} s")
