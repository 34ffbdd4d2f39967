"""SIP messages as values: parse, read, build (RFC 3261, the parts that two phones need).

Pure: bytes in, values out. Nothing here knows sockets or time.
"""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from voxdesk.kernel.errors import ProtocolError, TelephonyError

COMPACT_NAMES = {
    "c": "Content-Type",
    "e": "Content-Encoding",
    "f": "From",
    "i": "Call-ID",
    "k": "Supported",
    "l": "Content-Length",
    "m": "Contact",
    "o": "Event",
    "r": "Refer-To",
    "b": "Referred-By",
    "s": "Subject",
    "t": "To",
    "v": "Via",
    "x": "Session-Expires",
}

REASONS = {
    100: "Trying",
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    202: "Accepted",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    491: "Request Pending",
    500: "Server Internal Error",
    503: "Service Unavailable",
    600: "Busy Everywhere",
    603: "Decline",
}

DEFAULT_SIP_PORT = 5060

_URI = re.compile(
    r"^(?P<scheme>sips?):(?:(?P<user>[^@;?]*)@)?(?P<host>\[[^\]]+\]|[^:;?>]+)"
    r"(?::(?P<port>\d+))?(?P<params>[;?].*)?$",
    re.IGNORECASE,
)

Headers = Mapping[str, str]
Address = tuple[str, int]


class NotLoopback(TelephonyError):
    """This phone is for tests: it never sends a packet to another machine."""

    code = "not_loopback"


def loopback_address(host: str, port: int) -> Address:
    """The address to send to, when it is this machine.

    Raises:
        NotLoopback: it is any other machine, or a name that would need a lookup.
    """
    if host.lower() == "localhost":
        return ("127.0.0.1", port)
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        address = None
    if address is None or address.version != 4 or not address.is_loopback:  # noqa: PLR2004 IP version
        raise NotLoopback(
            f"{host}:{port} is not on this machine; the test phone calls 127.0.0.0/8 only"
        )
    return (str(address), port)


_START = re.compile(r"SIP/2\.0 [1-6]\d\d( .*)?|\S+ \S+ SIP/2\.0", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SipUri:
    """`sip:user@host:port;parameters`."""

    user: str
    host: str
    port: int
    parameters: str = ""
    scheme: str = "sip"

    @classmethod
    def parse(cls, text: str) -> "SipUri":
        """Read a URI, with or without angle brackets and display name.

        Raises:
            ProtocolError: it is not a SIP URI.
        """
        inside = re.search(r"<([^>]*)>", text)
        bare = inside.group(1) if inside else text.partition(";tag=")[0]
        match = _URI.match(bare.strip())
        if match is None:
            raise ProtocolError("not a SIP URI; it looks like sip:name@127.0.0.1:5060")
        return cls(
            user=match["user"] or "",
            host=match["host"],
            port=int(match["port"] or DEFAULT_SIP_PORT),
            parameters=match["params"] or "",
            scheme=match["scheme"].lower(),
        )

    @property
    def address(self) -> Address:
        """Where to send to; raises `NotLoopback` unless it is this machine."""
        return loopback_address(self.host, self.port)

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        return f"{self.scheme}:{user}{self.host}:{self.port}{self.parameters}"


@dataclass(slots=True)
class SipMessage:
    """One request or response.

    Attributes:
        start_line: the first line.
        headers: name as sent (compact names spelled out) and value, in order.
        body: text after the blank line.
    """

    start_line: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @classmethod
    def parse(cls, datagram: bytes) -> "SipMessage":
        """Read one datagram.

        Raises:
            ProtocolError: it is not SIP.
        """
        head, _, body = datagram.decode("utf-8", "replace").partition("\r\n\r\n")
        lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
        if not _START.fullmatch(lines[0]):
            raise ProtocolError("a datagram that is not SIP/2.0")
        headers = []
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if colon:
                plain = name.strip()
                headers.append((COMPACT_NAMES.get(plain.lower(), plain), value.strip()))
        return cls(lines[0], headers, body)

    def encode(self) -> bytes:
        """The datagram."""
        lines = [self.start_line, *(f"{name}: {value}" for name, value in self.headers)]
        content = self.body.encode()
        lines.append(f"Content-Length: {len(content)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + content

    def get(self, name: str, default: str = "") -> str:
        """First value of a header, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), default)

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    @property
    def is_response(self) -> bool:
        """Whether it answers a request."""
        return self.start_line.startswith("SIP/2.0 ")

    @property
    def status(self) -> int:
        """Status code of a response, 0 for a request."""
        return int(self.start_line.split(" ", 2)[1]) if self.is_response else 0

    @property
    def reason(self) -> str:
        """Reason phrase of a response."""
        parts = self.start_line.split(" ", 2)
        return parts[2] if self.is_response and len(parts) > 2 else ""  # noqa: PLR2004 three parts

    @property
    def method(self) -> str:
        """Method of a request, or of the request that a response answers."""
        if not self.is_response:
            return self.start_line.split(" ", 1)[0]
        return self.get("CSeq").rpartition(" ")[2]

    @property
    def request_uri(self) -> str:
        """Target of a request."""
        return "" if self.is_response else self.start_line.split(" ")[1]

    @property
    def cseq(self) -> int:
        """Sequence number."""
        return int(self.get("CSeq", "0").split()[0])

    @property
    def call_id(self) -> str:
        """The Call-ID."""
        return self.get("Call-ID")

    @property
    def branch(self) -> str:
        """Branch of the topmost Via: the transaction's name."""
        return parameter(self.get("Via"), "branch")

    @property
    def from_tag(self) -> str:
        """Tag of the request's sender."""
        return parameter(self.get("From"), "tag")

    @property
    def to_tag(self) -> str:
        """Tag of the request's receiver, empty before a dialog."""
        return parameter(self.get("To"), "tag")


def parameter(header: str, name: str) -> str:
    """`;name=value` of a header, or an empty string."""
    match = re.search(rf";\s*{name}=\"?([^;,\s>\"]+)", header, re.IGNORECASE)
    return match.group(1) if match else ""


def build_request(
    method: str, uri: str, headers: Iterable[tuple[str, str]], body: str = ""
) -> SipMessage:
    """A request with these headers, in order."""
    return SipMessage(f"{method} {uri} SIP/2.0", list(headers), body)


def build_response(
    request: SipMessage,
    status: int,
    *,
    to_tag: str = "",
    headers: Iterable[tuple[str, str]] = (),
    body: str = "",
) -> SipMessage:
    """The response to a request; copies what RFC 3261 8.2.6 says to copy."""
    reason = REASONS.get(status, "Response")
    copied: list[tuple[str, str]] = []
    for name, value in request.headers:
        lowered = name.lower()
        if lowered in ("via", "from", "call-id", "cseq", "record-route"):
            copied.append((name, value))
        elif lowered == "to":
            with_tag = value if not to_tag or parameter(value, "tag") else f"{value};tag={to_tag}"
            copied.append((name, with_tag))
    return SipMessage(f"SIP/2.0 {status} {reason}", [*copied, *headers], body)
