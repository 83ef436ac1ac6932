"""The proof against the real ntfy server: what it accepts, and its own refusals."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.trip import TOPIC, complete, prove
from installer.roles.ntfy.config import RESERVED_TOPICS
from support.ntfy import Account, RealNtfy

BOTH = Account("both", {TOPIC: "rw"})
WRITER = Account("writer", {TOPIC: "wo"})
READER = Account("reader", {TOPIC: "ro"})
STRANGER = Account("stranger", {"other": "rw"})


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealNtfy]:
    """A server where only accounts may do anything."""
    accounts = (BOTH, WRITER, READER, STRANGER)
    with RealNtfy(tmp_path_factory.mktemp("guarded"), accounts=accounts, reader=READER) as server:
        yield server


@pytest.fixture(scope="module")
def open_to_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealNtfy]:
    """A server without accounts."""
    with RealNtfy(tmp_path_factory.mktemp("open")) as server:
        yield server


def test_delivered_with_milliseconds_and_the_days_quota(open_to_all: RealNtfy) -> None:
    before = len(open_to_all.messages(TOPIC))
    found = prove(open_to_all.url, priority=3)
    assert (found.code, found.status) == ("ntfy.delivered", "ok")
    assert re.fullmatch(
        r"sent and read back in \d+ ms; [\d,]+ of [\d,]+ messages left today; subscribe your phone to see it",
        found.text,
    )
    (message,) = open_to_all.messages(TOPIC)[before:]
    assert message["priority"] == 3
    assert message["title"] == "opencode-unattended"


def test_a_proof_is_quiet_and_never_the_same_twice(open_to_all: RealNtfy) -> None:
    assert prove(open_to_all.url, topic="twice").status == "ok"
    assert prove(open_to_all.url, topic="twice").status == "ok"
    first, second = open_to_all.messages("twice")
    assert first["priority"] == second["priority"] == 1
    assert first["message"] != second["message"]


@pytest.mark.parametrize("way", ["token", "password"])
def test_an_account_that_may_read_and_write(guarded: RealNtfy, way: str) -> None:
    if way == "token":
        found = prove(guarded.url, token=BOTH.token)
    else:
        found = prove(guarded.url, user=BOTH.name, password=BOTH.password)
    assert found.code == "ntfy.delivered"


def test_a_writer_with_a_read_token_is_fully_proved(guarded: RealNtfy) -> None:
    assert prove(guarded.url, token=WRITER.token, read_token=READER.token).code == "ntfy.delivered"


def test_a_writer_alone_is_accepted_with_a_warning(guarded: RealNtfy) -> None:
    found = prove(guarded.url, token=WRITER.token)
    assert (found.code, found.status) == ("ntfy.write-only", "warning")
    identifier = guarded.messages(TOPIC)[-1]["id"]
    told = f"accepted by the server (id {identifier}); this account may not read, so not read back; "
    assert found.text.startswith(told)
    assert found.fix == ("installer apply --ntfy-read-token-file -",)
    complete(found)


@pytest.mark.parametrize(
    ("keys", "code", "words", "fix"),
    [
        ({}, 40301, "publish: nobody may use this topic without a login", "--ntfy-token-file -"),
        ({"token": "tk_" + "x" * 29}, 40101, "read: the token or password is wrong", "--ntfy-token-file -"),
        ({"user": "both", "password": "wrong"}, 40101, "token or password is wrong", "--ntfy-password-file -"),
        ({"token": STRANGER.token}, 40301, "publish: this account has no right to publish", "--ntfy-token-file -"),
        ({"token": READER.token}, 40301, "publish: this account has no right to publish", "--ntfy-token-file -"),
        ({"token": WRITER.token, "read_token": STRANGER.token}, 40301, "right to read", "--ntfy-read-token-file -"),
        ({"token": WRITER.token, "read_token": "tk_wrong"}, 40101, "read: the token", "--ntfy-read-token-file -"),
    ],
)
def test_its_refusals(guarded: RealNtfy, keys: dict[str, str], code: int, words: str, fix: str) -> None:
    found = prove(guarded.url, **keys)  # type: ignore[arg-type]
    assert (found.code, found.status) == (f"ntfy.{code}", "failed")
    assert words in found.text
    assert found.fix == (f"installer apply {fix}",)
    complete(found)


def test_a_refused_reader_publishes_nothing(guarded: RealNtfy) -> None:
    before = len(guarded.messages(TOPIC))
    prove(guarded.url, token=WRITER.token, read_token=STRANGER.token)
    assert len(guarded.messages(TOPIC)) == before


@pytest.mark.parametrize("topic", sorted(RESERVED_TOPICS))
def test_the_names_that_our_configuration_refuses_are_refused_by_the_server(open_to_all: RealNtfy, topic: str) -> None:
    found = prove(open_to_all.url, topic=topic)
    # The server answers for /docs and /static before it looks for a topic.
    assert found.code == ("ntfy.not-ntfy" if topic in ("docs", "static") else "ntfy.40010")
    complete(found)


def test_too_many_requests(tmp_path: Path) -> None:
    with RealNtfy(tmp_path / "burst", request_burst=4) as server:
        found = [prove(server.url) for _ in range(3)][-1]
    assert found.code == "ntfy.42901"
    assert "one more every five seconds" in found.text
    complete(found)


def test_the_days_messages(tmp_path: Path) -> None:
    with RealNtfy(tmp_path / "daily", request_burst=60, daily_messages=3) as server:
        found = [prove(server.url) for _ in range(4)]
    assert [each.code for each in found] == ["ntfy.delivered", "ntfy.delivered", "ntfy.few-left", "ntfy.42908"]
    assert "1 of 3 messages left today" in found[1].text
    assert "0 of 3 messages left today" in found[2].text
    assert "until 00:00 UTC" in found[3].text
    complete(found[2])
    complete(found[3])


def test_a_user_name_and_password_beyond_ascii(tmp_path: Path) -> None:
    account = Account("both", {TOPIC: "rw"}, password="รหัสผ่าน:ü")
    with RealNtfy(tmp_path / "thai", accounts=[account]) as server:
        assert prove(server.url, user=account.name, password=account.password).code == "ntfy.delivered"
