"""Addresses and answers from outside are taken for what they are."""

import pytest

from installer.http import Answer
from installer.roles.channel import check_address, check_events


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/x",
        "http://evil.example\\@localhost/x",
        "https://evil.example\\@localhost/x",
        "http://127.0.0.1.evil.example/",
        "http://localhost@evil.example/",
        "ftp://example.com/",
        "https://",
        "nonsense",
        "http://[::1",
    ],
)
def test_an_address_that_secrets_must_not_go_to(address: str) -> None:
    assert check_address(address)


@pytest.mark.parametrize("address", ["https://example.com/x", "http://127.0.0.1:8080/x", "http://[::1]/x"])
def test_an_address_that_secrets_may_go_to(address: str) -> None:
    assert check_address(address) == ""


def test_a_deeply_nested_answer_is_no_object() -> None:
    assert Answer(200, b"[" * 200_000).data is None


def test_events_are_known_ones() -> None:
    assert check_events(("done", "stuck")) == ""
    assert check_events(("done", "finished"))
    assert check_events(())
