"""Values on their way from flags, variables, files and answers into the plugin's settings; secrets stay hidden."""

from pathlib import Path

import pytest

from cli.program import Program

SKIP = ("--yes", "--skip", "verify")
TOKEN = "tk_averysecrettoken"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program in an empty home."""
    return Program(tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        ("-e", f"ntfy.token={TOKEN}"),
        ("--ntfy-token", TOKEN),
        (f"--ntfy-token={TOKEN}",),
        ("--ntfy-topic", TOKEN),
        (f"--ntfy-read-token={TOKEN}",),
    ],
)
def test_a_secret_on_the_command_line_is_refused_and_not_repeated(program: Program, words: tuple[str, ...]) -> None:
    for more in ((), ("--json",)):
        done = program.run("apply", "phone", *SKIP, *words, *more)
        assert done.code == 2
        assert TOKEN not in done.text
        assert "-file FILE" in done.text
        assert "INSTALLER_NTFY_" in done.text
    assert not program.tree()


def test_the_ways_to_give_a_secret(program: Program) -> None:
    file = program.home / "token"
    file.write_text(f"{TOKEN}\n# a second line is not read\n")
    assert program.run("apply", "phone", *SKIP, "--ntfy-token-file", "~/token").code == 0
    assert program.settings["ntfy"]["token"] == TOKEN
    done = program.run("apply", *SKIP, "--ntfy-token-file", "-", stdin=f"{TOKEN}2\n")
    assert done.code == 0
    assert program.settings["ntfy"]["token"] == f"{TOKEN}2"
    assert program.run("apply", *SKIP, environ={"INSTALLER_NTFY_TOKEN": f"{TOKEN}3"}).code == 0
    assert program.settings["ntfy"]["token"] == f"{TOKEN}3"
    file.unlink()
    missing = program.run("apply", *SKIP, "--ntfy-token-file", "~/token")
    assert missing.code == 2
    assert "--ntfy-token-file: there is no file ~/token" in missing.err
    (program.config / "secrets.yaml").chmod(0o600)
    assert (program.config / "secrets.yaml").stat().st_mode & 0o777 == 0o600
    assert TOKEN not in (program.config / "config.yaml").read_text()


def test_answers_are_saved_and_used_again_and_never_switch_on_a_role(program: Program) -> None:
    server = "http://127.0.0.1:1"
    assert program.run("apply", "phone", *SKIP, "--ntfy-server", server, "-e", "plugin.desktop=no").code == 0
    topic = program.settings["ntfy"]["topic"]
    tree = program.tree()
    again = program.run("apply", *SKIP)
    assert again.code == 0
    assert "profile phone" in again.out
    assert program.tree() == tree
    shown = program.run("config", "show", "--origin").out
    assert f"ntfy.server = {server}    # answer: {program.config}/config.yaml:" in shown
    assert "ntfy.topic = ****" in shown
    assert topic not in shown
    assert program.run("apply", "desktop", *SKIP).code == 0
    assert "ntfy" not in program.settings
    assert program.run("apply", "phone", *SKIP).code == 0
    assert program.settings["ntfy"]["topic"] == topic, "a topic that a phone is subscribed to stays"
    assert program.settings["ntfy"]["server"] == server


def test_precedence_in_the_order_of_its_layers(program: Program) -> None:
    program.profile("base", "schema: 1\nroles: [plugin, ntfy]\nntfy:\n  server: https://base.example\n")
    mine = program.profile("mine", "schema: 1\nextends: base\n")

    def origin(*words: str, environ: dict[str, str] | None = None) -> tuple[str, str, str]:
        done = program.run("config", "show", "mine", "--json", *words, environ=environ)
        value = done.envelope["data"]["values"]["ntfy.server"]
        return value["value"], value["layer"], value["where"]

    assert origin()[:2] == ("https://base.example", "profile")
    mine.write_text("schema: 1\nextends: base\nntfy: {server: https://mine.example}\n")
    assert origin() == ("https://mine.example", "profile", f"{mine}:3:16")
    (program.config / "config.yaml").write_text("schema: 1\nntfy:\n  server: https://answer.example\n")
    assert origin() == ("https://answer.example", "answer", f"{program.config}/config.yaml:3:11")
    environ = {"INSTALLER_NTFY_SERVER": "https://environment.example"}
    assert origin(environ=environ) == ("https://environment.example", "environment", "INSTALLER_NTFY_SERVER")
    flag = ("--ntfy-server", "https://flag.example")
    assert origin(*flag, environ=environ) == ("https://flag.example", "flag", "--ntfy-server")
    mine.write_text("schema: 1\nroles: [plugin, ntfy]\n")
    (program.config / "config.yaml").unlink()
    assert origin() == ("https://ntfy.sh", "default", "built in")


def test_a_file_of_answers_is_used_instead_of_the_saved_ones(program: Program) -> None:
    file = program.home / "answers.yaml"
    file.write_text("schema: 1\nprofile: headless\nntfy:\n  server: http://127.0.0.1:1\n  topic: given\n")
    assert program.run("apply", *SKIP, "--answers", "~/answers.yaml").code == 0
    assert program.settings["ntfy"] == {"server": "http://127.0.0.1:1", "topic": "given"}
    assert program.settings["desktop"] is False
    file.unlink()
    assert "profile headless" in program.run("apply", *SKIP).out


def test_a_secret_in_a_profile_that_others_can_read(program: Program) -> None:
    text = f"schema: 1\nextends: phone\nntfy:\n  server: http://127.0.0.1:1\n  token: {TOKEN}\n"
    path = program.profile("mine", text, mode=0o644)
    done = program.run("apply", "mine", *SKIP)
    assert done.code == 2
    assert f"{path}:5:3: ntfy.token is a secret, and others may read this file" in done.err
    assert "chmod 600" in done.err
    assert TOKEN not in done.text
    path.chmod(0o600)
    assert program.run("apply", "mine", *SKIP).code == 0
    assert program.settings["ntfy"]["token"] == TOKEN
    saved = (program.config / "config.yaml").read_text() + (program.config / "secrets.yaml").read_text()
    assert TOKEN not in saved, "what the profile says is not copied into the answers"


def test_a_profile_by_its_path_is_remembered_from_any_folder(program: Program) -> None:
    (program.home / "ที่ ทำงาน").mkdir()
    (program.home / "ที่ ทำงาน" / "mine.yaml").write_text("schema: 1\nextends: desktop\n")
    assert program.run("apply", "./mine.yaml", *SKIP, cwd=program.home / "ที่ ทำงาน").code == 0
    done = program.run("apply", *SKIP)
    assert done.code == 0, done.text
    assert "ที่ ทำงาน/mine.yaml" in done.out


def test_without_a_terminal_all_that_is_missing_is_listed_at_once(program: Program) -> None:
    done = program.run()
    assert done.code == 2
    for each in ("--profile NAME", "INSTALLER_PROFILE", "--ntfy-server VALUE", "INSTALLER_NTFY_SERVER"):
        assert each in done.err
    for each in ("--ntfy-topic-file FILE", "INSTALLER_NTFY_TOPIC", "--yes"):
        assert each in done.err
    assert not program.tree()


def test_several_answers_that_are_missing_are_listed_at_once(program: Program) -> None:
    text = "schema: 1\nroles: [plugin, ntfy]\nntfy:\n  user: ann\n  server: http://ntfy.example.org\n"
    program.profile("mine", text)
    done = program.run("apply", "mine", *SKIP, "-e", "plugin.desktop=perhaps")
    assert done.code == 2
    assert "give it by --ntfy-password-file FILE or INSTALLER_NTFY_PASSWORD" in done.err
    assert "plugin.desktop must be yes or no" in done.err
    given = program.run("plan", "mine", environ={"INSTALLER_NTFY_PASSWORD": "secretword"})
    assert given.code == 2
    assert "would send the credentials in clear text over http; use https://" in given.err
    assert "secretword" not in given.text


def test_a_file_of_answers_does_not_take_the_topic_away(program: Program) -> None:
    assert program.run("apply", "headless", *SKIP).code == 0
    topic = program.settings["ntfy"]["topic"]
    (program.home / "answers.yaml").write_text("schema: 1\nprofile: phone\n")
    assert program.run("apply", *SKIP, "--answers", "answers.yaml").code == 0
    assert program.settings["ntfy"]["topic"] == topic, "a phone is subscribed to it"


def test_a_mistyped_extra_is_not_repeated(program: Program) -> None:
    done = program.run("plan", "phone", "-e", f"ntfy.token:{TOKEN}")
    assert done.code == 2
    assert TOKEN not in done.text


def test_a_misspelt_variable_is_told_once(program: Program) -> None:
    done = program.run("plan", "desktop", environ={"INSTALLER_NTFY_SERVR": "x"})
    assert done.code == 3
    assert done.out.count("did you mean 'INSTALLER_NTFY_SERVER'?") == 1


def test_one_broken_profile_hides_no_other(program: Program) -> None:
    path = program.profile("mine", "schema: [1\n")
    done = program.run("profiles")
    assert done.code == 0
    assert f"mine         cannot be used: {path}:2:1: is not valid YAML" in done.out
    assert "phone        Notifications on" in done.out


def test_a_token_of_one_server_is_not_sent_to_the_next(program: Program) -> None:
    token = {"INSTALLER_NTFY_TOKEN": TOKEN}
    assert program.run("apply", "phone", *SKIP, "--ntfy-server", "https://one.example", environ=token).code == 0
    same = program.run("apply", *SKIP, "--ntfy-server", "https://one.example")
    assert program.settings["ntfy"]["token"] == TOKEN
    assert "former server" not in same.text
    other = program.run("apply", *SKIP, "--ntfy-server", "https://two.example")
    assert other.code == 0
    assert "token" not in program.settings["ntfy"]
    assert "the saved ntfy.token belonged to the former server" in other.text
    assert "--ntfy-token-file" in other.text
    assert TOKEN not in (program.config / "secrets.yaml").read_text()
    assert program.run("apply", *SKIP, "--ntfy-server", "https://three.example", environ=token).code == 0
    assert program.settings["ntfy"]["token"] == TOKEN


def test_a_misspelt_verb_is_named_with_the_nearest_one(program: Program) -> None:
    done = program.run("aply", "phone", "--yes")
    assert done.code == 2
    assert "there is no verb 'aply'" in done.err
    assert "did you mean 'apply'?" in done.err
    assert not program.tree()


def test_a_role_that_lacks_what_it_needs_names_every_way_to_give_it(program: Program) -> None:
    profile = program.home / "mine.yaml"
    profile.write_text("schema: 1\nroles: [plugin, telegram, line]\n")
    done = program.run("apply", str(profile), *SKIP)
    assert done.code == 2
    for name in ("--telegram-token-file", "INSTALLER_TELEGRAM_CHAT", "--line-to", "INSTALLER_LINE_TOKEN"):
        assert name in done.err
    assert program.run("profiles", "validate", str(profile)).code == 0


def test_a_webhooks_header_is_not_sent_to_another_address(program: Program) -> None:
    profile = program.home / "mine.yaml"
    profile.write_text("schema: 1\nroles: [plugin, webhook]\n")
    given = {"INSTALLER_WEBHOOK_URL": "https://one.example/x", "INSTALLER_WEBHOOK_AUTHORIZATION": f"Bearer {TOKEN}"}
    assert program.run("apply", str(profile), *SKIP, environ=given).code == 0
    assert program.settings["webhook"]["headers"] == {"authorization": f"Bearer {TOKEN}"}
    other = {"INSTALLER_WEBHOOK_URL": "https://two.example/x"}
    assert program.run("apply", *SKIP, environ=other).code == 0
    assert "headers" not in program.settings["webhook"]
