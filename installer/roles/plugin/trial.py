"""A test notification by the plugin's own channels, run by the JavaScript runtime inside the user's opencode."""

from __future__ import annotations

import json
from typing import Any

from installer.engine.role import Inspection
from installer.events import Finding, Progress
from installer.roles.plugin.facts import MODULES_FOLDER, PluginFacts

SECONDS = 20.0
_AFFECTS = "notifications do not arrive there"


def tried(inspection: Inspection, channels: list[str]) -> list[Finding]:
    """Send one message by each channel and return a finding for each."""
    facts: PluginFacts = inspection.facts
    if not channels:
        return []
    if facts.opencode is None:
        text = "opencode is not installed, and its runtime sends these notifications"
        return [_finding(each, "no-opencode", "skipped", text, "npm install -g opencode-ai") for each in channels]
    inspection.emit(Progress(f"sending a test notification to {', '.join(channels)}"))
    script = facts.config_folder / MODULES_FOLDER / "trial.ts"
    # opencode 1.x is compiled with Bun, which acts as plain bun when asked: https://bun.sh/docs/bundler/executables
    environ = {**inspection.machine.system.environ, "BUN_BE_BUN": "1"}
    answer = inspection.machine.system.run([str(facts.opencode), str(script), *channels], SECONDS, environ=environ)
    results = _results(answer.stdout)
    return [_from_result(each, results.get(each), answer.stderr) for each in channels]


def _results(text: str) -> dict[str, dict[str, Any]]:
    try:
        return {each["channel"]: each for each in json.loads(text)}
    except (ValueError, KeyError, TypeError):
        return {}


def _from_result(channel: str, result: dict[str, Any] | None, complaint: str) -> Finding:
    if result is None:
        last = complaint.strip().splitlines()[-1:] or ["it said nothing"]
        text = f"it could not be tried: {last[0]}"
        return _finding(channel, "not-tried", "failed", text, "installer apply", "installer doctor plugin.loaded")
    if "error" in result:
        return _finding(channel, "refused", "failed", f"not accepted: {result['error']}", "installer config show")
    return _finding(channel, "delivered", "ok", f"accepted in {result['milliseconds']} ms; look there to see it")


def _finding(channel: str, code: str, status: Any, text: str, *fix: str) -> Finding:
    return Finding(f"{channel}.trial", f"{channel}.{code}", status, text, _AFFECTS, fix)
