"""The program itself, by the wheel that a release would have and from a checkout."""

import json
import subprocess
from pathlib import Path

import pytest

from install.artefacts import build, copy_checkout
from install.door import Machine, refused, succeeded
from install.standin import VERSION

# What the program does with a home is other tests' business; these only ask what is installed.
ASK = ["--", "profiles", "--json"]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of this checkout, in a folder with a space."""
    return copy_checkout(tmp_path_factory.mktemp("real") / "my checkout")


def files(folder: Path) -> dict[str, bytes]:
    """Return what stands in the folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def version(machine: Machine) -> str:
    """Return what the installed program says of itself."""
    command = [str(machine.bin / "opencode-unattended"), "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=machine.variables()).stdout


def test_checkout(machine: Machine, checkout: Path) -> None:
    """From a checkout: it stays as it is, and a change of any file arrives by the next run."""
    before = files(checkout)
    result = machine.run(*ASK, script=checkout / "install.sh")
    assert "from the checkout" in succeeded(result)
    assert json.loads(result.stdout)["exit_code"] == 0
    assert VERSION in version(machine)
    assert files(checkout) == before

    source = checkout / "installer/__init__.py"
    source.write_text(source.read_text().replace(VERSION, "9.9.9"))
    succeeded(machine.run(*ASK, script=checkout / "install.sh"))
    assert "9.9.9" in version(machine)


@pytest.mark.parametrize("maker", ["uv", "venv"])
def test_wheel(bare: Machine, tmp_path: Path, maker: str) -> None:
    """From the wheel: without a terminal and --yes the program says itself that nobody can be asked, exit 2."""
    bare.add_python()
    if maker == "uv":
        bare.add_bench("uv")
    wheel, _ = build(copy_checkout(tmp_path / "checkout"), tmp_path / "dist")
    refused(bare.run("--from", wheel), 2, f"by {maker} ", "type: installer", "--yes")
    assert VERSION in version(bare)
    before = bare.run("--uninstall")
    succeeded(before)
    assert not bare.environments()
