"""Set up unattended opencode: notifications, launcher, service and access."""

__version__ = "0.1.0"
