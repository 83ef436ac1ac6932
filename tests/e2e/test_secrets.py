"""What the agent's own shell can see of the secrets that opencode runs with."""

from collections.abc import Callable

from e2e.stage import install_control
from support.opencode import Home
from support.serve import Serve

PASSWORD = "pass-1:% $ word"


def test_env_shows_no_password(make: Callable[..., Home]) -> None:
    home = make()
    home.install_plugin({})
    seen = env_of_the_agent(home)
    assert f"HOME={home.path}" in seen
    assert PASSWORD not in seen


def test_with_the_usual_plugin_env_shows_it(make: Callable[..., Home]) -> None:
    home = make()
    install_control(home, "http://127.0.0.1:9")
    assert PASSWORD in env_of_the_agent(home)


def env_of_the_agent(home: Home) -> str:
    """Return what `env` prints in the agent's shell, in the second directory that opencode opens."""
    home.project("first")
    project = home.project("second")
    with Serve(home, password=PASSWORD) as serve:
        serve.open(home.path / "src" / "first").turn("[[ok]]")
        serve.open(project).turn("[[bash env >seen.txt]]")
    return (project / "seen.txt").read_text()
