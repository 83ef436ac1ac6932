"""A child process in which the n-th system call that writes is the last one, or fails."""

import errno
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

# https://docs.python.org/3.11/library/audit_events.html
_WRITES = {"os.mkdir", "os.chmod", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.truncate"}


Fault = Callable[[str], object]
"""Given the name of the call that is about to write."""


@dataclass(frozen=True)
class Ended:
    """How a child ended: killed, with an error, or with nothing at all."""

    killed: bool
    error: str = ""
    text: str = ""


def kill(_: str) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def interrupt(_: str) -> NoReturn:
    raise KeyboardInterrupt


def full(event: str) -> None:
    """A full disk refuses what needs room, even a new name in a folder."""
    if event in ("open", "os.fsync", "os.mkdir", "os.symlink", "os.rename"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def run(work: Callable[[], object], fault: Fault, at: int) -> Ended | None:
    """Do the work in a child whose write number `at` meets the fault; None if there were fewer writes."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _in_child(work, fault, at, writer)
    os.close(writer)
    with open(reader, "rb") as pipe:
        told = pipe.read()
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return Ended(True)
    reached, *error = json.loads(told)
    return Ended(False, *error) if reached else None


def every(work: Callable[[], object], fault: Fault, prepare: Callable[[], object]) -> Iterator[Ended]:
    """Prepare anew and do the work with the fault at its first, second, … write, until it has no more of them."""
    at = 0
    while True:
        prepare()
        ended = run(work, fault, at)
        if ended is None:
            assert at > 5, "the work has hardly any writes: the fault is not where it should be"
            return
        yield ended
        at += 1


def _in_child(work: Callable[[], object], fault: Fault, at: int, writer: int) -> NoReturn:
    sys.dont_write_bytecode = True
    count = -1
    error: list[str] = []

    def write(event: str) -> None:
        nonlocal count
        count += 1
        if count == at:
            fault(event)

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _WRITES or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
            if event == "open" and Path(str(arguments[0])).name == "lock":
                return
            write(event)

    os.fsync = lambda fd: write("os.fsync")
    sys.addaudithook(audit)
    try:
        work()
    except BaseException as raised:
        error = [type(raised).__name__, str(raised)]
    os.write(writer, json.dumps([count >= at, *error]).encode())
    os._exit(0)
