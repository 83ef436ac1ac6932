"""The environment is made by uv, else pipx, else venv; where none of them can, one sentence says what mends it."""

from pathlib import Path

import pytest

from install.door import PYTHON, Machine, refused, succeeded
from install.standin import build_wheel

# Where one maker's index is set; nothing listens there.
NOWHERE = {
    "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple",
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_EXTRA_INDEX_URL": "",
    "PIP_RETRIES": "0",
    "UV_HTTP_RETRIES": "0",
}


@pytest.fixture(params=["uv", "pipx", "venv"])
def maker(request: pytest.FixtureRequest, bare: Machine) -> str:
    """Return what makes environments on the machine."""
    bare.add_python()
    if request.param != "venv":
        bare.add_bench(request.param)
    return str(request.param)


def made_by(environment: Path) -> str:
    """Return what made the environment, by the marks that it left."""
    if (environment / "venvs").is_dir():
        return "pipx"
    return "uv" if "uv =" in (environment / "pyvenv.cfg").read_text() else "venv"


def test_maker(bare: Machine, maker: str, wheel: Path) -> None:
    """Each maker installs, compiles, upgrades and leaves nothing after uninstall."""
    before = bare.tree()
    assert f"by {maker} " in succeeded(bare.run("--from", wheel, "--yes", umask=0o077))
    assert bare.heard()["argv"] == ["--yes"]
    (environment,) = bare.environments()
    assert made_by(environment) == maker
    assert list(environment.rglob("__pycache__/standin_unused.*.pyc"))
    assert environment.stat().st_mode & 0o077 == 0

    newer = build_wheel(wheel.parent, version="0.2.0")
    assert "0.2.0" in succeeded(bare.run("--from", newer, umask=0o022))
    succeeded(bare.run("--uninstall"))
    # What the makers keep for themselves is not ours to remove.
    assert {path: entry for path, entry in bare.tree().items() if not path.startswith(".cache")} == before


def test_no_network(bare: Machine, maker: str, wheel: Path) -> None:
    """Without the index the packages' failure is shown and explained, and nothing stays behind."""
    before = bare.tree()
    needy = build_wheel(wheel.parent, requires=("opencode-unattended-no-such-package",))
    said = refused(bare.run("--from", needy, extra=NOWHERE), 1, "HTTPS_PROXY", "nothing was installed")
    assert "opencode-unattended-no-such-package" in said
    assert {path: entry for path, entry in bare.tree().items() if not path.startswith(".cache")} == before


def test_settings_that_redirect(bare: Machine, maker: str, wheel: Path) -> None:
    """Settings that send packages elsewhere do not apply to our environment."""
    elsewhere = str(bare.root / "elsewhere")
    extra = {"PIP_TARGET": elsewhere, "PIP_USER": "1", "UV_SYSTEM_PYTHON": "1", "PIP_REQUIRE_VIRTUALENV": "1"}
    succeeded(bare.run("--from", wheel, extra=extra))
    assert not Path(elsewhere).exists()


def test_current_folder_is_not_trusted(bare: Machine, maker: str, wheel: Path) -> None:
    """Modules and settings of the folder that the script is started in are neither run nor read."""
    folder = bare.root / "cloned"
    folder.mkdir()
    for module in ("venv.py", "ensurepip.py", "pip.py", "pipx.py", "site.py", "json.py"):
        (folder / module).write_text(f"open({str(bare.root / 'ran')!r}, 'w')")
    (folder / "uv.toml").write_text("not = [toml")
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\nversion = '1'\nrequires-python = '<3'\n")
    succeeded(bare.run("--from", wheel, cwd=folder))
    assert not (bare.root / "ran").exists()


def test_pythonpath_is_not_trusted(bare: Machine, wheel: Path) -> None:
    """Modules by the names of those that install are not taken from PYTHONPATH."""
    bare.add_python()
    for module in ("venv", "ensurepip", "pip"):
        (bare.root / f"{module}.py").write_text(f"open({str(bare.root / 'ran')!r}, 'w')")
    succeeded(bare.run("--from", wheel, extra={"PYTHONPATH": str(bare.root)}))
    assert not (bare.root / "ran").exists()


def test_uv_comes_first(bare: Machine, wheel: Path) -> None:
    """With all of them there it is uv; without uv it is pipx."""
    bare.add_python()
    bare.add_bench("pipx")
    assert "by pipx " in succeeded(bare.run("--from", wheel))
    bare.add_bench("uv")
    assert "by uv " in succeeded(bare.run("--from", wheel))


@pytest.mark.parametrize("maker", ["venv", "pipx", "uv"])
def test_no_python(bare: Machine, wheel: Path, maker: str) -> None:
    """No Python at all: exit 6, one sentence with the command, nothing written."""
    before = bare.tree()
    if maker != "venv":
        bare.add_bench(maker)
    extra = {"UV_PYTHON_DOWNLOADS": "never", "UV_PYTHON_SEARCH_PATH": str(bare.tools)}
    refused(bare.run("--from", wheel, extra=extra), 6, "Python 3.11 or newer is needed", "none on PATH", "install")
    assert bare.tree() == before


def test_old_python(bare: Machine, wheel: Path) -> None:
    """A Python that is too old is named with its version, and passed over for a newer one under another name."""
    before = bare.tree()
    bare.add_script("python3", 'case "$*" in *print*) echo 3.9 ;; *) exit 1 ;; esac')
    said = refused(bare.run("--from", wheel), 6, "python3 is 3.9, too old", "uv")
    assert len(said.splitlines()) == 1
    assert bare.tree() == before

    bare.add_script("python3.12", f'exec "{PYTHON}" "$@"')
    assert "python3.12" in succeeded(bare.run("--from", wheel))


def test_python_without_venv(bare: Machine, wheel: Path) -> None:
    """Debian's Python without its venv package: exit 6, the package's name, nothing written."""
    before = bare.tree()
    bare.add_script("python3", f'case "$*" in *ensurepip*) exit 1 ;; esac; exec "{PYTHON}" "$@"')
    said = refused(bare.run("--from", wheel), 6, "venv")
    assert len(said.splitlines()) == 1
    assert bare.tree() == before


def test_broken_stub(bare: Machine, wheel: Path) -> None:
    """A python3 that only fails (macOS without its tools, a pyenv shim of nothing) counts as none."""
    bare.add_script("python3", "echo 'xcode-select: note: no developer tools' >&2; exit 72")
    refused(bare.run("--from", wheel), 6, "none on PATH")
