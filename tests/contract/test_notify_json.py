"""What the installer writes is what the plugin reads: the plugin's own parser looks at our `notify.json`."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from installer.commands.context import SCHEMA
from installer.engine.facts import Machine
from installer.engine.role import Places
from installer.engine.system import RealSystem
from installer.roles.channel import CONTENTS, EVENTS, ChannelConfig
from installer.roles.discord.config import DiscordConfig
from installer.roles.line.config import LineConfig
from installer.roles.ntfy.config import NtfyConfig
from installer.roles.plugin.config import LANGUAGES, PluginConfig
from installer.roles.plugin.facts import PluginFacts
from installer.roles.plugin.tasks import plugin_settings
from installer.roles.telegram.config import TelegramConfig
from installer.roles.webhook.config import WebhookConfig
from installer.secrets import Secret
from installer.settings import Settings
from support import programs

MODULES = programs.ROOT / "templates" / "notify" / "unattended"


def bun(code: str, stdin: bytes = b"") -> Any:
    command, extra = programs.bun()
    done = subprocess.run(
        [*command, "-e", code],
        input=stdin,
        capture_output=True,
        cwd=MODULES,
        env={**os.environ, **extra},
        timeout=30,
        check=True,
    )
    return json.loads(done.stdout)


def written(*sections: Any) -> bytes:
    names = {
        PluginConfig: "plugin",
        NtfyConfig: "ntfy",
        DiscordConfig: "discord",
        TelegramConfig: "telegram",
        LineConfig: "line",
        WebhookConfig: "webhook",
    }
    table = {names[type(each)]: each for each in sections}
    facts = PluginFacts(Machine(RealSystem({"HOME": "/home/ann"})), Places(Path("/config"), Path("/state")))
    return plugin_settings(Settings("test", tuple(table), table, {}), facts)


def read(*sections: Any) -> Any:
    code = """
        const { parseSettings } = await import("./parse.ts")
        console.log(JSON.stringify(parseSettings(await Bun.stdin.text())))
    """
    return bun(code, written(*sections))


def test_the_words_are_the_same_on_both_sides() -> None:
    code = """
        const { EVENTS, CONTENTS, LANGUAGES, DEFAULTS } = await import("./settings.ts")
        console.log(JSON.stringify({ EVENTS, CONTENTS, LANGUAGES, DEFAULTS }))
    """
    theirs = bun(code)
    ours = PluginConfig()
    assert theirs["EVENTS"] == list(EVENTS)
    assert theirs["CONTENTS"] == list(CONTENTS)
    assert theirs["LANGUAGES"] == list(LANGUAGES)
    assert theirs["DEFAULTS"]["graceSeconds"] == ours.grace_seconds
    assert theirs["DEFAULTS"]["stuck"] == {"minutes": ours.stuck_minutes, "attempts": ours.stuck_attempts}


def test_the_defaults() -> None:
    settings = read(PluginConfig(), NtfyConfig(topic=Secret("oc-abc")))
    assert settings["state"] == "/state"
    assert settings["language"] == "en"
    assert settings["desktop"] == {"events": list(EVENTS), "minSeconds": 20, "content": "summary"}
    assert "terminal" not in settings
    assert "quietHours" not in settings
    assert settings["ntfy"] == {
        "server": "https://ntfy.sh",
        "topic": "oc-abc",
        "events": list(EVENTS),
        "minSeconds": 0,
        "content": "minimal",
    }


def test_everything_that_can_be_set_arrives() -> None:
    settings = read(
        PluginConfig(
            desktop_events=("error",),
            desktop_min_seconds=7,
            desktop_content="full",
            terminal=True,
            language="th",
            grace_seconds=9,
            stuck_minutes=4,
            stuck_attempts=3,
            quiet_from="22:00",
            quiet_to="07:30",
        ),
        NtfyConfig(
            server="https://ntfy.example.com/",
            topic=Secret("t"),
            token=Secret("tk_x"),
            user="ann",
            password=Secret("p"),
            events=("done", "permission"),
            min_seconds=60,
            content="summary",
        ),
        DiscordConfig(webhook=Secret("https://discord.com/api/webhooks/1/x")),
        TelegramConfig(token=Secret("1:x"), chat="-100123"),
        LineConfig(token=Secret("long"), to="U" + "0" * 32),
        WebhookConfig(url=Secret("https://h/x"), authorization=Secret("Bearer y"), template='{"a": ["{title}"]}'),
    )
    assert settings["desktop"] == {"events": ["error"], "minSeconds": 7, "content": "full"}
    assert settings["terminal"]
    assert (settings["language"], settings["graceSeconds"]) == ("th", 9)
    assert settings["stuck"] == {"minutes": 4, "attempts": 3}
    assert settings["quietHours"] == {"from": "22:00", "to": "07:30"}
    assert settings["ntfy"] == {
        "server": "https://ntfy.example.com",
        "topic": "t",
        "token": "tk_x",
        "events": ["done", "permission"],
        "minSeconds": 60,
        "content": "summary",
    }
    assert settings["discord"]["webhook"] == "https://discord.com/api/webhooks/1/x"
    assert (settings["telegram"]["token"], settings["telegram"]["chat"]) == ("1:x", "-100123")
    assert (settings["line"]["token"], settings["line"]["to"]) == ("long", "U" + "0" * 32)
    assert settings["webhook"]["url"] == "https://h/x"
    assert settings["webhook"]["headers"] == {"authorization": "Bearer y"}
    assert settings["webhook"]["template"] == {"a": ["{title}"]}


def test_what_is_off_is_not_there() -> None:
    settings = read(PluginConfig(desktop=False))
    assert "desktop" not in settings
    assert not {"ntfy", "discord", "telegram", "line", "webhook"} & set(settings)


def test_every_channel_says_what_it_needs() -> None:
    for kind in ChannelConfig.__subclasses__():
        assert isinstance(kind().for_plugin(), dict)


def test_every_secret_variable_is_hidden_from_the_agents_shell() -> None:
    variables = [key.variable for key in SCHEMA.keys.values() if key.secret]
    code = """
        const { secretNames } = await import("./environment.ts")
        console.log(JSON.stringify(secretNames(JSON.parse(await Bun.stdin.text()))))
    """
    assert bun(code, json.dumps({**dict.fromkeys(variables, "x"), "HOME": "/"}).encode()) == variables
