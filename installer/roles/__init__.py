"""The roles: each a folder of its own; a new one is one line in `installer.roles.all`."""
