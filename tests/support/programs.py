"""Paths of the real programs that tests run; a missing one skips the test and says what brings it."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTBENCH = ROOT / ".testbench"


def opencode() -> Path:
    """Return the pinned opencode binary."""
    found = sorted(TESTBENCH.glob("node_modules/opencode-*/bin/opencode"))
    if not found:
        pytest.skip("opencode is missing; bring it: sh tests/run (npm packages of tests/package.json)")
    return found[0]


def bun() -> tuple[list[str], dict[str, str]]:
    """Return the command and the environment additions of bun as embedded in opencode: what plugins run on."""
    return [str(opencode())], {"BUN_BE_BUN": "1"}


def ntfy() -> Path:
    """Return the real ntfy server."""
    return _bench(TESTBENCH / "ntfy" / "ntfy", "ntfy")


def tsc() -> Path:
    """Return the TypeScript compiler."""
    return _bench(TESTBENCH / "node_modules" / ".bin" / "tsc", "tsc")


def debian(command: str, package: str) -> Path:
    """Return a command that the Debian package brings."""
    found = shutil.which(command, path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")
    if found is None:
        pytest.skip(f"{command} is missing; bring it: sudo apt-get install {package}")
    return Path(found)


def _bench(path: Path, name: str) -> Path:
    if not path.exists():
        pytest.skip(f"{name} is missing; bring it: sh tests/run")
    return path
