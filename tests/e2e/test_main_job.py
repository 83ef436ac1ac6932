"""The main job as a user does it: install.sh in an empty home, a real turn, a change of mind, all taken back."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import programs
from support.model import FakeModel
from support.ntfy import RealNtfy
from support.opencode import Home, make_home

OPENCODES_OWN = (
    ".cache/",
    ".local/share/opencode/",
    ".local/state/opencode/",
    ".config/opencode/node_modules/",
    ".config/opencode/package.json",
    ".config/opencode/package-lock.json",
    ".config/opencode/.gitignore",
    ".config/opencode/opencode.jsonc",
    ".npm/",
)


@dataclass
class Finished:
    code: int
    output: str


@dataclass
class User:
    """Somebody at a shell in an empty home."""

    home: Path

    def call(self, *command: str, seconds: float = 240) -> Finished:
        done = subprocess.run(
            command,
            cwd=self.home,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        return Finished(done.returncode, done.stdout)

    def installer(self, *arguments: str) -> Finished:
        return self.call(str(self.home / ".local" / "bin" / "opencode-unattended"), *arguments)

    def environment(self) -> dict[str, str]:
        # Not the whole PATH: pip asks a rustc it finds for its version, and rustup's writes into the home.
        folders = [programs.opencode().parent, Path(sys.base_prefix, "bin"), "/usr/local/bin", "/usr/bin", "/bin"]
        path = ":".join(map(str, folders))
        keep = {name: os.environ[name] for name in os.environ if name.startswith(("PIP_", "npm_config_", "UV_"))}
        return {**keep, "HOME": str(self.home), "PATH": path, "LANG": "C.UTF-8", "OPENCODE_DISABLE_MODELS_FETCH": "1"}

    def files(self) -> dict[str, int]:
        """Every path below the home with the time it was changed, in nanoseconds."""
        return {str(path.relative_to(self.home)): path.lstat().st_mtime_ns for path in sorted(self.home.rglob("*"))}

    @property
    def settings(self) -> dict[str, object]:
        text = (self.home / ".config" / "opencode" / "unattended" / "notify.json").read_text()
        return dict(json.loads(text))


@pytest.fixture(scope="module")
def ntfy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealNtfy]:
    with RealNtfy(tmp_path_factory.mktemp("ntfy")) as server:
        yield server


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory, ntfy: RealNtfy) -> User:
    """A user who has run the one command."""
    user = User(tmp_path_factory.mktemp("main job"))
    script = str(programs.ROOT / "install.sh")
    done = user.call("sh", script, "--yes", "--profile", "phone", "--ntfy-server", ntfy.url)
    assert done.code == 0, done.output
    assert "read back in" in done.output
    assert "opencode loads the plugin" in done.output
    return user


def topic_of(user: User) -> str:
    ntfy = user.settings["ntfy"]
    assert isinstance(ntfy, dict)
    return str(ntfy["topic"])


# The tests below tell one story, in this order.


def test_1_the_topic_is_random_and_in_no_output(user: User) -> None:
    topic = topic_of(user)
    assert len(topic) >= 26
    for verb in (["status"], ["plan"], ["config", "show", "--origin"], ["doctor", "--offline"], ["doctor", "--json"]):
        assert topic not in user.installer(*verb).output


def test_2_a_real_turn_gives_exactly_one_done(user: User, ntfy: RealNtfy, model: FakeModel, tmp_path: Path) -> None:
    topic = topic_of(user)
    before = len(ntfy.messages(topic))
    provider = make_home(tmp_path / "provider", model.url).config / "opencode.json"
    config = user.home / ".config" / "opencode" / "opencode.json"
    config.write_bytes(provider.read_bytes())
    project = user.home / "project"
    project.mkdir()
    finished = Home(user.home).run(project, "[[ok]]")
    assert finished.code == 0, finished.output
    assert ntfy.titles(topic)[before:] == ["project · done"]
    config.unlink()
    project.rmdir()


def test_3_a_second_run_changes_nothing(user: User, ntfy: RealNtfy) -> None:
    before, told = user.files(), len(ntfy.messages(topic_of(user)))
    again = user.installer("apply", "--yes")
    assert again.code == 0
    assert "changed=0" in again.output
    assert "failed=0" in again.output
    assert user.files() == before
    assert user.installer("plan").code == 0
    assert user.files() == before
    assert len(ntfy.messages(topic_of(user))) == told


def test_4_an_edit_by_hand_is_shown_kept_and_backed_up(user: User) -> None:
    plugin = user.home / ".config" / "opencode" / "plugin" / "notify.ts"
    original = plugin.read_bytes()
    edited = original + b"// mine\n"
    plugin.write_bytes(edited)
    assert "MM ~/.config/opencode/plugin/notify.ts" in user.installer("status").output
    assert user.installer("plan").code == 4
    assert user.installer("apply", "--yes").code == 4
    assert plugin.read_bytes() == edited
    assert user.installer("apply", "--yes", "--on-conflict", "overwrite").code == 0
    assert plugin.read_bytes() == original
    backups = user.home / ".local" / "state" / "opencode-unattended" / "state" / "runs"
    assert any(each.read_bytes() == edited for each in backups.glob("*/backup/*"))


def test_5_another_profile_leaves_no_topic_behind(user: User) -> None:
    topic = topic_of(user)
    assert user.installer("apply", "desktop", "--yes").code == 0
    assert "ntfy" not in user.settings
    assert topic not in (user.home / ".config" / "opencode" / "unattended" / "notify.json").read_text()
    assert user.installer("apply", "phone", "--yes").code == 0
    assert topic_of(user) == topic


def test_6_uninstall_keeps_the_answers_and_purge_leaves_only_what_opencode_wrote(user: User) -> None:
    assert user.installer("uninstall", "--yes").code == 0
    assert (user.home / ".config" / "opencode-unattended" / "secrets.yaml").exists()
    assert user.installer("uninstall", "--yes").code == 0
    assert user.installer("uninstall", "--purge", "--yes").code == 0
    done = user.call("sh", str(programs.ROOT / "install.sh"), "--uninstall")
    assert done.code == 0, done.output
    ours = [name for name in user.files() if (user.home / name).is_file() and not name.startswith(OPENCODES_OWN)]
    assert ours == []
    left = [name for name in user.files() if "unattended" in name or name.endswith("opencode/plugin")]
    assert [name for name in left if not name.startswith(".cache/pip/")] == []
