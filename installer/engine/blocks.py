"""Marked lines inside somebody else's text file: find, replace, remove; every other byte stays as it was."""

from __future__ import annotations

from installer.errors import InstallerError


def _markers(name: str, comment: str) -> tuple[bytes, bytes]:
    return (
        f"{comment} >>> opencode-unattended {name} >>>".encode(),
        f"{comment} <<< opencode-unattended {name} <<<".encode(),
    )


def lines_of(text: str) -> bytes:
    """Return a block's lines as they are compared: each ends in one newline."""
    return b"".join(line + b"\n" for line in text.encode().splitlines())


def _span(content: bytes, name: str, comment: str) -> tuple[int, int] | None:
    """Return where the block with its markers stands. Raise InstallerError where the markers do not pair."""
    begin, end = _markers(name, comment)
    starts, ends = [], []
    offset = 0
    for line in content.splitlines(keepends=True):
        if line.strip() == begin:
            starts.append(offset)
        elif line.strip() == end:
            ends.append(offset + len(line))
        offset += len(line)
    if not starts and not ends:
        return None
    if len(starts) != 1 or len(ends) != 1 or ends[0] <= starts[0]:
        raise InstallerError(
            "block", f"the markers of our block '{name}' do not pair", f"leave one pair of '{begin.decode()}' lines"
        )
    return starts[0], ends[0]


def _newline(content: bytes) -> bytes:
    return b"\r\n" if b"\r\n" in content else b"\n"


def current(content: bytes, name: str, comment: str = "#") -> bytes | None:
    """Return the block's lines without the markers, or None if there is no block."""
    span = _span(content, name, comment)
    if span is None:
        return None
    return b"".join(line + b"\n" for line in content[span[0] : span[1]].splitlines()[1:-1])


def replaced(content: bytes, name: str, text: str, comment: str = "#") -> bytes:
    """Return the file with the block's lines set to `text`, added at the end where there was none.

    A last line without a newline gets one; it stays when the block goes, since lines may have come after it.
    """
    newline = _newline(content)
    begin, end = _markers(name, comment)
    lines = [begin, *text.encode().splitlines(), end]
    block = newline.join(lines) + newline
    span = _span(content, name, comment)
    if span is not None:
        return content[: span[0]] + block + content[span[1] :]
    if content and not content.endswith(b"\n"):
        content += newline
    return content + block


def removed(content: bytes, name: str, comment: str = "#") -> bytes:
    """Return the file without the block and its markers."""
    span = _span(content, name, comment)
    return content if span is None else content[: span[0]] + content[span[1] :]
