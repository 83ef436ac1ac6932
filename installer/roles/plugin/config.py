"""The keys of the `plugin` section."""

from __future__ import annotations

from dataclasses import dataclass

from installer.settings import setting


@dataclass(frozen=True)
class PluginConfig:
    """What the notify plugin does on this machine."""

    desktop: bool = setting(True, "Show notifications on this machine's desktop", "yes/no")
