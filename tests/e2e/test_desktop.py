"""A turn's end is shown on the desktop by the real notify-send and a real notification daemon."""

from collections.abc import Callable, Iterator

import pytest

from e2e.stage import TOPIC
from support.desktop import Desktop
from support.ntfy import RealNtfy
from support.opencode import Home
from support.serve import Serve


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """A desktop without a screen."""
    with Desktop(tmp_path_factory.mktemp("desktop")) as session:
        yield session


def test_run_shows_done_and_error(desktop: Desktop, make: Callable[..., Home]) -> None:
    home = make(**desktop.environment)
    home.install_plugin({"desktop": True})
    project = home.project("<b>p & \"q\" $(id) -x 'été'")
    before = len(desktop.shown())
    assert home.run(project, "[[ok]]").code == 0
    assert home.run(project, "[[401]]").code == 1
    assert [summary for summary, _ in desktop.shown()[before:]] == [f"{project.name} · done", f"{project.name} · error"]


@pytest.mark.parametrize("enabled", [True, False])
def test_a_permission_is_shown_unless_switched_off(enabled: bool, desktop: Desktop, make: Callable[..., Home]) -> None:
    before = len(desktop.shown())
    home = make(**desktop.environment)
    home.install_plugin({"desktop": enabled, "graceSeconds": 0})
    with Serve(home) as serve:
        session = serve.open(home.project("p", ask=["bash"]))
        session.asked("permission", session.prompt("[[bash]]"))
        serve.quiet(2)
        assert [summary for summary, _ in desktop.shown()[before:]] == ["p · needs permission"] * enabled


def test_each_channel_has_its_own_minimum(desktop: Desktop, make: Callable[..., Home], ntfy: RealNtfy) -> None:
    home = make(**desktop.environment)
    rules = {"desktop": {"minSeconds": 3}, "ntfy": {"server": ntfy.url, "topic": TOPIC}}
    home.install_plugin(rules)
    before = len(desktop.shown())
    with Serve(home) as serve:
        session = serve.open(home.project("p"))
        session.turn("[[ok]]")
        serve.quiet(1)
        assert (ntfy.titles(TOPIC), desktop.shown()[before:]) == (["p · done"], [])
        session.turn("[[slow 3.2]]")
        serve.quiet(1)
        assert ntfy.titles(TOPIC) == ["p · done"] * 2
        assert [summary for summary, _ in desktop.shown()[before:]] == ["p · done"]


def test_a_broken_file_of_settings_is_said(desktop: Desktop, make: Callable[..., Home]) -> None:
    home = make(**desktop.environment)
    home.install_plugin({"desktop": True})
    before = len(desktop.shown())
    with Serve(home) as serve:
        session = serve.open(home.project("p"))
        home.write_settings("{")
        session.turn("[[ok]]")
        serve.quiet(1)
    titles = [summary for summary, _ in desktop.shown()[before:]]
    assert sorted(titles) == ["opencode notifications", "p · done"]


@pytest.mark.parametrize(
    "environment",
    [{}, {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}, {"PATH": "/nowhere"}],
    ids=["no bus", "a dead bus", "no notify-send"],
)
def test_run_without_a_desktop_is_unharmed(environment: dict[str, str], make: Callable[..., Home]) -> None:
    home = make()
    project = home.project("p")
    home = Home(home.path, environment)
    home.install_plugin({"desktop": True})
    finished = home.run(project, "[[ok]]")
    assert finished.code == 0
    assert "Here you are." in finished.output
    assert "rror" not in finished.output
