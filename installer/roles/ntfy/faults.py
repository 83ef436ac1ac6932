"""What an ntfy server's refusals mean and what to do next; codes as in server/errors.go, ntfy 2.13 to 2.27."""

from __future__ import annotations

from installer.events import Finding
from installer.http import Answer, Fault, UnreachableError

CHECK = "ntfy.roundtrip"
AFFECTS = "notifications do not reach the phone"

_TOPIC = "installer apply --ntfy-topic-file FILE"
_LOGIN = "installer apply --ntfy-token-file FILE"
_SERVER = "installer apply --ntfy-server https://…"
_LATER = "installer test"

_OUR_BUG = "the server did not understand what this program sent"
_BY_CODE: dict[int, tuple[str, str]] = {
    40002: ("the server keeps no messages, so it can delay none", _SERVER),
    40003: ("the server does not delay e-mails", _LATER),
    40004: ("the server did not understand a delay", _LATER),
    40005: ("a delay was shorter than the server allows", _LATER),
    40006: ("a delay was longer than the server allows", _LATER),
    40007: ("the server knows no such priority", _LATER),
    40008: ("the server did not understand since when to read", _LATER),
    40009: ("the server refuses this topic's name; it must be 1 to 64 of the characters A-Z a-z 0-9 - and _", _TOPIC),
    40010: ("the server keeps this topic's name for itself", _TOPIC),
    40011: ("the server found text that is not UTF-8", _LATER),
    40013: ("the server could not read an attachment's address", _LATER),
    40014: ("the message is too long and the server takes no attachments", _LATER),
    40015: ("the server refuses an attachment that expires so soon", _LATER),
    40017: ("the server found a message that is not JSON", _LATER),
    40018: ("the server refuses the message's buttons", _LATER),
    40021: ("the server refuses the message's icon", _LATER),
    40024: ("the server found a body that is not JSON; is it an ntfy server's bare address?", _SERVER),
    40049: ("the server refuses the message's sequence id", _LATER),
    40101: ("the token or password is wrong or has expired", _LOGIN),
    40301: ("this account (or nobody without a login) may not use this topic", _LOGIN),
    40401: ("there is no such page: a wrong address, or a server that is too old", _SERVER),
    41301: ("an attachment is too large for the server", _LATER),
    41303: ("the message is too large for the server", _LATER),
    42901: ("too many requests in a short time; the server takes one more every five seconds", _LATER),
    42902: ("the day's e-mails are used up", _LATER),
    42903: ("too many subscriptions from this address", _LATER),
    42904: ("the server has no room for more topics", _LATER),
    42905: ("the day's attachments are used up", _LATER),
    42906: ("too many accounts were made from this address", _LATER),
    42907: ("all of this account's reserved topics are in use", _TOPIC),
    42908: ("the day's messages are used up until 00:00 UTC; a server of your own has no such limit", _SERVER),
    42909: (
        "too many wrong logins: the server shuts this address out for a while; mend the token before trying again",
        _LOGIN,
    ),
    42910: ("the day's phone calls are used up", _LATER),
    50001: ("the server has an internal error", _LATER),
    50003: ("the server's base-url is not set; its operator must set it", _SERVER),
    50701: ("this topic's name is one of UnifiedPush, and no phone is subscribed to it", _TOPIC),
}
_RANGES = (
    (range(40041, 40049), "the server refuses a template"),
    (range(40050, 40054), "the server wants an e-mail address verified first"),
    (range(40000, 40100), _OUR_BUG),
)
_BY_FAULT: dict[Fault, tuple[str, str]] = {
    "refused": ("nothing answers at the server's address", _SERVER),
    "name": ("the server's name is not known to DNS", _SERVER),
    "time": ("the server did not answer in time", _LATER),
    "tls": ("the encrypted connection to the server failed", _SERVER),
    "proxy": ("the proxy (HTTPS_PROXY or HTTP_PROXY) refused or cannot be reached", "env | grep -i proxy"),
    "torn": ("the connection broke in the middle of the answer", _LATER),
    "address": ("the server's address cannot be used", _SERVER),
}


def refusal(answer: Answer, doing: str) -> Finding:
    """Return the finding for an answer that is no success; `doing` is `publish` or `read`."""
    code = (answer.data or {}).get("code")
    if isinstance(code, int):
        text, fix = _sentence(code)
        return Finding(CHECK, f"ntfy.{code}", "failed", f"{doing}: {text} ({code})", AFFECTS, (fix,))
    if 300 <= answer.status < 400:
        text = f"{doing}: the server sends us on to {answer.location or 'another address'}; use that one"
        return Finding(CHECK, "ntfy.redirect", "failed", text, AFFECTS, (_SERVER,))
    if answer.status >= 500:
        text = f"{doing}: the server, or a proxy before it, has a fault (HTTP {answer.status})"
        return Finding(CHECK, "ntfy.fault", "failed", text, AFFECTS, (_LATER,))
    text = f"{doing}: what answers is no ntfy server, or a proxy or login page stands before it (HTTP {answer.status})"
    return Finding(CHECK, "ntfy.not-ntfy", "failed", text, AFFECTS, (_SERVER,))


def _sentence(code: int) -> tuple[str, str]:
    if code in _BY_CODE:
        return _BY_CODE[code]
    for codes, text in _RANGES:
        if code in codes:
            return text, _LATER
    return "the server refused", _LATER


def unreachable(error: UnreachableError, doing: str) -> Finding:
    """Return the finding for a server that gave no whole answer."""
    text, fix = _BY_FAULT[error.fault]
    return Finding(CHECK, f"ntfy.{error.fault}", "failed", f"{doing}: {text} ({error})", AFFECTS, (fix,))
