"""How a line is set up. Plain values with defaults; sent to the line as JSON on its stdin.

Not on its command line: a trunk's password would be readable by every process of the machine.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

CODECS = {"PCMU": "PCMU/8000", "PCMA": "PCMA/8000", "G722": "G722/16000"}
SRTP_MODES = ("off", "optional", "mandatory")
TRANSPORTS = ("udp", "tcp")
MIN_MEDIA_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class TrunkSettings:
    """A SIP trunk that wants us to register.

    Attributes:
        registrar: its SIP URI, e.g. "sip:trunk.example.com".
        user: user part of our address of record, and name for digest authentication.
        password: for digest authentication.
        auth_user: name for digest authentication when it isn't `user`.
        expires_s: how long one registration is asked to last.
        proxy: SIP URI that everything is sent through, or empty.
    """

    registrar: str
    user: str
    password: str = field(repr=False)
    auth_user: str = ""
    expires_s: int = 300
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class LineSettings:
    """One line, or several: the k-th line of an exchange listens on `port` + k.

    Attributes:
        bind_address: local address for SIP and RTP; "0.0.0.0" is all of them.
        public_address: what is written into Contact and SDP when that differs; behind NAT.
        port: for SIP, UDP and TCP alike; 0 lets the system choose.
        transports: of "udp", "tcp"; the first is in the preferred address. "tcp" only where a
            front door or a packet filter decides who connects: some sixty open connections use
            up pjsip's 64 socket handles, and abort the line. With both, a request of ours beyond
            1,300 bytes goes by TCP (RFC 3261 18.1.1).
        rtp_port: first UDP port for RTP; 0 lets the system choose.
        rtp_ports: how many from there on; each call takes two (RTP, RTCP).
        codecs: of "G722", "PCMU", "PCMA", the preferred first; others are not offered.
        srtp: "off", "optional" (offered, and taken when offered) or "mandatory"; SDES keys.
        session_expires_s: session timers (RFC 4028): a call whose other end is silently gone is
            ended after so long.
        react_timeout_s: an INVITE that the engine doesn't react to is answered 503.
        ring_timeout_s: a caller who was only told to ring is answered 480; who has given up
            without a word holds a slot for so long.
        ack_timeout_s: an answered caller who never sends ACK is given up.
        media_timeout_s: a call without one RTP packet for so long, not on hold, ends; 2 or more.
        max_call_s: a call is ended when it is so old.
        engine_timeout_s: a call that has lost its engine waits so long for the next one.
        fallback: SIP URI where such a call goes then; empty: the caller hears an apology.
        trusted: addresses of the front door and of trunks. All others are held to a rate, and
            shut out for a while when they go far beyond it.
        outbound_reserve: so many legs of each line are kept from incoming calls.
        trunk: where to register, or None.
        register: whether this line registers at the trunk from its start; one of several does,
            and `Register` hands that on.
        sip_address: local address for SIP alone when that isn't `bind_address`: behind a front
            door the loopback, while callers' sound still comes straight here.
        front_door: "address:port" of a front door. Everything is sent through it, calls are taken
            from nobody else, and it is believed where they came from.
        contact: "host:port;parameters" that peers are told instead of our own.
        user_agent: name in SIP's User-Agent and Server.
        log_level: of pjsip, 0 (nothing) to 5; from 4 on its log has whole SIP messages.
        log_file: where pjsip logs to; empty is nowhere.
    """

    bind_address: str = "0.0.0.0"  # noqa: S104  a telephone exchange is there to be called
    public_address: str = ""
    port: int = 5060
    transports: tuple[str, ...] = ("udp",)
    rtp_port: int = 0
    rtp_ports: int = 400
    codecs: tuple[str, ...] = ("G722", "PCMU", "PCMA")
    srtp: str = "optional"
    session_expires_s: int = 1800
    react_timeout_s: float = 5.0
    ring_timeout_s: float = 8.0
    ack_timeout_s: float = 6.0
    media_timeout_s: float = 20.0
    max_call_s: float = 7200.0
    engine_timeout_s: float = 10.0
    fallback: str = ""
    trusted: tuple[str, ...] = ("127.0.0.1",)
    outbound_reserve: int = 0
    trunk: TrunkSettings | None = None
    register: bool = True
    sip_address: str = ""
    front_door: str = ""
    contact: str = ""
    user_agent: str = "Voxdesk"
    log_level: int = 0
    log_file: str = ""

    def __post_init__(self) -> None:
        for name, values, allowed in (
            ("codecs", self.codecs, tuple(CODECS)),
            ("transports", self.transports, TRANSPORTS),
            ("srtp", (self.srtp,), SRTP_MODES),
        ):
            if not values or not set(values) <= set(allowed):
                raise ValueError(f"{name} is {values!r}; it is made of {', '.join(allowed)}")
        if self.media_timeout_s < MIN_MEDIA_TIMEOUT_S:
            raise ValueError(
                f"media_timeout_s is {self.media_timeout_s}; packets are counted once a second, "
                f"so {MIN_MEDIA_TIMEOUT_S} is the least"
            )

    def to_json(self) -> str:
        """For `from_json` in another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "LineSettings":
        """What `to_json` wrote.

        Raises:
            ValueError: not that.
            TypeError: it has fields that there are not.
        """
        content: dict[str, Any] = json.loads(text)
        trunk = content.pop("trunk", None)
        content.update({name: tuple(content[name]) for name in ("codecs", "transports", "trusted")})
        return cls(**content, trunk=TrunkSettings(**trunk) if trunk else None)
