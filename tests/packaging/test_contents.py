"""What is in the wheel and in the sdist: neither more nor less than what the committed lists say."""

import email
import os
import re
import tarfile
import zipfile
from pathlib import Path

import pytest

from install.artefacts import build, copy_checkout

HERE = Path(__file__).parent
RENEW = "RENEW=yes .testbench/venv/bin/python -m pytest tests/packaging"
RUNTIME = ["jinja2", "platformdirs", "pyyaml", "questionary", "requests", "rich", "segno"]


@pytest.fixture(scope="module")
def artefacts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the wheel and the sdist."""
    folder = tmp_path_factory.mktemp("artefacts")
    return build(copy_checkout(folder / "checkout"), folder / "dist")


@pytest.fixture(scope="module")
def wheel_files(artefacts: tuple[Path, Path]) -> list[str]:
    """Return the names in the wheel, without the version."""
    with zipfile.ZipFile(artefacts[0]) as archive:
        names = archive.namelist()
    return sorted(re.sub(r"^opencode_unattended-[^/]+\.dist-info/", "DIST-INFO/", name) for name in names)


@pytest.fixture(scope="module")
def sdist_files(artefacts: tuple[Path, Path]) -> list[str]:
    """Return the names in the sdist, without the version."""
    with tarfile.open(artefacts[1]) as archive:
        return sorted(member.name.partition("/")[2] for member in archive.getmembers() if member.isfile())


def check(names: list[str], committed: str) -> None:
    """Compare the names with the committed list, or write the list where that was asked for."""
    path = HERE / committed
    text = "".join(f"{name}\n" for name in names)
    if os.environ.get("RENEW") == "yes":
        path.write_text(text)
    before = path.read_text().splitlines() if path.exists() else []
    added, gone = sorted(set(names) - set(before)), sorted(set(before) - set(names))
    assert names == before, f"new: {added}, gone: {gone}; if that is meant: {RENEW}"


def test_wheel_files(wheel_files: list[str]) -> None:
    """The wheel holds these files."""
    check(wheel_files, "wheel-files.txt")


def test_sdist_files(sdist_files: list[str]) -> None:
    """The sdist holds these files."""
    check(sdist_files, "sdist-files.txt")


def test_data_ships_in_the_package(wheel_files: list[str]) -> None:
    """Every template and profile of the checkout is inside the wheel's package."""
    root = HERE.parents[1]
    for folder in ("templates", "profiles"):
        names = [path.relative_to(root).as_posix() for path in sorted((root / folder).rglob("*")) if path.is_file()]
        assert names
        assert {f"installer/{name}" for name in names} <= set(wheel_files)


def test_nothing_private_ships(wheel_files: list[str], sdist_files: list[str]) -> None:
    """No test, cache or settings file of a developer is in either."""
    for name in [*wheel_files, *sdist_files]:
        assert not re.search(r"(^|/)(tests|node_modules|__pycache__|\.testbench|\.env|[^/]*\.pyc)(/|$)", name), name


def test_the_sdist_can_install(sdist_files: list[str]) -> None:
    """The sdist is a checkout that install.sh lies in."""
    assert {"install.sh", "pyproject.toml", "README.md", "LICENSE"} <= set(sdist_files)


def test_runtime_dependencies(artefacts: tuple[Path, Path]) -> None:
    """The program needs these distributions when it runs, and no other."""
    with zipfile.ZipFile(artefacts[0]) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = email.message_from_bytes(archive.read(name))
    requirements = metadata.get_all("Requires-Dist") or []
    assert sorted(re.split(r"[^A-Za-z0-9._-]", each)[0].lower() for each in requirements) == RUNTIME
    assert metadata["Requires-Python"] == ">=3.11"


def test_commands(artefacts: tuple[Path, Path]) -> None:
    """Both names start the same program."""
    with zipfile.ZipFile(artefacts[0]) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        text = archive.read(name).decode()
    assert set(re.findall(r"^(\S+) = installer\.cli:main$", text, re.MULTILINE)) == {"installer", "opencode-unattended"}
