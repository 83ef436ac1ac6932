"""LINE: one more way to a person. The plugin sends by it; its settings file carries the keys."""

from installer.engine.role import Role
from installer.roles.line.config import LineConfig

ROLE = Role("line", LineConfig)
