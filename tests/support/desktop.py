"""A desktop without a screen: an X server in memory, a session bus and a real notification daemon."""

import json
import os
import re
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from support import programs
from support.processes import running, wait_for


class Desktop:
    """A session that lives as long as the block; `environment` is what a program needs to show something in it."""

    def __init__(self, folder: Path) -> None:
        self.environment: dict[str, str] = {}
        self._folder = folder
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        xvfb = programs.debian("Xvfb", "xvfb")
        bus = programs.debian("dbus-daemon", "dbus")
        dunst = programs.debian("dunst", "dunst")
        programs.debian("notify-send", "libnotify-bin")
        self._folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            log = self._run(stack, "display", [str(xvfb), "-displayfd", "1", "-screen", "0", "800x600x24"])
            self.environment["DISPLAY"] = ":" + _said(log, r"^\d+")
            log = self._run(stack, "bus", [str(bus), "--session", "--nofork", "--print-address=1"])
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = _said(log, r"^unix:.*")
            config = self._folder / "dunstrc"
            config.touch()
            self._run(stack, "dunst", [str(dunst), "-conf", str(config)])
            wait_for(self._has_daemon, "the notification daemon")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def shown(self) -> list[tuple[str, str]]:
        """Return summary and body of every notification shown so far, oldest first."""
        self._call("dunstctl", "close-all")
        # A line break in a body stands raw in dunst's JSON.
        history: dict[str, Any] = json.loads(self._call("dunstctl", "history").stdout, strict=False)
        # The history is in the order of closing, in which urgent ones come first.
        entries = sorted(history["data"][0], key=lambda each: each["id"]["data"])
        return [(each["summary"]["data"], each["body"]["data"]) for each in entries]

    def _run(self, stack: ExitStack, name: str, command: list[str]) -> Path:
        log = self._folder / f"{name}.log"
        stack.enter_context(running(command, env=self._environment(), cwd=self._folder, log=log))
        return log

    def _has_daemon(self) -> bool:
        # Asking the daemon itself would make the bus start another one.
        question = ["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.Notifications"]
        answer = self._call("dbus-send", "--print-reply", "--dest=org.freedesktop.DBus", "/", *question)
        return "boolean true" in answer.stdout

    def _call(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, env=self._environment(), capture_output=True, text=True, timeout=10, check=False)

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self._folder), "LANG": "C.UTF-8", **self.environment}


def _said(log: Path, pattern: str) -> str:
    """Return the line that a program printed when it was ready."""
    found = wait_for(lambda: re.search(pattern + r"\n", log.read_text(), re.MULTILINE), f"{pattern} in {log.name}")
    return found[0].strip()
