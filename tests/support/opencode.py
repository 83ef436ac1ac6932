"""The real opencode in a home of its own, with the fake model as its only provider."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support import programs
from support.model import MODEL
from support.processes import bound, kill_group

TEMPLATES = programs.ROOT / "templates" / "notify"
VERSION = "1.18.33"


@dataclass(frozen=True)
class Home:
    """A person's home directory; extra is added to the environment of all that runs in it."""

    path: Path
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        """The folder where opencode looks for its configuration and plugins."""
        return self.path / ".config" / "opencode"

    def environment(self) -> dict[str, str]:
        """Return the whole environment: nothing of the caller's but the search path."""
        return {
            "HOME": str(self.path),
            "XDG_CONFIG_HOME": str(self.path / ".config"),
            "XDG_DATA_HOME": str(self.path / ".local" / "share"),
            "XDG_STATE_HOME": str(self.path / ".local" / "state"),
            "XDG_CACHE_HOME": str(self.path / ".cache"),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "OPENCODE_DISABLE_MODELS_FETCH": "1",
            "OPENCODE_DISABLE_AUTOUPDATE": "1",
            **self.extra,
        }

    def project(self, name: str, *, ask: Iterable[str] = ()) -> Path:
        """Make a git repository to work in; the agent must ask before it uses the tools named in ask."""
        folder = self.path / "src" / name
        folder.mkdir(parents=True)
        config = {"permission": dict.fromkeys(ask, "ask")}
        (folder / "opencode.json").write_text(json.dumps(config))
        subprocess.run(["git", "init", "-q", str(folder)], env=self.environment(), timeout=20, check=True)
        return folder

    def install_plugin(self, settings: Mapping[str, Any]) -> None:
        """Put our plugin into opencode's folders, with these settings in its notify.json."""
        shutil.copytree(TEMPLATES, self.config, dirs_exist_ok=True)
        self.state.mkdir(parents=True, exist_ok=True)
        self.configure(settings)

    @property
    def state(self) -> Path:
        """The folder where the plugin keeps its log and its spool."""
        return self.path / ".local" / "state" / "opencode-unattended" / "state"

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Write the plugin's notify.json, whole or not at all."""
        given = {"schema": 1, "state": str(self.state), "desktop": False, **settings}
        self.write_settings(json.dumps(given))

    def write_settings(self, text: str) -> None:
        """Give notify.json this text."""
        file = self.config / "unattended" / "notify.json"
        fresh = file.with_suffix(".tmp")
        fresh.write_text(text)
        fresh.replace(file)

    def run(self, project: Path, prompt: str, *, seconds: float = 60) -> "Finished":
        """Run one prompt with `opencode run`; raise TimeoutExpired if it takes longer than that."""
        process = subprocess.Popen(
            bound([str(programs.opencode()), "run", prompt]),
            cwd=project,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=seconds)
        finally:
            kill_group(process)
        return Finished(process.returncode, output, time.monotonic())


@dataclass(frozen=True)
class Finished:
    """How a run of opencode ended; ended is time.monotonic() then."""

    code: int
    output: str
    ended: float


def make_home(path: Path, model_url: str, extra: Mapping[str, str] | None = None) -> Home:
    """Make a home whose opencode knows only the fake model and waits for no package installation."""
    home = Home(path, extra or {})
    home.config.mkdir(parents=True)
    provider = {
        "npm": "@ai-sdk/openai-compatible",
        "name": "Fake",
        "options": {"baseURL": f"{model_url}/v1", "apiKey": "x"},
        "models": {MODEL: {"name": "Fake", "tool_call": True, "limit": {"context": 100_000, "output": 4_000}}},
    }
    model = f"fake/{MODEL}"
    config = {"provider": {"fake": provider}, "model": model, "small_model": model, "share": "disabled"}
    (home.config / "opencode.json").write_text(json.dumps(config))
    skip_package_installation(home.config)
    return home


def skip_package_installation(folder: Path) -> None:
    """Make opencode believe that @opencode-ai/plugin is installed in a configuration folder.

    With a plugin present opencode 1.18.33 waits for that installation at every start, minutes long without a registry.
    """
    (folder / "node_modules").mkdir(parents=True, exist_ok=True)
    lock = {"packages": {"": {"dependencies": {"@opencode-ai/plugin": VERSION}}}}
    (folder / "package-lock.json").write_text(json.dumps(lock))
