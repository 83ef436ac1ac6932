"""The proofs of the plugin role."""

from __future__ import annotations

import shlex

from installer.engine.role import Check, Inspection
from installer.events import Finding
from installer.roles.plugin.config import PluginConfig
from installer.roles.plugin.facts import PluginFacts

_DUPLICATES = "every event would be told twice"


def one_copy(inspection: Inspection) -> Finding:
    """See that opencode finds the plugin once and only once."""
    facts: PluginFacts = inspection.facts
    entry = facts.config_folder / "plugin" / "notify.ts"
    check = "plugin.one-copy"
    standing = inspection.machine.system.look(entry)
    if standing.kind == "absent":
        text = f"{entry} is not there"
        return Finding(check, "plugin.missing", "failed", text, "opencode would tell nothing", ("installer apply",))
    if standing.content != facts.sources["plugin/notify.ts"]:
        text = f"{entry} is not the plugin of this version"
        fix = ("installer status", "installer apply --on-conflict overwrite")
        return Finding(check, "plugin.edited", "warning", text, "opencode may tell something else", fix)
    if facts.other_copies:
        names = ", ".join(str(each) for each in facts.other_copies)
        remove = tuple(f"rm {shlex.quote(str(each))}" for each in facts.other_copies)
        return Finding(check, "plugin.second-copy", "warning", f"opencode also loads {names}", _DUPLICATES, remove)
    return Finding(check, "plugin.one-copy", "ok", f"one copy, at {entry}")


def settings_private(inspection: Inspection) -> Finding:
    """See that nobody else can read the plugin's settings, which hold the topic and its credentials."""
    facts: PluginFacts = inspection.facts
    path = facts.config_folder / "unattended" / "notify.json"
    check = "plugin.settings-private"
    entry = inspection.machine.system.look(path)
    if entry.kind != "file":
        text = f"{path} is not there"
        return Finding(check, "plugin.no-settings", "failed", text, "opencode would tell nothing", ("installer apply",))
    if entry.mode & 0o077:
        text = f"{path} can be read by others (mode {entry.mode:04o})"
        fix = (f"chmod 600 {shlex.quote(str(path))}",)
        return Finding(check, "plugin.settings-readable", "failed", text, "others can read and fake notifications", fix)
    return Finding(check, "plugin.settings-private", "ok", "its settings can be read by you only")


def desktop_reachable(inspection: Inspection) -> Finding:
    """See that something here can show desktop notifications."""
    facts: PluginFacts = inspection.facts
    check = "plugin.desktop"
    affects = "nothing is shown on this desktop"
    if not inspection.settings.of(PluginConfig).desktop:
        return Finding(check, "plugin.desktop-off", "ok", "desktop notifications are switched off")
    if facts.notifier_path is None:
        text = f"{facts.notifier} is not installed"
        fix = ("apt install libnotify-bin",) if facts.notifier == "notify-send" else ()
        return Finding(check, "plugin.no-notifier", "skipped", text, affects, fix)
    if not facts.has_bus:
        text = "there is no desktop session to show notifications in"
        return Finding(check, "plugin.no-desktop", "skipped", text, affects, ("installer apply headless",))
    return Finding(check, "plugin.desktop", "ok", f"notifications are shown by {facts.notifier}")


def loaded(inspection: Inspection) -> Finding:
    """See the user's own opencode load the plugin."""
    from installer.roles.plugin.proof import prove

    return prove(inspection)


def conflicts(inspection: Inspection) -> Finding:
    """Look for others who tell the same things."""
    from installer.roles.plugin.conflicts import found

    return found(inspection)


def deliveries(inspection: Inspection) -> Finding:
    """See how the plugin's last deliveries went."""
    from installer.roles.plugin.deliveries import last_ones

    return last_ones(inspection)


CHECKS = (
    Check("plugin.one-copy", "opencode finds the plugin once", one_copy),
    Check("plugin.settings-private", "nobody else reads its settings", settings_private),
    Check("plugin.desktop", "this desktop can show notifications", desktop_reachable),
    Check("plugin.conflicts", "nobody else tells the same things", conflicts),
    Check("plugin.deliveries", "the plugin's last deliveries arrived", deliveries),
    Check("plugin.loaded", "opencode loads the plugin", loaded, active=True),
)
