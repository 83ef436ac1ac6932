"""The proof that opencode loads the plugin, against the real opencode and against ones that misbehave."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from installer import __version__
from installer.engine.facts import Machine
from installer.engine.role import Inspection, Places
from installer.engine.system import RealSystem
from installer.events import Event, Finding
from installer.roles.plugin import proof
from installer.roles.plugin.facts import PluginFacts
from installer.settings import Settings
from support import programs
from support.opencode import Home

Prove = Callable[..., Finding]


@pytest.fixture
def home(make: Callable[..., Home]) -> Home:
    home = make()
    home.install_plugin({})
    return home


def prove(home: Home, opencode: Path | None = None, **extra: str) -> tuple[Finding, list[Event]]:
    folder = opencode.parent if opencode else programs.opencode().parent
    environment = {**home.environment(), **extra, "PATH": f"{folder}:/usr/bin:/bin"}
    machine = Machine(RealSystem(environment))
    places = Places(home.path / ".config" / "ours", home.path / ".local" / "state" / "opencode-unattended" / "state")
    events: list[Event] = []
    facts = PluginFacts(machine, places)
    found = proof.prove(Inspection(machine, places, Settings("desktop", ("plugin",), {}, {}), facts, events.append))
    left = [path.name for path in places.state.iterdir() if path.name.startswith("proof-")]
    assert left == []
    return found, events


def stand_in(folder: Path, body: str) -> Path:
    """An opencode that only says what the body says."""
    folder.mkdir()
    path = folder / "opencode"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_it_is_loaded(home: Home) -> None:
    found, _ = prove(home)
    assert (found.status, found.code) == ("ok", "plugin.loaded")
    assert __version__ in found.text


def test_a_file_that_does_not_compile_is_named(home: Home) -> None:
    entry = home.config / "plugin" / "notify.ts"
    entry.write_text(entry.read_text() + "\nthis is no TypeScript (\n")
    found, _ = prove(home)
    assert (found.status, found.code) == ("failed", "plugin.load-error")
    assert str(entry) in found.text
    assert found.affects
    assert found.fix


def test_a_missing_module_is_named(home: Home) -> None:
    (home.config / "unattended" / "version.ts").unlink()
    found, _ = prove(home)
    assert (found.status, found.code) == ("failed", "plugin.load-error")


def test_an_entry_that_does_nothing_is_not_taken_for_ours(home: Home) -> None:
    (home.config / "plugin" / "notify.ts").write_text('export default {id: "x", server: async () => ({})}\n')
    found, _ = prove(home)
    assert (found.status, found.code) == ("failed", "plugin.not-loaded")


def test_another_version_is_told_apart(home: Home) -> None:
    (home.config / "unattended" / "version.ts").write_text('export const VERSION = "0.0.9"\n')
    found, _ = prove(home)
    assert (found.status, found.code) == ("failed", "plugin.other-version")
    assert "0.0.9" in found.text


def test_somebody_elses_broken_plugin_is_not_our_failure(home: Home) -> None:
    (home.config / "plugin" / "theirs.ts").write_text("this is no TypeScript (\n")
    assert prove(home)[0].status == "ok"


def test_a_planted_project_plugin_is_not_run(home: Home) -> None:
    trace = home.path / "trace"
    code = f'import fs from "node:fs"\nfs.writeFileSync({json.dumps(str(trace))}, "ran")\n'
    planted = home.path / ".local" / ".opencode" / "plugin"
    planted.mkdir(parents=True)
    (planted / "planted.ts").write_text(code + "export const P = async () => ({})\n")
    assert prove(home)[0].status == "ok"
    assert not trace.exists()


def test_a_home_that_is_a_git_work_tree(home: Home) -> None:
    subprocess.run(["git", "init", "-q", str(home.path)], check=True)
    assert prove(home)[0].status == "ok"


def test_no_opencode_is_skipped_with_the_command_that_brings_it(home: Home, tmp_path: Path) -> None:
    found, _ = prove(home, tmp_path / "opencode")
    assert (found.status, found.code) == ("skipped", "plugin.no-opencode")
    assert found.fix == ("npm install -g opencode-ai",)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("echo boom >&2; exit 3", "failed", "plugin.opencode-broken"),
        (
            '[ "$1" = --version ] && echo 1.18.33 && exit; echo "no database" >&2; exit 1',
            "failed",
            "plugin.opencode-broken",
        ),
        ('[ "$1" = --version ] && echo 1.18.33 && exit; exec sleep 60', "failed", "plugin.opencode-broken"),
        ("echo opencode v2.3.1", "skipped", "plugin.opencode-2"),
    ],
    ids=["no version", "crashes", "hangs", "version 2"],
)
def test_a_stand_in_that_misbehaves(
    body: str, status: str, code: str, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "START_SECONDS", 3.0)
    found, _ = prove(home, stand_in(tmp_path / "bin", body))
    assert (found.status, found.code) == (status, code)
    if "no database" in body:
        assert "no database" in found.text


def test_a_blocked_registry_is_said_and_the_stub_mends_it(
    make: Callable[..., Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "LOAD_SECONDS", 8.0)
    home = make()
    home.install_plugin({})
    (home.config / "package-lock.json").unlink()
    (home.config / "node_modules").rmdir()
    dead = "http://127.0.0.1:9/"
    found, events = prove(home, npm_config_registry=dead)
    assert (found.status, found.code) == ("warning", "plugin.npm-blocked")
    assert any("installing" in getattr(event, "text", "") for event in events)
    subprocess.run(["sh", "-c", found.fix[0]], check=True)
    assert prove(home, npm_config_registry=dead)[0].status == "ok"
