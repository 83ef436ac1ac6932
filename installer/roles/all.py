"""The list of roles, handed to the engine and to the configuration by the commands."""

from __future__ import annotations

from installer.engine.role import Role
from installer.roles.ntfy import ROLE as NTFY
from installer.roles.plugin import ROLE as PLUGIN

ROLES: tuple[Role, ...] = (PLUGIN, NTFY)
