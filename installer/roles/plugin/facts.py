"""What the plugin role must know of the machine: opencode, its folders, and who shows desktop notifications."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

from installer import package
from installer.engine.facts import COMMAND_SECONDS, Machine
from installer.engine.role import Places

# opencode loads every one of these in both folders of its config folder, dot-files and links too (seen on 1.18.33).
PLUGIN_FOLDERS = ("plugin", "plugins")
PLUGIN_ENDINGS = (".ts", ".js")
MODULES_FOLDER = "unattended"


class PluginFacts:
    """Facts about opencode and this desktop; what needs a program to be started is asked only by checks."""

    def __init__(self, machine: Machine, places: Places) -> None:
        self.machine = machine
        self.state_folder = places.state

    @cached_property
    def config_folder(self) -> Path:
        """opencode's own config folder."""
        return self.machine.config_home / "opencode"

    @cached_property
    def opencode(self) -> Path | None:
        """Where opencode is; its own installer puts it into a folder that a fresh shell has not on PATH."""
        found = self.machine.system.which("opencode")
        usual = self.machine.home / ".opencode" / "bin" / "opencode"
        if found is None and self.machine.system.look(usual).kind != "absent":
            return usual
        return found

    @cached_property
    def opencode_version(self) -> tuple[int, int, int] | None:
        """opencode's version, asked of the program: `1.18.33`, or `opencode v2.3.1` from 2.x on."""
        if self.opencode is None:
            return None
        answer = self.machine.system.run([str(self.opencode), "--version"], COMMAND_SECONDS)
        match = re.search(r"(\d+)\.(\d+)\.(\d+)", answer.stdout)
        return (int(match[1]), int(match[2]), int(match[3])) if match else None

    @cached_property
    def runtimes(self) -> dict[str, Path]:
        """Where node and bun are; the plugin needs neither, opencode brings its own."""
        found = {name: self.machine.system.which(name) for name in ("node", "bun")}
        return {name: path for name, path in found.items() if path}

    @cached_property
    def notifier(self) -> str:
        """The program that shows desktop notifications here: it may be missing."""
        return {"macos": "osascript", "wsl": "powershell.exe"}.get(self.machine.os, "notify-send")

    @cached_property
    def notifier_path(self) -> Path | None:
        """Where that program is."""
        return self.machine.system.which(self.notifier)

    @cached_property
    def has_bus(self) -> bool:
        """Whether a desktop session can be reached; only Linux desktops need a bus for notifications."""
        if self.notifier != "notify-send":
            return True
        environ = self.machine.system.environ
        runtime = environ.get("XDG_RUNTIME_DIR")
        socket = Path(runtime, "bus") if runtime else None
        return bool(environ.get("DBUS_SESSION_BUS_ADDRESS")) or (
            socket is not None and self.machine.system.look(socket).kind == "other"
        )

    def describe(self) -> dict[str, object]:
        """Return the facts as they help whoever reads a report; opencode's version only where it was asked already."""
        version = self.__dict__.get("opencode_version")
        return {
            "opencode": str(self.opencode) if self.opencode else None,
            "opencode_version": ".".join(str(each) for each in version) if version else None,
            "config_folder": str(self.config_folder),
            "notifier": self.notifier,
            "notifier_path": str(self.notifier_path) if self.notifier_path else None,
            "desktop_session": self.has_bus,
            "runtimes": {name: str(path) for name, path in self.runtimes.items()},
            "other_plugins": [str(each) for each in self.other_plugins],
        }

    @cached_property
    def sources(self) -> dict[str, bytes]:
        """The plugin's files as they ship, by their path below opencode's config folder."""
        root = package.folder("templates") / "notify"
        return {
            f"{folder}/{name}": (root / folder / name).read_bytes()
            for folder in ("plugin", MODULES_FOLDER)
            for name in self.machine.system.names(root / folder)
            if name.endswith(".ts")
        }

    @cached_property
    def other_copies(self) -> list[Path]:
        """Further files that opencode would load and that start our modules, so that everything would be told twice."""
        entry = self.config_folder / "plugin" / "notify.ts"
        ours = self.sources.get("plugin/notify.ts", b"")
        mark = f"../{MODULES_FOLDER}/".encode()
        copies = []
        for folder in PLUGIN_FOLDERS:
            for name in self.machine.system.names(self.config_folder / folder):
                path = self.config_folder / folder / name
                if path == entry or not name.endswith(PLUGIN_ENDINGS):
                    continue
                content = self.machine.system.look_through(path).content
                if content == ours or mark in content:
                    copies.append(path)
        return copies

    @cached_property
    def other_plugins(self) -> list[Path]:
        """The user's own plugins in opencode's folders."""
        entry = self.config_folder / "plugin" / "notify.ts"
        return [
            self.config_folder / folder / name
            for folder in PLUGIN_FOLDERS
            for name in self.machine.system.names(self.config_folder / folder)
            if name.endswith(PLUGIN_ENDINGS) and (self.config_folder / folder / name) not in [entry, *self.other_copies]
        ]
