import pytest

from installer.engine import blocks
from installer.errors import InstallerError

BEGIN, END = b"# >>> opencode-unattended x >>>", b"# <<< opencode-unattended x <<<"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", None),
        (b"one\n", None),
        (BEGIN + b"\n" + END + b"\n", b""),
        (b"one\n" + BEGIN + b"\na\nb\n" + END + b"\ntwo", b"a\nb\n"),
        (BEGIN + b"\r\na\r\n" + END, b"a\n"),
        (b"\t" + BEGIN + b" \na\n  " + END, b"a\n"),
        (BEGIN.replace(b" x ", b" y ") + b"\na\n", None),
    ],
)
def test_current(content: bytes, expected: bytes | None) -> None:
    assert blocks.current(content, "x") == expected


@pytest.mark.parametrize(
    "content",
    [
        BEGIN,
        END,
        END + b"\n" + BEGIN,
        BEGIN + b"\n" + BEGIN + b"\n" + END,
        BEGIN + b"\n" + END + b"\n" + END,
        (BEGIN + b"\n" + END + b"\n") * 2,
    ],
)
def test_markers_that_do_not_pair_are_refused(content: bytes) -> None:
    for verb in (blocks.current, blocks.removed):
        with pytest.raises(InstallerError, match="do not pair") as caught:
            verb(content, "x")
        assert BEGIN.decode() in caught.value.hint
    with pytest.raises(InstallerError, match="do not pair"):
        blocks.replaced(content, "x", "a")


def test_another_comment_mark() -> None:
    assert blocks.replaced(b"", "x", "a", "//").startswith(b"// >>> opencode-unattended x >>>\na\n// <<<")


def test_bytes_that_are_no_text_stay_as_they_are() -> None:
    binary = bytes(range(14, 256)) + b"\n"
    changed = blocks.replaced(binary, "x", "a")
    assert changed.startswith(binary)
    assert blocks.removed(changed, "x") == binary
