"""Where this program keeps its own things; the only importer of platformdirs."""

from __future__ import annotations

from platformdirs import user_config_path, user_state_path

from installer.engine.role import Places

NAME = "opencode-unattended"


def find() -> Places:
    """Return the places of the current user."""
    return Places(user_config_path(NAME, appauthor=False), user_state_path(NAME, appauthor=False) / "state")
