"""Which web addresses are this machine's own; `urllib.parse` is loaded only where one is looked at."""

from __future__ import annotations

import re


def is_loopback(url: str) -> bool:
    """Tell whether a URL points at this machine; a name like 127.example.org does not. Raise ValueError for no URL."""
    from urllib.parse import urlsplit

    return re.fullmatch(r"localhost|::1|127(\.\d{1,3}){3}", urlsplit(url).hostname or "") is not None
