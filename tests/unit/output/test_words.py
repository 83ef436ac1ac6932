"""Events in words: no secret, no control character, and whatever the stream knows of the letters."""

import io

import pytest

from installer.events import Event, Finding, Note, Recap, Task
from installer.output import Result, printable, write
from installer.output.envelope import EnvelopeOutput
from installer.output.plain import PlainOutput
from installer.secrets import Redactor, Secret

EVENTS: list[Event] = [
    Task("plugin", "/home/ann/x.ts", "changed", "tk_secret1", "+ tk_secret1", "tk_secret1"),
    Finding("a.check", "a.code", "failed", "tk_secret1 \x1b[2J", "tk_secret1", ("run tk_secret1",)),
    Note("https://ann:password@ntfy.example.org tk_secret1", "warning"),
    Recap({"ok": 1}),
]


@pytest.fixture
def redactor() -> Redactor:
    """A redactor that knows one secret, and a shorter one that would garble every text."""
    redactor = Redactor()
    redactor.learn([Secret("tk_secret1"), Secret("abc"), Secret("tk_secret")])
    return redactor


def test_plain_lines_hide_secrets_and_what_steers_a_terminal(redactor: Redactor) -> None:
    out, err = io.StringIO(), io.StringIO()
    output = PlainOutput(out, err, "/home/ann", redactor)
    for each in EVENTS:
        output.emit(each)
    output.finish(
        "apply", Result(1, text="tk_secret1\x07", errors=[{"code": "x", "message": "tk_secret1", "hint": ""}])
    )
    text = out.getvalue() + err.getvalue()
    assert "secret" not in text
    assert "password" not in text
    assert not {"\x1b", "\x07"} & set(text)
    assert "changed  plugin: ~/x.ts — ****" in text
    assert "         affects: ****" in text
    assert err.getvalue() == "error    ****\n"


def test_the_envelope_hides_secrets(redactor: Redactor) -> None:
    out = io.StringIO()
    output = EnvelopeOutput(out, redactor)
    for each in EVENTS:
        output.emit(each)
    output.finish(
        "apply",
        Result(1, {"deep": [{"er": "tk_secret1"}]}, errors=[{"code": "x", "message": "tk_secret1", "hint": ""}]),
    )
    assert "secret" not in out.getvalue()
    assert "password" not in out.getvalue()
    assert out.getvalue().count("****") >= 8


def test_a_longer_secret_goes_before_a_shorter_one_within_it(redactor: Redactor) -> None:
    assert redactor.redact("tk_secret1 tk_secret abc") == "**** **** abc"


def test_thai_is_printable_and_escapes_are_not() -> None:
    assert printable("ที่ทำงาน é →\tx\ny", Redactor()) == "ที่ทำงาน é →\tx\ny"
    assert printable("\x1b]0;x\x07\x9b", Redactor()) == "�]0;x��"


def test_letters_that_a_stream_does_not_know_are_replaced() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write(stream, "→ ok ก\n")
    stream.flush()
    assert raw.getvalue() == b"? ok ?\n"
