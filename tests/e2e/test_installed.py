"""The plugin as it lies on a disk that people have touched."""

import json
import shutil
from collections.abc import Callable

import pytest

from e2e.stage import TOPIC
from support.ntfy import RealNtfy
from support.opencode import VERSION, Home
from support.serve import Serve


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"ntfy": 1, "desktop": "no", "graceSeconds": -1, "state": []}', "\xff\xfe"],
    ids=["empty", "torn", "a list", "null", "wrong types", "no UTF-8"],
)
def test_a_broken_settings_file_leaves_opencode_alone(text: str, make: Callable[..., Home]) -> None:
    home = make()
    home.install_plugin({})
    (home.config / "unattended" / "notify.json").write_bytes(text.encode("latin-1"))
    finished = home.run(home.project("p"), "[[ok]]")
    assert finished.code == 0
    assert "Here you are." in finished.output
    assert "rror" not in finished.output


def test_no_settings_file_leaves_opencode_alone(make: Callable[..., Home]) -> None:
    home = make()
    home.install_plugin({})
    (home.config / "unattended" / "notify.json").unlink()
    assert home.run(home.project("p"), "[[ok]]").code == 0


def test_a_second_copy_in_plugins_does_not_tell_twice(make: Callable[..., Home], ntfy: RealNtfy) -> None:
    home = make()
    home.install_plugin({"ntfy": {"server": ntfy.url, "topic": TOPIC}})
    shutil.copytree(home.config / "plugin", home.config / "plugins")
    project = home.project("p")
    with Serve(home) as serve:
        loaded = [each for each in serve.get("/config", project)["plugin"] if each.endswith("/notify.ts")]
        assert len(loaded) == 2
        before = len(ntfy.messages(TOPIC))
        session = serve.open(project)
        for prompt in ("[[ok]]", "[[401]]"):
            session.turn(prompt)
            serve.quiet(2.5)
        assert ntfy.titles(TOPIC)[before:] == ["p · done", "p · error"]


def test_the_mark_says_that_opencode_loaded_it(make: Callable[..., Home]) -> None:
    home = make()
    home.install_plugin({})
    project = home.project("p")
    state = home.path / ".local" / "state" / "opencode-unattended" / "state"
    with Serve(home) as serve:
        assert list(state.iterdir()) == []
        serve.get("/config", project)
        [path] = state.iterdir()
        mark = json.loads(path.read_text())
        assert path.name == "loaded.json"
        assert path.stat().st_mode & 0o777 == 0o600
        assert mark["pid"] == serve.process.pid
        assert mark["directory"] == str(project)
        assert mark["side"] == "server"
        failures = [event for event in serve.events if event["type"] == "session.error"]
        assert failures == []
    assert "failed to load plugin" not in _logs(home)


def test_opencode_is_the_version_all_this_was_seen_on(make: Callable[..., Home]) -> None:
    home = make()
    with Serve(home) as serve:
        assert serve.get("/global/health", home.path)["version"] == VERSION


def _logs(home: Home) -> str:
    folder = home.path / ".local" / "share" / "opencode" / "log"
    return "".join(path.read_text() for path in folder.glob("*.log"))
