"""The program at a terminal, driven like a person would."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pexpect

from cli.program import COMMAND, Program

# Without it prompt_toolkit asks the terminal where its cursor is, and pexpect never answers.
NO_QUESTIONS_TO_THE_TERMINAL = {"PROMPT_TOOLKIT_NO_CPR": "1"}
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]")


class Terminal:
    """One call at a terminal."""

    def __init__(self, child: Any) -> None:
        self._child = child
        self.raw = ""
        self._ended = False

    @property
    def seen(self) -> str:
        """All that was shown, without what moves the cursor or colours."""
        return _ESCAPES.sub("", self.raw).replace("\r", "")

    def expect(self, text: str) -> None:
        """Wait until the text is shown."""
        self._child.expect_exact(text)
        self._keep(self._child.after)

    def answer(self, text: str = "") -> None:
        """Type a line."""
        self._child.send(f"{text}\r")

    def press(self, keys: str) -> None:
        """Press keys and no Enter."""
        self._child.send(keys)

    def interrupt(self) -> None:
        """Press Ctrl-C until the program ends.

        One that arrives after a prompt and before CPython reads the answer is only noticed at the next key.
        """
        for _ in range(5):
            self._child.sendintr()
            if self._child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=3) == 0:
                break
        self._ended = True
        self._keep("")

    def end(self) -> int:
        """Wait for its end and return the exit code."""
        if not self._ended:
            self._child.expect(pexpect.EOF)
            self._keep("")
        self._child.close()
        code: int = self._child.exitstatus
        assert "Traceback" not in self.seen
        assert "this is a bug" not in self.seen
        return code

    def _keep(self, after: str) -> None:
        self.raw += self._child.before + after


@contextmanager
def terminal(
    program: Program, *words: str, columns: int = 100, environ: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """Start the program at a terminal of its own."""
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *words],
        env={**program.environ, "TERM": "xterm-256color", **NO_QUESTIONS_TO_THE_TERMINAL, **(environ or {})},
        cwd=str(program.home),
        encoding="utf-8",
        codec_errors="replace",
        timeout=15,
        dimensions=(50, columns),
    )
    try:
        yield Terminal(child)
    finally:
        child.close(force=True)
