"""What the plugin's own log says about its last deliveries."""

from __future__ import annotations

import json
from typing import Any

from installer.engine.role import Inspection
from installer.events import Finding

CHECK = "plugin.deliveries"
_AFFECTS = "notifications may not have reached you"


def last_ones(inspection: Inspection) -> Finding:
    """See how the last delivery by each way went, as the plugin noted it."""
    last: dict[str, dict[str, Any]] = {}
    for entry in _entries(inspection):
        if entry.get("what") in ("sent", "failed", "late") and isinstance(entry.get("channel"), str):
            last[entry["channel"]] = entry
    failed = {name: each for name, each in last.items() if each["what"] == "failed"}
    spooled = [name for name in inspection.machine.system.names(inspection.places.state / "spool") if _is_item(name)]
    if failed:
        text = "; ".join(
            f"{name}: {each.get('reason', 'no reason given')} ({each['at']})" for name, each in failed.items()
        )
        waiting = f"; {len(spooled)} wait for a better time" if spooled else ""
        fix = ("installer test", "installer doctor")
        return Finding(
            CHECK, "plugin.not-delivered", "warning", f"the last try failed by {text}{waiting}", _AFFECTS, fix
        )
    if not last:
        return Finding(CHECK, "plugin.nothing-sent", "ok", "the plugin has had nothing to tell yet")
    text = ", ".join(f"{name} ({each['at']})" for name, each in last.items())
    return Finding(CHECK, "plugin.delivered", "ok", f"last delivered by {text}")


def _entries(inspection: Inspection) -> list[dict[str, Any]]:
    entries = []
    for name in ("notify.log.1", "notify.log"):
        for line in inspection.machine.system.look(inspection.places.state / name).content.splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                entries.append({"at": "", **entry})
    return entries


def _is_item(name: str) -> bool:
    return name.endswith(".json")
