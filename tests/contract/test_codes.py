"""Every refusal that an ntfy server can give has a sentence of its own and a next step."""

import pytest

from contract.trip import complete, prove
from installer.events import Finding
from installer.roles.ntfy import faults
from support.faulty import FaultyServer, refusal

# https://docs.ntfy.sh/publish/ and server/errors.go, ntfy 2.13 to 2.27.
CODES = (
    *(40002, 40003, 40004, 40005, 40006, 40007, 40008, 40009, 40010, 40011, 40013, 40014, 40015, 40017, 40018),
    *(40021, 40024, 40041, 40042, 40043, 40044, 40045, 40046, 40047, 40048, 40049, 40050, 40051, 40052, 40053),
    *(40101, 40301, 40401, 41301, 41303),
    *(42901, 42902, 42903, 42904, 42905, 42906, 42907, 42908, 42909, 42910),
    *(50001, 50003, 50701),
)


@pytest.fixture(scope="module")
def refused() -> dict[int, Finding]:
    """What the proof finds for each code."""
    found = {}
    with FaultyServer() as server:
        for code in CODES:
            server.default = refusal(code // 100, code, "the server's own words")
            found[code] = prove(server.url)
    return found


@pytest.mark.parametrize("code", CODES)
def test_on_the_stream(code: int, refused: dict[int, Finding]) -> None:
    found = refused[code]
    assert (found.code, found.status) == (f"ntfy.{code}", "failed")
    assert str(code) in found.text
    assert "the server's own words" not in found.text
    complete(found)


def test_no_two_codes_share_a_sentence_unless_they_are_a_group(refused: dict[int, Finding]) -> None:
    sentences: dict[str, list[int]] = {}
    for code, found in refused.items():
        sentences.setdefault(found.text.replace(str(code), ""), []).append(code)
    shared = sorted(codes for codes in sentences.values() if len(codes) > 1)
    assert shared == sorted(list(codes) for codes, _ in faults.GROUPS)


def test_a_code_nobody_knows_yet_is_told_in_the_servers_words() -> None:
    with FaultyServer(refusal(418, 41801, "i am a \x1b[31mteapot")) as server:
        found = prove(server.url)
    assert found.code == "ntfy.41801"
    assert "teapot" in found.text
    complete(found)


def test_the_retry_that_would_lock_the_address_out_is_not_made() -> None:
    with FaultyServer(refusal(429, 42909, "too many auth failures")) as server:
        found = prove(server.url, token="tk_wrong")
    assert len(server.requests) == 1
    assert found.fix == ("installer apply --ntfy-token-file -",)
