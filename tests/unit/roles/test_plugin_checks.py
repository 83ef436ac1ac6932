"""What doctor says of other notifiers and of the last deliveries."""

import json
from pathlib import Path

import pytest

from installer.engine.facts import Machine
from installer.engine.role import Inspection, Places
from installer.engine.system import DryRunSystem
from installer.events import Finding
from installer.roles.plugin import conflicts, deliveries
from installer.roles.plugin.facts import PluginFacts
from installer.settings import Settings


@pytest.fixture
def inspection(tmp_path: Path) -> Inspection:
    machine = Machine(DryRunSystem({"HOME": str(tmp_path), "PATH": ""}))
    places = Places(tmp_path / "config", tmp_path / "state")
    for folder in (tmp_path / ".config" / "opencode" / "plugin", places.state / "spool"):
        folder.mkdir(parents=True)
    facts = PluginFacts(machine, places)
    return Inspection(machine, places, Settings("desktop", ("plugin",), {}, {}), facts, lambda event: None)


def opencode(inspection: Inspection) -> Path:
    facts: PluginFacts = inspection.facts
    return facts.config_folder


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("tui.json", '{"attention": {"enabled": true}}', "attention"),
        ("tui.jsonc", '{\n  // loud\n  "attention": {"enabled": true,},\n}', "attention"),
        ("opencode.json", '{"plugin": ["oh-my-opencode@latest"]}', "oh-my-opencode"),
        ("opencode.jsonc", '{"url": "http://x", "plugins": ["@mohak34/opencode-notifier"] /* mine */}', "notifier"),
        ("plugin/usual.ts", 'if (event.type === "session.idle") await fetch("https://ntfy.sh/x")', "usual.ts"),
        ("plugins/.hidden.js", 'if (e.type === "session.idle") $`notify-send hi`', ".hidden.js"),
    ],
)
def test_another_notifier_is_named(name: str, text: str, named: str, inspection: Inspection) -> None:
    path = opencode(inspection) / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    found = conflicts.found(inspection)
    assert (found.status, found.code) == ("warning", "plugin.others")
    assert named in found.text
    assert found.fix


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tui.json", '{"attention": {"enabled": false}}'),
        ("tui.json", '{"attention": {"enabled": true, "notifications": false}}'),
        ("tui.json", '{"theme": "system"}'),
        ("tui.json", "{torn"),
        ("opencode.json", '{"plugin": ["opencode-wakatime"], "note": "// not \\"oh-my-opencode\\""}'),
        ("plugin/theirs.ts", 'if (event.type === "session.idle") count += 1'),
        ("plugin/notify.ts", 'import { server } from "../unattended/server.ts" // session.idle ntfy'),
    ],
)
def test_what_is_no_notifier_is_left_unnamed(name: str, text: str, inspection: Inspection) -> None:
    (opencode(inspection) / name).write_text(text)
    assert conflicts.found(inspection).status == "ok"


def test_a_notifier_behind_a_link_is_seen_too(inspection: Inspection, tmp_path: Path) -> None:
    dotfiles = tmp_path / "mine.ts"
    dotfiles.write_text('if (event.type === "session.idle") await fetch("https://ntfy.sh/x")')
    (opencode(inspection) / "plugin" / "linked.ts").symlink_to(dotfiles)
    assert "linked.ts" in conflicts.found(inspection).text


def log(inspection: Inspection, *entries: dict[str, str]) -> Finding:
    lines = [json.dumps({"at": f"2026-11-22T10:0{index}:00Z", **each}) for index, each in enumerate(entries)]
    (inspection.places.state / "notify.log").write_text("torn {\n" + "\n".join(lines) + "\n")
    return deliveries.last_ones(inspection)


def test_nothing_sent_yet(inspection: Inspection) -> None:
    assert deliveries.last_ones(inspection).code == "plugin.nothing-sent"


def test_the_last_delivery_counts(inspection: Inspection) -> None:
    failed = {"what": "failed", "channel": "ntfy", "reason": "HTTP 500"}
    sent = {"what": "sent", "channel": "ntfy"}
    assert log(inspection, failed, sent).status == "ok"
    (inspection.places.state / "spool" / "1.json").write_text("{}")
    found = log(inspection, sent, failed)
    assert (found.status, found.code) == ("warning", "plugin.not-delivered")
    assert "HTTP 500" in found.text
    assert "1 wait" in found.text


def test_each_way_counts_for_itself(inspection: Inspection) -> None:
    found = log(inspection, {"what": "failed", "channel": "line"}, {"what": "sent", "channel": "ntfy"})
    assert "line" in found.text
    assert "ntfy" not in found.text
