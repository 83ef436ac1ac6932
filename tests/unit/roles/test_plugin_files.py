"""The plugin's files among what people already have in opencode's folders."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from installer.engine.facts import Machine
from installer.engine.role import Places
from installer.engine.system import RealSystem
from installer.roles.plugin.facts import PluginFacts

ROOT = Path(__file__).parents[3]
ENTRY = (ROOT / "templates" / "notify" / "plugin" / "notify.ts").read_bytes()
Apply = Callable[..., tuple[int, str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "Ann's home บ้าน"
    (home / ".config" / "opencode").mkdir(parents=True)
    return home


@pytest.fixture
def installer(home: Path) -> Apply:
    def call(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "installer", *arguments],
            env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout + done.stderr

    return call


def apply(installer: Apply, *more: str) -> tuple[int, str]:
    return installer("apply", "desktop", "--yes", "--skip", "verify", *more)


def test_a_foreign_notify_is_kept_then_backed_up(home: Path, installer: Apply) -> None:
    entry = home / ".config" / "opencode" / "plugin" / "notify.ts"
    entry.parent.mkdir()
    entry.write_text("export const Mine = async () => ({})\n")
    code, output = apply(installer)
    assert code == 4
    assert "not ours" in output
    assert entry.read_text() == "export const Mine = async () => ({})\n"
    assert apply(installer, "--on-conflict", "overwrite")[0] == 0
    assert entry.read_bytes() == ENTRY
    runs = home / ".local" / "state" / "opencode-unattended" / "state" / "runs"
    assert any(each.read_text() == "export const Mine = async () => ({})\n" for each in runs.glob("*/backup/*"))
    assert installer("rollback", "--yes")[0] == 0
    assert entry.read_text() == "export const Mine = async () => ({})\n"


@pytest.mark.parametrize("name", ["plugins/notify.ts", "plugin/.notify.ts", "plugin/notify.bak.js"])
def test_a_second_copy_is_shown_and_removed_only_when_asked_to(name: str, home: Path, installer: Apply) -> None:
    copy = home / ".config" / "opencode" / name
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes(ENTRY)
    code, output = apply(installer)
    assert code == 4
    assert "second copy" in output
    assert copy.exists()
    assert apply(installer, "--on-conflict", "overwrite")[0] == 0
    assert not copy.exists()
    assert apply(installer)[0] == 0


def test_somebody_elses_plugins_are_left_alone(home: Path, installer: Apply) -> None:
    theirs = home / ".config" / "opencode" / "plugins" / "theirs.ts"
    theirs.parent.mkdir()
    theirs.write_text("export const Theirs = async () => ({})\n")
    assert apply(installer)[0] == 0
    assert installer("uninstall", "--purge", "--yes")[0] == 0
    left = [path for path in home.rglob("*") if path.is_file()]
    assert left == [theirs]


def test_a_plugin_folder_that_is_a_file_stops_the_run_before_anything(home: Path, installer: Apply) -> None:
    (home / ".config" / "opencode" / "plugin").write_text("")
    code, output = apply(installer)
    assert code == 1
    assert "nothing was changed" in output
    assert "mv " in output
    assert not (home / ".config" / "opencode" / "unattended").exists()


def test_a_plugin_folder_that_is_a_link_to_a_folder_is_used(home: Path, installer: Apply) -> None:
    dotfiles = home / "dotfiles"
    dotfiles.mkdir()
    (home / ".config" / "opencode" / "plugin").symlink_to(dotfiles)
    assert apply(installer)[0] == 0
    assert (dotfiles / "notify.ts").read_bytes() == ENTRY
    assert installer("uninstall", "--purge", "--yes")[0] == 0
    assert list(dotfiles.iterdir()) == []


def test_a_link_in_the_place_of_the_entry_is_not_written_through(home: Path, installer: Apply) -> None:
    target = home / "elsewhere.ts"
    target.write_text("mine\n")
    entry = home / ".config" / "opencode" / "plugin" / "notify.ts"
    entry.parent.mkdir()
    entry.symlink_to(target)
    assert apply(installer)[0] == 4
    assert apply(installer, "--on-conflict", "overwrite")[0] == 0
    assert target.read_text() == "mine\n"
    assert not entry.is_symlink()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_modes_do_not_depend_on_the_umask(umask: int, home: Path, installer: Apply) -> None:
    before = os.umask(umask)
    try:
        assert apply(installer)[0] == 0
    finally:
        os.umask(before)
    config = home / ".config"
    modes = {
        "opencode/plugin/notify.ts": 0o644,
        "opencode/unattended": 0o700,
        "opencode/unattended/notify.json": 0o600,
        "opencode-unattended": 0o700,
        "opencode-unattended/config.yaml": 0o600,
    }
    assert {name: (config / name).stat().st_mode & 0o777 for name in modes} == modes


def test_settings_that_others_may_read_are_repaired(home: Path, installer: Apply) -> None:
    apply(installer)
    settings = home / ".config" / "opencode" / "unattended" / "notify.json"
    settings.chmod(0o644)
    code, output = installer("doctor", "plugin.settings-private")
    assert code == 1
    assert "chmod 600" in output
    assert apply(installer)[0] == 0
    assert settings.stat().st_mode & 0o777 == 0o600
    assert installer("doctor", "plugin.settings-private")[0] == 0


def test_the_config_folder_follows_xdg(home: Path, tmp_path: Path) -> None:
    machine = Machine(RealSystem({"HOME": str(home), "XDG_CONFIG_HOME": str(tmp_path / "xdg")}))
    facts = PluginFacts(machine, Places(tmp_path, tmp_path))
    assert facts.config_folder == tmp_path / "xdg" / "opencode"


@pytest.fixture
def wsl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Machine, "os", "wsl")


@pytest.mark.usefixtures("wsl")
def test_wsl_shows_notifications_by_powershell(home: Path, tmp_path: Path) -> None:
    facts = PluginFacts(Machine(RealSystem({"HOME": str(home), "PATH": "/none"})), Places(tmp_path, tmp_path))
    assert facts.notifier == "powershell.exe"
    assert facts.notifier_path is None
    assert facts.has_bus


def test_a_mac_shows_notifications_by_osascript(home: Path, tmp_path: Path) -> None:
    machine = Machine(RealSystem({"HOME": str(home), "PATH": "/none"}), platform="darwin")
    assert PluginFacts(machine, Places(tmp_path, tmp_path)).notifier == "osascript"
