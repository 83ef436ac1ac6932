"""What the plugin role wants of the machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from installer.engine.resources import Absent, Directory, File, Requires, Resource
from installer.engine.role import Inspection
from installer.engine.system import PRIVATE_DIRECTORY, PRIVATE_FILE, RealSystem
from installer.roles.channel import ChannelConfig
from installer.roles.plugin.config import PluginConfig
from installer.roles.plugin.facts import MODULES_FOLDER, PluginFacts
from installer.settings import Settings

SETTINGS_SCHEMA = 1
INSTALL_OPENCODE = "npm install -g opencode-ai"
RESTART = "opencode"


def tasks(settings: Settings, facts: PluginFacts) -> list[Resource]:
    """Return the plugin's files, its settings, and what it needs others to bring."""
    folder = facts.config_folder
    modules = [name for name in facts.sources if not name.startswith("plugin/")]
    entries = [name for name in facts.sources if name.startswith("plugin/")]
    wanted: list[Resource] = [_opencode(facts)]
    if settings.of(PluginConfig).desktop:
        wanted.append(_notifier(facts))
    wanted += [Directory(folder / "plugin"), Directory(folder / MODULES_FOLDER, PRIVATE_DIRECTORY)]
    wanted += [_source(folder, name, facts) for name in modules]
    wanted.append(
        File(
            folder / MODULES_FOLDER / "notify.json",
            plugin_settings(settings, facts),
            PRIVATE_FILE,
            secret=True,
            validate=parses_as_json,
        )
    )
    wanted += [_source(folder, name, facts) for name in entries]
    wanted += [
        Absent(path, "a second copy of the plugin, which would tell everything twice") for path in facts.other_copies
    ]
    return wanted


def _source(folder: Path, name: str, facts: PluginFacts) -> File:
    return File(folder / name, facts.sources[name], restarts=(RESTART,))


def _opencode(facts: PluginFacts) -> Requires:
    return Requires(
        "opencode",
        facts.opencode is not None,
        f"found at {facts.opencode}",
        "opencode is not installed",
        "the plugin waits for it",
        (INSTALL_OPENCODE,),
    )


def _notifier(facts: PluginFacts) -> Requires:
    affects = "nothing is shown on this desktop"
    fix = {"notify-send": "install notify-send (Debian, Ubuntu: apt install libnotify-bin)"}.get(facts.notifier, "")
    if facts.notifier_path is None:
        return Requires(facts.notifier, False, "", f"{facts.notifier} is not installed", affects, (fix,) if fix else ())
    if not facts.has_bus:
        text = "there is no desktop session to show notifications in"
        return Requires(facts.notifier, False, "", text, affects, ("use --profile headless on servers",))
    return Requires(facts.notifier, True, f"found at {facts.notifier_path}", "", affects)


def plugin_settings(settings: Settings, facts: PluginFacts) -> bytes:
    """Return `notify.json`; the plugin reads nothing else, so every channel's credentials stand here."""
    data: dict[str, Any] = {
        "schema": SETTINGS_SCHEMA,
        "state": str(facts.state_folder),
        **settings.of(PluginConfig).for_plugin(),
    }
    for role in settings.roles:
        section = settings.sections[role]
        if isinstance(section, ChannelConfig):
            data[role] = section.for_plugin()
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode()


def parses_as_json(_: RealSystem, candidate: Path) -> str:
    """Return what is wrong with a JSON file, or ''."""
    try:
        json.loads(candidate.read_bytes())
    except ValueError as error:
        return str(error)
    return ""


def _tell_to_restart(_: Inspection) -> str:
    return "an opencode that is running keeps the plugin it started with: restart it when it suits you"


RESTARTS: Mapping[str, Callable[[Inspection], str]] = {RESTART: _tell_to_restart}
