"""Others on this machine who would tell the same things: opencode itself, and other notifier plugins."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from installer.engine.role import Inspection
from installer.events import Finding
from installer.roles.plugin.facts import PluginFacts

CHECK = "plugin.conflicts"
_AFFECTS = "some events would be told twice"

# Names that opencode notifiers are published under: npm packages and repositories, as of November 2026.
_NOTIFIERS = re.compile(r"oh-my-open(code|agent)|opencode-(notif\w*|ntfy\S*|pilot)|agentbell|notify-hub", re.IGNORECASE)
_TELLS = re.compile(rb"session\.idle|session\.execution\.succeeded")
_SENDS = re.compile(rb"ntfy|notify-send|osascript|node-notifier|Notification|webhook", re.IGNORECASE)
_COMMENTS = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_LAST_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')


def found(inspection: Inspection) -> Finding:
    """Look for other notifiers; what is switched on elsewhere is reported, never switched off."""
    facts: PluginFacts = inspection.facts
    others = [*_attention(inspection), *_packages(inspection), *_files(inspection)]
    if not others:
        return Finding(CHECK, "plugin.alone", "ok", "no other notifier is set up for opencode")
    fix = ("decide which of them shall tell you; this program switches none of them off",)
    text = f"there are others who tell you things: {'; '.join(others)}"
    return Finding(CHECK, "plugin.others", "warning", f"{text} (looked in {facts.config_folder})", _AFFECTS, fix)


def _attention(inspection: Inspection) -> list[str]:
    """Return opencode's own alerts if they are on: `attention` in tui.json, off by default (seen in 1.18.33)."""
    for name in ("tui.json", "tui.jsonc"):
        attention = _read(inspection, name).get("attention")
        if not isinstance(attention, dict):
            continue
        if attention.get("enabled") is True and attention.get("notifications") is not False:
            return [f"opencode's own attention setting ({name})"]
    return []


def _packages(inspection: Inspection) -> list[str]:
    named: list[str] = []
    for name in ("opencode.json", "opencode.jsonc", "config.json"):
        config = _read(inspection, name)
        for key in ("plugin", "plugins"):
            listed = config.get(key)
            named += [str(each) for each in listed if _NOTIFIERS.search(str(each))] if isinstance(listed, list) else []
    return [f"the plugin {each}" for each in named]


def _files(inspection: Inspection) -> list[str]:
    facts: PluginFacts = inspection.facts
    contents = {path: inspection.machine.system.look_through(path).content for path in facts.other_plugins}
    return [str(path) for path, text in contents.items() if _TELLS.search(text) and _SENDS.search(text)]


def _read(inspection: Inspection, name: str) -> dict[str, Any]:
    """Return one of opencode's configuration files, empty if it is not there or cannot be understood."""
    facts: PluginFacts = inspection.facts
    path: Path = facts.config_folder / name
    text = inspection.machine.system.look_through(path).content.decode(errors="replace")
    plain = _LAST_COMMA.sub(lambda match: match[1] or "", _COMMENTS.sub(lambda match: match[1] or "", text))
    try:
        data = json.loads(plain)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
