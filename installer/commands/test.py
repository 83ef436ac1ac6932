"""`installer test`: a real notification on the desktop and to the topic, read back."""

from __future__ import annotations

import argparse

from installer.commands import options
from installer.commands.context import Context
from installer.errors import FAILED, OK, UsageError
from installer.events import Finding
from installer.output import Result
from installer.roles.all import ROLES
from installer.roles.channel import ChannelConfig
from installer.roles.ntfy.checks import AUDIBLE, delivered
from installer.roles.plugin.config import PluginConfig
from installer.roles.plugin.desktop import shown
from installer.roles.plugin.trial import tried


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    options.add_settings(parser)


def run(context: Context) -> Result:
    """Send one notification by each way the profile has."""
    if context.answers.profile is None:
        raise UsageError("not-set-up", "nothing is set up, so there is nothing to test", "installer")
    settings = context.settings()
    inspections = {role.name: context.inspection(role, settings) for role in ROLES if role.name in settings.roles}
    findings: list[Finding] = []
    if "plugin" in inspections and settings.of(PluginConfig).desktop:
        findings.append(shown(inspections["plugin"]))
        context.emit(findings[-1])
    if "ntfy" in inspections:
        findings.append(delivered(inspections["ntfy"], AUDIBLE))
        context.emit(findings[-1])
    if "plugin" in inspections:
        others = [
            name for name in settings.roles if name != "ntfy" and isinstance(settings.sections[name], ChannelConfig)
        ]
        for found in tried(inspections["plugin"], others):
            findings.append(found)
            context.emit(found)
    failed = any(each.status == "failed" for each in findings)
    return Result(FAILED if failed else OK, {"profile": settings.profile})
