"""A machine for install.sh: a home folder and a PATH that holds what the test put there and nothing else."""

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from support.programs import ROOT

SCRIPT = ROOT / "install.sh"
# The commands that install.sh may count on, beside a Python and a downloader.
TOOLS = (
    "cat",
    "cut",
    "dirname",
    "env",
    "getent",
    "grep",
    "id",
    "ln",
    "ls",
    "mkdir",
    "mktemp",
    "mv",
    "printf",
    "readlink",
    "rm",
    "rmdir",
    "sed",
    "sh",
    "tail",
    "tr",
    "uname",
)
# Where packages come from is the machine's own affair: a mirror, a proxy, certificates.
KEPT = ("PIP_", "UV_", "SSL_CERT", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
PYTHON = Path(sys.executable).resolve()


def bench_command(name: str) -> Path:
    """Return a command of the test bench's Python environment."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{ROOT / '.testbench/venv/bin'}")
    if found is None:
        pytest.skip(f"{name} is missing; bring it: sh tests/run (tests/requirements.txt)")
    return Path(found)


@dataclass
class Machine:
    """A user's machine, made of a folder."""

    root: Path
    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True)
        self.tools = self.root / "tools"
        self.tools.mkdir()
        self.bin = self.home / ".local/bin"
        self.data = self.home / ".local/share/opencode-unattended"
        self.says = self.root / "says.json"
        self.add(*TOOLS)

    def add(self, *names: str) -> None:
        """Put commands of this machine on PATH."""
        for name in names:
            found = shutil.which(name)
            assert found, name
            (self.tools / name).symlink_to(found)

    def add_script(self, name: str, text: str) -> Path:
        """Put a shell script on PATH."""
        script = self.tools / name
        script.unlink(missing_ok=True)
        script.write_text(f"#!/bin/sh\n{text}\n")
        script.chmod(0o755)
        return script

    def add_python(self) -> None:
        """Put the Python that runs the tests on PATH, by a script: a link would change what it takes for its prefix."""
        self.add_script("python3", f'exec "{PYTHON}" "$@"')

    def add_bench(self, name: str) -> None:
        """Put uv or pipx on PATH."""
        self.add_script(name, f'exec "{bench_command(name)}" "$@"')

    def variables(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the whole environment of a run."""
        kept = {name: value for name, value in os.environ.items() if name.startswith(KEPT)}
        caches = {"UV_CACHE_DIR": str(self.root / "uv-cache"), "PIP_CACHE_DIR": str(self.root / "pip-cache")}
        own = {"HOME": str(self.home), "PATH": str(self.tools), "STANDIN_SAYS": str(self.says), "LC_ALL": "C.UTF-8"}
        return kept | caches | own | self.environment | dict(extra or {})

    def run(
        self,
        *arguments: str | Path,
        shell: Sequence[str] = ("/bin/sh",),
        script: Path = SCRIPT,
        extra: Mapping[str, str] | None = None,
        piped: bool = False,
        stdin: str = "",
        cwd: Path | None = None,
        umask: int = 0o022,
    ) -> "subprocess.CompletedProcess[str]":
        """Run install.sh without a terminal; piped: the script comes by stdin."""
        words = [str(argument) for argument in arguments]
        command = [*shell, "-s", "--", *words] if piped else [*shell, str(script), *words]
        return subprocess.run(
            command,
            input=script.read_text() if piped else stdin,
            env=self.variables(extra),
            cwd=cwd or self.root,
            umask=umask,
            capture_output=True,
            text=True,
            timeout=240,
            start_new_session=True,
        )

    def heard(self) -> dict[str, Any]:
        """Return what the installed stand-in was started with, once."""
        said: dict[str, Any] = json.loads(self.says.read_text())
        self.says.unlink()
        return said

    def environments(self) -> list[Path]:
        """Return the environments that exist."""
        return sorted(self.data.glob("env-*"))

    def tree(self) -> dict[str, tuple[str, str]]:
        """Return what stands in the home folder: mode and content of each path."""
        return {str(path.relative_to(self.home)): _entry(path) for path in sorted(self.home.rglob("*"))}


def _entry(path: Path) -> tuple[str, str]:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return "link", os.readlink(path)
    if stat.S_ISDIR(mode):
        return stat.filemode(mode), ""
    return stat.filemode(mode), hashlib.sha256(path.read_bytes()).hexdigest()


def succeeded(result: "subprocess.CompletedProcess[str]") -> str:
    """Return what a run that must have succeeded said on stderr."""
    assert result.returncode == 0, result.stderr
    return result.stderr


def refused(result: "subprocess.CompletedProcess[str]", code: int, *words: str) -> str:
    """Return what a run said that must have ended with this code and said these words."""
    assert result.returncode == code, (result.returncode, result.stderr)
    for word in words:
        assert word in result.stderr, result.stderr
    return result.stderr
