"""A test notification on this machine's desktop, by the same programs that the plugin uses; text travels as data."""

from __future__ import annotations

from installer.engine.role import Inspection
from installer.events import Finding
from installer.roles.plugin.facts import PluginFacts

CHECK = "plugin.desktop"
SECONDS = 10.0
_TITLE = "opencode-unattended"
_BODY = "This is what a notification looks like."
_OSASCRIPT = (
    "osascript", "-e", "on run argv", "-e", "display notification (item 2 of argv) with title (item 1 of argv)",
    "-e", "end run", "--", _TITLE, _BODY,
)  # fmt: skip
_POWERSHELL = (
    "powershell.exe", "-NoProfile", "-NonInteractive", "-Command",
    "[Windows.UI.Notifications.ToastNotificationManager,Windows.UI.Notifications,ContentType=WindowsRuntime]|Out-Null;"
    "$x=[Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent("
    "[Windows.UI.Notifications.ToastTemplateType]::ToastText02);"
    f"$t=$x.GetElementsByTagName('text');$t.Item(0).InnerText='{_TITLE}';$t.Item(1).InnerText='{_BODY}';"
    "[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier("
    "'{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe')"
    ".Show([Windows.UI.Notifications.ToastNotification]::new($x))",
)  # fmt: skip
_COMMANDS = {
    "notify-send": ("notify-send", "--app-name=opencode", "--", _TITLE, _BODY),
    "osascript": _OSASCRIPT,
    "powershell.exe": _POWERSHELL,
}


def shown(inspection: Inspection) -> Finding:
    """Show one notification; a desktop that cannot is skipped, not failed."""
    facts: PluginFacts = inspection.facts
    affects = "nothing is shown on this desktop"
    if facts.notifier_path is None or not facts.has_bus:
        text = f"no desktop notification: {facts.notifier} or a desktop session is missing"
        return Finding(CHECK, "plugin.no-notifier", "skipped", text, affects, ("installer doctor plugin.desktop",))
    answer = inspection.machine.system.run(_COMMANDS[facts.notifier], SECONDS)
    if answer.code != 0:
        reason = answer.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        text = f"{facts.notifier} failed: {reason[0]}"
        return Finding(CHECK, "plugin.notifier-failed", "skipped", text, affects, ("installer doctor plugin.desktop",))
    return Finding(CHECK, "plugin.shown", "ok", f"handed to {facts.notifier}; you should see it now")
