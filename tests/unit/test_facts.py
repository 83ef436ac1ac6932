"""Facts are read from the given environment, once, and never take long."""

import time
from pathlib import Path

import pytest

from installer.engine.facts import Machine
from installer.engine.role import Places
from installer.engine.system import RealSystem
from installer.roles.plugin import facts as plugin_facts
from installer.roles.plugin.facts import PluginFacts


def plugin(home: Path, **environ: str) -> PluginFacts:
    machine = Machine(RealSystem({"HOME": str(home), "PATH": str(home / "bin"), **environ}))
    return PluginFacts(machine, Places(home, home))


def program(home: Path, name: str, body: str) -> Path:
    path = home / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("said", "version"),
    [("1.18.33", (1, 18, 33)), ("opencode v2.3.1", (2, 3, 1)), ("nonsense", None)],
)
def test_opencodes_version(said: str, version: tuple[int, int, int] | None, tmp_path: Path) -> None:
    program(tmp_path, "opencode", f"echo '{said}'")
    assert plugin(tmp_path).opencode_version == version


def test_a_version_that_never_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "opencode", "exec /bin/sleep 60")
    monkeypatch.setattr(plugin_facts, "COMMAND_SECONDS", 0.3)
    started = time.monotonic()
    assert plugin(tmp_path).opencode_version is None
    assert time.monotonic() - started < 10


def test_the_version_is_asked_once(tmp_path: Path) -> None:
    program(tmp_path, "opencode", f"echo x >> '{tmp_path}/asked'; echo 1.2.3")
    facts = plugin(tmp_path)
    assert facts.opencode_version == facts.opencode_version == (1, 2, 3)
    assert (tmp_path / "asked").read_text() == "x\n"


def test_opencodes_own_folder_counts_where_path_lacks_it(tmp_path: Path) -> None:
    usual = tmp_path / ".opencode" / "bin" / "opencode"
    usual.parent.mkdir(parents=True)
    usual.write_text("")
    assert plugin(tmp_path).opencode == usual


def test_a_bus_is_an_address_or_a_socket(tmp_path: Path) -> None:
    assert not plugin(tmp_path).has_bus
    assert plugin(tmp_path, DBUS_SESSION_BUS_ADDRESS="unix:path=/x").has_bus
    assert not plugin(tmp_path, XDG_RUNTIME_DIR=str(tmp_path)).has_bus


def test_runtimes_and_the_notifier_are_found_on_path(tmp_path: Path) -> None:
    for name in ("node", "notify-send"):
        program(tmp_path, name, "")
    facts = plugin(tmp_path)
    assert facts.runtimes == {"node": tmp_path / "bin" / "node"}
    assert facts.notifier_path == tmp_path / "bin" / "notify-send"


def test_home_locale_and_proxies_come_from_the_environment(tmp_path: Path) -> None:
    machine = Machine(RealSystem({"HOME": str(tmp_path), "LC_ALL": "th_TH.UTF-8", "HTTPS_PROXY": "http://p:1"}))
    assert machine.home == tmp_path
    assert machine.home_differs
    assert machine.locale == "th_TH.UTF-8"
    assert machine.proxies == {"https_proxy": "http://p:1"}


def test_without_home_passwd_tells(tmp_path: Path) -> None:
    assert not Machine(RealSystem({})).home_differs


@pytest.mark.parametrize(("platform", "name"), [("darwin", "macos"), ("linux", "linux"), ("win32", "win32")])
def test_the_system_is_named(platform: str, name: str) -> None:
    assert Machine(RealSystem({}), platform).os == name
