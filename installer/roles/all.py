"""The list of roles, handed to the engine and to the configuration by the commands."""

from __future__ import annotations

from installer.engine.role import Role
from installer.roles.discord import ROLE as DISCORD
from installer.roles.line import ROLE as LINE
from installer.roles.ntfy import ROLE as NTFY
from installer.roles.plugin import ROLE as PLUGIN
from installer.roles.telegram import ROLE as TELEGRAM
from installer.roles.webhook import ROLE as WEBHOOK

ROLES: tuple[Role, ...] = (PLUGIN, NTFY, DISCORD, TELEGRAM, LINE, WEBHOOK)
