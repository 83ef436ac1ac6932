"""What the verbs make of the proof: their exit codes, what they publish, and what stays owed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.program import Program
from support.faulty import FaultyServer, page, refusal
from support.ntfy import Account, RealNtfy
from support.processes import free_port

HOST = Account("host", {"alerts": "wo"})
PHONE = Account("phone", {"alerts": "ro"})


@pytest.fixture(scope="module")
def ntfy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealNtfy]:
    """A server with the careful set-up: the host may only write."""
    with RealNtfy(tmp_path_factory.mktemp("ntfy"), accounts=(HOST, PHONE), reader=PHONE) as server:
        yield server


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with the credentials of the host."""
    given = {"INSTALLER_NTFY_TOPIC": "alerts", "INSTALLER_NTFY_TOKEN": HOST.token}
    return Program(tmp_path, {"INSTALLER_PROFILE": "headless", **given})


def test_the_careful_set_up_is_a_warning_and_exit_0(program: Program, ntfy: RealNtfy) -> None:
    before = len(ntfy.messages("alerts"))
    done = program.run("apply", "--yes", "--ntfy-server", ntfy.url)
    assert done.code == 0, done.text
    assert "warning  ntfy.roundtrip — accepted by the server (id " in done.out
    assert "this account may not read, so not read back" in done.out
    tested = program.run("test")
    assert tested.code == 0
    assert "warning  ntfy.roundtrip" in tested.out
    doctor = program.run("doctor", environ={"INSTALLER_NTFY_READ_TOKEN": PHONE.token})
    assert doctor.code == 0
    assert "ok       ntfy.roundtrip — sent and read back in " in doctor.out
    assert [each["priority"] for each in ntfy.messages("alerts")[before:]] == [1, 3, 1]


def test_nothing_is_published_where_nothing_changed(program: Program, ntfy: RealNtfy) -> None:
    assert program.run("apply", "--yes", "--ntfy-server", ntfy.url).code == 0
    before = ntfy.messages("alerts")
    tree = program.tree()
    for words in (["apply", "--yes"], ["apply"], ["plan"], ["apply", "--check"], ["status"], ["doctor", "--offline"]):
        done = program.run(*words)
        assert done.code == 0, done.text
        assert "ntfy.roundtrip" not in done.out
    assert program.tree() == tree
    assert ntfy.messages("alerts") == before
    assert "ntfy.roundtrip" in program.run("apply", "--yes", "--verify").out
    assert len(ntfy.messages("alerts")) == len(before) + 1


def test_a_proof_that_failed_stays_owed_until_it_holds(program: Program, ntfy: RealNtfy) -> None:
    with FaultyServer(page(502)) as broken:
        done = program.run("apply", "--yes", "--ntfy-server", broken.url)
        assert done.code == 1
        assert "failed   ntfy.roundtrip — read: the server, or a proxy before it, has a fault (HTTP 502)" in done.out
        assert "affects: notifications do not reach the phone" in done.out
        assert "→ installer test" in done.out
        assert program.settings["ntfy"]["server"] == broken.url
        assert "a proof is owed" in program.run("status").out
        asked = len(broken.requests)
        again = program.run("apply")
        assert again.code == 1, "nothing changed, and still the proof that is owed was run"
        assert len(broken.requests) > asked
        tree = program.tree()
        assert program.run("plan").code == 0
        assert program.tree() == tree
    assert program.run("apply", "--yes", "--ntfy-server", ntfy.url).code == 0
    before = len(ntfy.messages("alerts"))
    done = program.run("apply")
    assert done.code == 0
    assert "ntfy.roundtrip" not in done.out
    assert "owed" not in program.run("status").out
    assert len(ntfy.messages("alerts")) == before


def test_a_proof_that_was_skipped_is_run_by_the_next_apply(program: Program, ntfy: RealNtfy) -> None:
    done = program.run("apply", "--yes", "--ntfy-server", ntfy.url, "--skip", "verify")
    assert done.code == 0
    assert "ntfy.roundtrip" not in done.out
    assert "ntfy.roundtrip" in program.run("apply").out
    assert "ntfy.roundtrip" not in program.run("apply").out


def test_doctor_fails_with_text_affects_and_fix(program: Program, ntfy: RealNtfy) -> None:
    assert program.run("apply", "--yes", "--ntfy-server", ntfy.url).code == 0
    wrong = {"INSTALLER_NTFY_TOKEN": "tk_" + "x" * 29}
    done = program.run("doctor", "ntfy.roundtrip", environ=wrong)
    assert done.code == 1
    assert done.out.splitlines()[-3:] == [
        "failed   ntfy.roundtrip — read: the token or password is wrong or has expired (40101)",
        "         affects: notifications do not reach the phone",
        "         → installer apply --ntfy-token-file -",
    ]
    (check,) = program.run("doctor", "ntfy.roundtrip", "--json", environ=wrong).envelope["data"]["checks"]
    assert check["code"] == "ntfy.40101"
    assert check["fix"] == ["installer apply --ntfy-token-file -"]


def test_the_fix_that_is_printed_mends(program: Program, ntfy: RealNtfy) -> None:
    program.more["INSTALLER_NTFY_TOKEN"] = "tk_" + "x" * 29
    assert program.run("apply", "--yes", "--ntfy-server", ntfy.url).code == 1
    del program.more["INSTALLER_NTFY_TOKEN"]
    done = program.run("apply", "--ntfy-token-file", "-", "--yes", stdin=f"{HOST.token}\n")
    assert done.code == 0, done.text
    assert program.settings["ntfy"]["token"] == HOST.token
    assert program.run("test").code == 0


@pytest.mark.parametrize("verb", ["test", "doctor"])
def test_a_server_that_is_gone(program: Program, ntfy: RealNtfy, verb: str) -> None:
    assert program.run("apply", "--yes", "--ntfy-server", ntfy.url).code == 0
    done = program.run(verb, environ={"INSTALLER_NTFY_SERVER": f"http://127.0.0.1:{free_port()}"})
    assert done.code == 1
    assert "nothing answers at the server's address" in done.out


def test_no_secret_is_shown_or_kept_outside_its_places(program: Program) -> None:
    secrets = {
        "TOPIC": "alerts-of-ann",
        "TOKEN": "tk_thetoken",
        "READ_TOKEN": "tk_thereader",
        "PASSWORD": "thepassword",
    }
    environ = {f"INSTALLER_NTFY_{name}": text for name, text in secrets.items()} | {"INSTALLER_NTFY_USER": "ann"}
    seen = ""
    with FaultyServer(refusal(403, 40301, "alerts-of-ann tk_thetoken")) as server:
        for words in (["apply", "--yes", "--ntfy-server", server.url], ["apply", "--diff"], ["plan"], ["status"]):
            seen += program.run(*words, environ=environ).text
        for words in (
            ["config", "show", "--origin"],
            ["doctor"],
            ["test"],
            ["profiles", "show"],
            ["rollback", "--yes"],
        ):
            seen += program.run(*words).text + program.run(*words, "--json").text
    assert "thetoken" not in seen
    assert not [each for each in secrets.values() if each in seen]
    own = ("secrets.yaml", "notify.json", "/backup/")
    held = {name: content for name, (_, content, _) in program.tree().items() if not any(each in name for each in own)}
    assert held
    assert not [name for name, content in held.items() for each in secrets.values() if each.encode() in content]
