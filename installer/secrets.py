"""Secrets: a type that prints as ****, generation, and redaction of any text that leaves the program."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_URL_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
_SHORTEST_REDACTED = 4


class Secret:
    """A value that never shows itself; `reveal()` is the only way to read it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the clear text, for the one place that has to send or store it."""
        return self._value

    def __repr__(self) -> str:
        return "****"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


def generate(bits: int = 130) -> str:
    """Return a random lower-case word of at least `bits` bits, without look-alike letters (5 bits a letter)."""
    import secrets as random

    return "".join(random.choice(_ALPHABET) for _ in range(-(-bits // 5)))


class Redactor:
    """Takes known secrets and the credentials of URLs out of text."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def learn(self, values: Iterable[Secret]) -> None:
        """Remember secrets to take out from now on; shorter ones than four characters would garble the text."""
        self._values.update(each.reveal() for each in values if len(each.reveal()) >= _SHORTEST_REDACTED)

    def redact(self, text: str) -> str:
        """Return the text with every known secret and every URL's user part as ****."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, "****")
        return _URL_CREDENTIALS.sub("****@", text)
