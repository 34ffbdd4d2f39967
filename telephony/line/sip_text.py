"""Reading an INVITE that may come from anyone, and writing headers that hurt nobody. Pure.

Names: RFC 3261, compact forms 7.3.3; P-Asserted-Identity RFC 3325; Diversion RFC 5806;
History-Info RFC 7044.
"""

import re
import urllib.parse
from collections.abc import Mapping
from typing import Final

from telephony.messages import LegIncoming

SOURCE_HEADER: Final = "X-Voxdesk-Source"
"""Where a front door heard the INVITE from; it lets nobody else say that."""

MAX_VALUE: Final = 256
MAX_NAME: Final = 64
MAX_HEADERS: Final = 64
MAX_MESSAGE: Final = 65_536

_COMPACT: Final = {
    "i": "call-id", "m": "contact", "e": "content-encoding", "l": "content-length",
    "c": "content-type", "f": "from", "s": "subject", "k": "supported", "t": "to", "v": "via",
    "o": "event", "r": "refer-to", "b": "referred-by", "x": "session-expires", "u": "allow-events",
}  # fmt: skip
_NOT_SHOWN: Final = frozenset(
    {
        "via", "route", "record-route", "contact", "from", "to", "call-id", "cseq", "max-forwards",
        "content-length", "content-type", "content-encoding", "content-disposition",
        "authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate",
        "authentication-info", "identity", "identity-info", SOURCE_HEADER.lower(),
    }
)  # fmt: skip
_OURS: Final = _NOT_SHOWN | {"require", "supported", "session-expires", "min-se", "replaces"}
_CONTROL: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]+"
)
"""Also what turns the line around, or isn't seen: a name is shown to people."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]{1,64}", re.ASCII)
_QUOTED: Final = re.compile(r'^\s*"(?:\\.|[^"\\])*"')
_USER: Final = re.compile(r"(?:sips?|tel):([^@;>?\s]*)", re.IGNORECASE)


def clean(text: str, limit: int = MAX_VALUE) -> str:
    """Without control characters and bytes that are no text, cut to so many characters."""
    return _CONTROL.sub(" ", text[: 2 * limit]).strip()[:limit]


def safe_headers(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Those that may be put into a SIP message as they are: no header of SIP's own workings."""
    named = [(name, clean(value)) for name, value in headers.items() if _TOKEN.fullmatch(name)]
    return [pair for pair in named if pair[0].lower() not in _OURS][:MAX_HEADERS]


def quoted(display_name: str) -> str:
    """A display name as a quoted string."""
    return '"' + clean(display_name, MAX_NAME).replace("\\", "").replace('"', "'") + '"'


def user_of(value: str) -> str:
    """The user part of the first URI in a header's value; of a tel: URI its number."""
    unnamed = _QUOTED.sub("", value)
    uri = unnamed.partition("<")[2] if "<" in unnamed else unnamed
    found = _USER.search(uri)
    if found is None or (found[0][:3].lower() != "tel" and uri[found.end() :][:1] != "@"):
        return ""
    return clean(urllib.parse.unquote(found[1]))


def display_name_of(value: str) -> str:
    """The display name before `<`, without its quotes."""
    if in_quotes := _QUOTED.match(value):
        name = re.sub(r"\\(.)", r"\1", in_quotes[0].strip()[1:-1])
    else:
        name, bracket, _ = value.partition("<")
        if not bracket:
            return ""
    return clean(name, MAX_NAME)


def read_headers(message: str) -> tuple[str, list[tuple[str, str]]]:
    """Start line, and the headers in order as (name as sent, unfolded value)."""
    head = re.split(r"\r?\n\r?\n", message[:MAX_MESSAGE], maxsplit=1)[0]
    lines = re.sub(r"\r?\n[ \t]+", " ", head).splitlines()
    if not lines:
        return "", []
    pairs = [line.partition(":") for line in lines[1:] if ":" in line]
    return lines[0], [(name.strip(), value.strip()) for name, _, value in pairs]


def source_behind(message: str, source: str, front_door: str) -> str | None:
    """Who really sent an INVITE, "address:port"; None when it came past the front door."""
    if source != front_door:
        return None
    named = [value for name, value in read_headers(message)[1] if name == SOURCE_HEADER]
    return named[-1] if named else None


def read_invite(leg: int, message: str, source: str) -> LegIncoming:
    """Who calls whom, as far as the INVITE says; whatever is missing stays empty."""
    start, headers = read_headers(message)
    by_name: dict[str, str] = {}
    for name, value in headers:
        by_name.setdefault(_COMPACT.get(name.lower(), name.lower()), value)
    identity = by_name.get("p-asserted-identity", "")
    sender = by_name.get("from", "")
    diverted = by_name.get("diversion") or by_name.get("history-info", "")
    shown: dict[str, str] = {}
    for name, value in headers:
        full = _COMPACT.get(name.lower(), name.lower())
        if full not in _NOT_SHOWN and _TOKEN.fullmatch(name) and len(shown) < MAX_HEADERS:
            shown.setdefault(name, clean(value))
    return LegIncoming(
        leg,
        caller=user_of(identity) or user_of(sender),
        callee=user_of(start),
        caller_name=display_name_of(identity) or display_name_of(sender),
        diverted_from=user_of(diverted),
        source=clean(source, MAX_NAME),
        sip_call_id=clean(by_name.get("call-id", "")),
        headers=shown,
    )
