"""The notify plugin: what tells the user, from inside opencode, that something happened."""

from installer.engine.role import Role
from installer.roles.plugin.checks import CHECKS
from installer.roles.plugin.config import PluginConfig
from installer.roles.plugin.facts import PluginFacts
from installer.roles.plugin.tasks import RESTARTS, tasks

ROLE = Role("plugin", PluginConfig, PluginFacts, tasks, CHECKS, RESTARTS)
