"""ntfy: the way to the phone. It puts nothing on the disk itself; the plugin's settings file carries its keys."""

from installer.engine.role import Role
from installer.roles.ntfy.checks import CHECKS
from installer.roles.ntfy.config import NtfyConfig

ROLE = Role("ntfy", NtfyConfig, checks=CHECKS)
