"""A webhook: one more way to a person. The plugin sends by it; its settings file carries the keys."""

from installer.engine.role import Role
from installer.roles.webhook.config import WebhookConfig

ROLE = Role("webhook", WebhookConfig)
