"""The program as people run it: a process of its own, with a home of its own and no opencode on PATH."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.programs import ROOT

COMMAND = (sys.executable, "-m", "installer")


@dataclass(frozen=True)
class Done:
    """A finished call."""

    code: int
    out: str
    err: str

    @property
    def envelope(self) -> dict[str, Any]:
        """What `--json` printed, which is all that it may print."""
        data: dict[str, Any] = json.loads(self.out)
        return data

    @property
    def text(self) -> str:
        """Everything a person saw."""
        return self.out + self.err


@dataclass
class Program:
    """The program in one home."""

    home: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of every call; `more` adds to it."""
        return {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **self.more}

    @property
    def config(self) -> Path:
        """The folder of answers, secrets and own profiles."""
        return self.home / ".config" / "opencode-unattended"

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.home / ".local" / "state" / "opencode-unattended" / "state"

    @property
    def settings(self) -> dict[str, Any]:
        """What the plugin reads."""
        data: dict[str, Any] = json.loads((self.home / ".config/opencode/unattended/notify.json").read_text())
        return data

    def profile(self, name: str, text: str, mode: int = 0o600) -> Path:
        """Put a profile of the user's own into its place."""
        path = self.config / "profiles" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def run(
        self, *arguments: str | Path, environ: Mapping[str, str] | None = None, stdin: str = "", **popen: Any
    ) -> Done:
        """Run it to its end; a traceback is never an answer."""
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            env={**self.environ, **(environ or {})},
            cwd=popen.pop("cwd", self.home),
            input=stdin.encode(),
            capture_output=True,
            timeout=60,
            check=False,
            **popen,
        )
        found = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in found.text, found.text
        assert "this is a bug" not in found.text, found.text
        return found

    def tree(self) -> dict[str, tuple[int, bytes, int]]:
        """Return mode, content and time of change of everything in the home."""
        found = {}
        for folder, folders, files in os.walk(self.home):
            for each in [*folders, *files]:
                path = Path(folder) / each
                status = path.lstat()
                content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
                found[str(path.relative_to(self.home))] = (status.st_mode, content, status.st_mtime_ns)
        return found
