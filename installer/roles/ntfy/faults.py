"""What an ntfy server's refusals mean and what to do next; codes as in server/errors.go, ntfy 2.13 to 2.27."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from installer.events import Finding
from installer.http import Answer, Fault, UnreachableError

CHECK = "ntfy.roundtrip"
AFFECTS = "notifications do not reach the phone"

TOPIC = "installer apply --ntfy-topic-file -"
TOKEN = "installer apply --ntfy-token-file -"  # noqa: S105 # a command, not a token
READ_TOKEN = "installer apply --ntfy-read-token-file -"  # noqa: S105
PASSWORD = "installer apply --ntfy-password-file -"  # noqa: S105
SERVER = "installer apply --ntfy-server https://…"
LATER = "installer test"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried; `login` is the command that gives its credentials anew, '' where none were sent."""

    doing: str
    login: str = ""


# Only what a message of ours could cause has a fix of its own; the rest says what the server said and ends in a re-run.
_BY_CODE: dict[int, tuple[str, str]] = {
    40002: ("the server keeps no messages, so it can delay none", SERVER),
    40003: ("the server does not delay e-mails", LATER),
    40004: ("the server did not understand a delay", LATER),
    40005: ("a delay was shorter than the server allows", LATER),
    40006: ("a delay was longer than the server allows", LATER),
    40007: ("the server knows no such priority", LATER),
    40008: ("the server did not understand since when to read", LATER),
    40009: ("the server refuses this topic's name; it must be 1 to 64 of the characters A-Z a-z 0-9 - and _", TOPIC),
    40010: ("the server keeps this topic's name for itself; choose another", TOPIC),
    40011: ("the server found text that is not UTF-8", LATER),
    40013: ("the server could not read an attachment's address", LATER),
    40014: ("the message is too long and the server takes no attachments", LATER),
    40015: ("the server refuses an attachment that expires so soon", LATER),
    40017: ("the server found a message that is not JSON", LATER),
    40018: ("the server refuses the message's buttons", LATER),
    40021: ("the server refuses the message's icon", LATER),
    40024: ("the server found a body that is not JSON; is it an ntfy server's bare address?", SERVER),
    40049: ("the server refuses the message's sequence id", LATER),
    40101: ("the token or password is wrong or has expired", TOKEN),
    40301: ("nobody may use this topic without a login, or somebody else has reserved it", TOKEN),
    40401: ("there is no such page: a wrong address, or a server that is too old", SERVER),
    41301: ("an attachment is too large for the server", LATER),
    41303: ("the message is too large for the server", LATER),
    42901: ("too many requests in a short time; the server takes one more every five seconds, so wait a minute", LATER),
    42902: ("the day's e-mails are used up", LATER),
    42903: ("too many subscriptions from this address; close some, or wait until they end", LATER),
    42904: ("the server has no room for more topics; its operator must make some", SERVER),
    42905: ("the day's attachments are used up", LATER),
    42906: ("too many accounts were made from this address", LATER),
    42907: ("all of this account's reserved topics are in use", TOPIC),
    42908: ("the day's messages are used up until 00:00 UTC; a server of your own has no such limit", SERVER),
    42909: (
        "too many wrong logins: the server shuts this address out for a while; mend the token before trying again",
        TOKEN,
    ),
    42910: ("the day's phone calls are used up", LATER),
    50001: ("the server has an internal error; its operator finds the reason in its log", LATER),
    50003: ("the server's base-url is not set; its operator must set it", SERVER),
    50701: ("this topic's name is one of UnifiedPush, and no phone is subscribed to it", TOPIC),
}
GROUPS = (
    (range(40041, 40049), "the server refuses a template"),
    (range(40050, 40054), "the server wants an e-mail address verified first"),
)
"""The codes that share a sentence: nothing this program sends can cause them."""

_BY_FAULT: dict[Fault, tuple[str, str]] = {
    "refused": ("nothing answers at the server's address", SERVER),
    "name": ("the server's name is not known to DNS", SERVER),
    "time": ("the server did not answer in time", LATER),
    "certificate": (
        "the server's certificate does not hold; a certificate authority of your own is named by "
        "REQUESTS_CA_BUNDLE here and by NODE_EXTRA_CA_CERTS for opencode",
        "REQUESTS_CA_BUNDLE=FILE installer test",
    ),
    "tls": ("the encrypted connection failed; a server without TLS has an http:// address", SERVER),
    "proxy": ("the proxy (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY) is in the way", "env | grep -i _proxy"),
    "torn": ("the connection broke in the middle", LATER),
    "address": ("the server's address cannot be used", SERVER),
}


def refusal(answer: Answer, attempt: Attempt) -> Finding:
    """Return the finding for an answer that is no success."""
    data = answer.data or {}
    code = data.get("code")
    if isinstance(code, int):
        text, fix = _sentence(code, str(data.get("error") or "without a reason"), attempt)
        return _failed(f"ntfy.{code}", attempt, f"{text} ({code})", fix)
    if 300 <= answer.status < 400:
        return _redirect(answer.location, attempt)
    if answer.status == 407:
        return _failed("ntfy.proxy", attempt, "the proxy wants a login (HTTP 407)", _BY_FAULT["proxy"][1])
    if answer.status >= 500:
        text = f"the server, or a proxy before it, has a fault (HTTP {answer.status})"
        return _failed("ntfy.fault", attempt, text, LATER)
    text = f"what answers is no ntfy server, or a proxy or login page stands before it (HTTP {answer.status})"
    return _failed("ntfy.not-ntfy", attempt, text, SERVER)


def unreachable(error: UnreachableError, attempt: Attempt) -> Finding:
    """Return the finding for a server that gave no whole answer."""
    text, fix = _BY_FAULT[error.fault]
    return _failed(f"ntfy.{error.fault}", attempt, f"{text} ({error})", fix)


def not_ntfy(attempt: Attempt) -> Finding:
    """Return the finding for an answer that is fine as HTTP and is not ntfy's."""
    text = "what answers does not speak ntfy's stream; a proxy or another server stands there"
    return _failed("ntfy.not-ntfy", attempt, text, SERVER)


def _failed(code: str, attempt: Attempt, text: str, fix: str) -> Finding:
    return Finding(CHECK, code, "failed", f"{attempt.doing}: {text}", AFFECTS, (fix,))


def _sentence(code: int, error: str, attempt: Attempt) -> tuple[str, str]:
    if code == 40301 and attempt.login:
        return f"this account has no right to {attempt.doing} on this topic", attempt.login
    text, fix = _BY_CODE.get(code, ("", LATER))
    if text:
        return text, attempt.login if fix == TOKEN and attempt.login else fix
    for codes, shared in GROUPS:
        if code in codes:
            return shared, LATER
    return f"the server refused: {error[:200]}", LATER


def _redirect(location: str, attempt: Attempt) -> Finding:
    """Return the finding for a server that sends us on; only the origin is told, for the path names the topic."""
    parts = urlsplit(location)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return _failed("ntfy.redirect", attempt, "the server sends us on to another page of its own", SERVER)
    origin = f"{parts.scheme}://{parts.netloc}"
    text = f"the server sends us on to {origin}; name it if it is the ntfy server, and log in if it is a login page"
    return _failed("ntfy.redirect", attempt, text, f"installer apply --ntfy-server {origin}")
