"""The proofs of the ntfy role."""

from __future__ import annotations

from installer.engine.role import Check, Inspection
from installer.events import Finding, Progress
from installer.roles.ntfy.config import NtfyConfig

QUIET = 1
"""Priority of a proof that nobody needs to see: no sound, no pop-up."""
AUDIBLE = 3


def delivered(inspection: Inspection, priority: int = QUIET) -> Finding:
    """Publish to the topic and read it back."""
    from installer.roles.ntfy.roundtrip import roundtrip

    ntfy = inspection.settings.of(NtfyConfig)
    inspection.emit(Progress(f"publishing to {ntfy.server} and reading it back"))
    return roundtrip(ntfy, priority)


CHECKS = (
    Check("ntfy.roundtrip", "a notification reaches the ntfy topic and can be read back", delivered, active=True),
)
