"""What every role may know of the machine; read-only, each fact read once and only when asked for."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from pathlib import Path

from installer.engine.system import RealSystem

COMMAND_SECONDS = 5.0
"""How long a command that answers a question about the machine may take."""


class Machine:
    """The facts that belong to no role."""

    def __init__(self, system: RealSystem, platform: str = sys.platform) -> None:
        self.system = system
        self.platform = platform

    @cached_property
    def os(self) -> str:
        """`linux`, `wsl`, `macos`, or the platform's own name where it is none of these."""
        if self.platform == "darwin":
            return "macos"
        if self.platform.startswith("linux"):
            # WSL says so in its kernel release: https://github.com/microsoft/WSL/issues/423
            release = self.system.look(Path("/proc/sys/kernel/osrelease")).content.decode(errors="replace").lower()
            return "wsl" if "microsoft" in release else "linux"
        return self.platform

    @cached_property
    def home(self) -> Path:
        """The home folder: HOME, else the passwd entry."""
        return Path(self.system.environ.get("HOME") or self._passwd_home)

    @cached_property
    def _passwd_home(self) -> str:
        import pwd

        try:
            return pwd.getpwuid(os.geteuid()).pw_dir
        except KeyError:
            return "/"

    @cached_property
    def user(self) -> str:
        """The effective user's name, or its number where it has none."""
        import pwd

        try:
            return pwd.getpwuid(os.geteuid()).pw_name
        except KeyError:
            return str(os.geteuid())

    @cached_property
    def home_differs(self) -> bool:
        """Whether HOME is not the home of the effective user in passwd."""
        return str(self.home) != self._passwd_home

    @cached_property
    def borrowed_home(self) -> bool:
        """Whether this is sudo with another user's HOME, where our files would end up owned by the wrong user."""
        return "SUDO_UID" in self.system.environ and self.system.owner(self.home) not in (None, os.geteuid())

    @cached_property
    def config_home(self) -> Path:
        """`$XDG_CONFIG_HOME`, else `~/.config`, on macOS too: opencode looks there."""
        return Path(self.system.environ.get("XDG_CONFIG_HOME") or self.home / ".config")

    @cached_property
    def tty(self) -> bool:
        """Whether a person can be asked: standard input and output are terminals."""
        return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()

    @cached_property
    def locale(self) -> str:
        """The language of messages as the environment names it, '' for none."""
        environ = self.system.environ
        return environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""

    @cached_property
    def proxies(self) -> dict[str, str]:
        """The proxy variables that are set, by lower-case name."""
        names = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
        environ = self.system.environ
        found = {name: environ.get(name) or environ.get(name.upper()) or "" for name in names}
        return {name: value for name, value in found.items() if value}

    def describe(self) -> dict[str, object]:
        """Return the facts as they help whoever reads a report."""
        return {
            "os": self.os,
            "user": self.user,
            "home": str(self.home),
            "home_differs_from_passwd": self.home_differs,
            "tty": self.tty,
            "locale": self.locale,
            "proxies": self.proxies,
        }
