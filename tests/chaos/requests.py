"""SIP requests as a stranger writes them: correct ones, to be sent as they are or to be broken."""

import random
from dataclasses import dataclass, field

USER_AGENT = "friendly-scanner"


def offer(host: str = "127.0.0.1", port: int = 40000, more: str = "") -> str:
    """A session description that a line can accept."""
    return (
        f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n{more}"
    )


@dataclass(slots=True)
class Request:
    """One request in its parts, so that each can be broken on its own.

    Attributes:
        start: its first line.
        headers: (name, value) in order, without Content-Length.
        body: of whatever type Content-Type says.
        content_length: as claimed; None: what is true.
    """

    start: str
    headers: list[tuple[str, str]]
    body: str = ""
    content_length: str | None = None

    def encode(self) -> bytes:
        """The datagram; what is no latin-1 goes out as UTF-8."""
        length = len(self.body) if self.content_length is None else self.content_length
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        text = "\r\n".join([*lines, f"Content-Length: {length}", "", self.body])
        try:
            return text.encode("latin-1")
        except UnicodeEncodeError:
            return text.encode("utf-8", "surrogatepass")


@dataclass(slots=True)
class Stranger:
    """Writes requests of dialogs and transactions that nobody has seen before.

    Args:
        target: "host:port" that they go to.
        here: "host:port" that answers come to.
        user_agent: what they say they are; a front door drops the known scanners.
        dice: names and numbers come from it, so that one seed gives one attack.
    """

    target: str
    here: str
    user_agent: str = USER_AGENT
    dice: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311

    def word(self) -> str:
        """A name that is new."""
        return f"{self.dice.getrandbits(64):016x}"

    def request(
        self,
        method: str,
        *,
        in_dialog: tuple[str, str, str] | None = None,
        sequence: int = 1,
        user: str = "100",
        sender: str = "",
        more: tuple[tuple[str, str], ...] = (),
        body: str | None = None,
        content_type: str = "application/sdp",
    ) -> Request:
        """A correct request; an INVITE brings an offer unless `body` says otherwise.

        Args:
            method: e.g. "INVITE".
            in_dialog: Call-ID, tag in From, tag in To; new ones and none in To by default.
            sequence: of CSeq.
            user: whom to.
            sender: From without its tag; by default "scan" at this address.
            more: further headers.
            body: None: what belongs to the method.
            content_type: of the body.
        """
        if body is None:
            body = offer() if method == "INVITE" else ""
        call_id, from_tag, to_tag = in_dialog or (self.word(), self.word(), "")
        headers = [
            ("Via", f"SIP/2.0/UDP {self.here};branch=z9hG4bK{self.word()};rport"),
            ("Max-Forwards", "70"),
            ("From", f"{sender or f'<sip:scan@{self.here}>'};tag={from_tag}"),
            ("To", f"<sip:{user}@{self.target}>" + (f";tag={to_tag}" if to_tag else "")),
            ("Call-ID", call_id),
            ("CSeq", f"{sequence} {method}"),
            ("Contact", f"<sip:scan@{self.here}>"),
            ("User-Agent", self.user_agent),
            *more,
        ]
        if body:
            headers.append(("Content-Type", content_type))
        return Request(f"{method} sip:{user}@{self.target} SIP/2.0", headers, body)
