"""`installer test` sends by the plugin's own channels, run by the real opencode's runtime."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support import programs
from support.faulty import Exchange, FaultyServer, answer_json
from support.opencode import Home

SECRET = "https-path-that-nobody-may-see"


def accepts(exchange: Exchange) -> None:
    answer_json({})(exchange)


def refuses(exchange: Exchange) -> None:
    answer_json({"message": "Unknown Webhook"}, status=404)(exchange)


def installer(home: Home, *arguments: str, **extra: str) -> tuple[int, dict[str, Any]]:
    path = f"{programs.opencode().parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "installer", *arguments, "--json"],
        env={**home.environment(), "PATH": path, **extra},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert SECRET not in done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text("schema: 1\nextends: headless\nroles: [plugin, webhook]\n")
    return path


@pytest.mark.parametrize(("behaviour", "code", "status"), [(accepts, 0, "ok"), (refuses, 1, "failed")])
def test_a_webhook_is_tried_for_real(
    behaviour: Callable[[Exchange], None], code: int, status: str, profile: Path, make: Callable[..., Home]
) -> None:
    home = make()
    with FaultyServer(behaviour) as server:
        url = f"{server.url}/{SECRET}"
        applied, _ = installer(home, "apply", str(profile), "--yes", "--skip", "verify", INSTALLER_WEBHOOK_URL=url)
        assert applied == 0
        ended, envelope = installer(home, "test")
        [found] = [each for each in envelope["data"]["checks"] if each["check"] == "webhook.trial"]
        assert (ended, found["status"]) == (code, status)
        [request] = server.requests
        assert json.loads(request.body)["title"] == "opencode-unattended"


def test_a_missing_key_is_named_with_the_ways_to_give_it(profile: Path, make: Callable[..., Home]) -> None:
    code, envelope = installer(make(), "apply", str(profile), "--yes")
    assert code == 2
    [error] = envelope["errors"]
    assert error["code"] == "answer.missing"
    assert "--webhook-url-file" in error["hint"]
    assert "INSTALLER_WEBHOOK_URL" in error["hint"]
