"""The machine and the wheel that tests of install.sh share."""

from pathlib import Path

import pytest

from install.door import Machine
from install.standin import build_wheel


@pytest.fixture
def bare(tmp_path: Path) -> Machine:
    """Return a machine with neither Python nor uv nor pipx; its home has a space and Thai letters."""
    return Machine(tmp_path, tmp_path / "home" / "ann สมหญิง")


@pytest.fixture
def machine(bare: Machine) -> Machine:
    """Return a machine with Python and uv."""
    bare.add_python()
    bare.add_bench("uv")
    return bare


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """Return a wheel that installs in no time and says what it was started with."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    return build_wheel(folder)
