"""What the front door shall do. Plain checked values: nothing here can break out of a config."""

import ipaddress
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from telephony.line.settings import LineSettings
from voxdesk.kernel.errors import TelephonyError

LOOPBACK: Final = "127.0.0.1"
ANY: Final = "0.0.0.0"  # noqa: S104  callers come from outside
LINE_PARAMETER: Final = "vxl"
"""URI parameter of a line's Contact: which line owns the dialog."""
PRIVATE: Final = "private"
TRUNK: Final = "trunk"
EVERYONE: Final = "all"
PRIVATE_NETWORKS: Final = (
    "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
)  # fmt: skip
MAX_LINES: Final = 32
_PORTS: Final = range(1, 65_536)
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.\-]{0,252}[A-Za-z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """What TLS shows of itself, as PEM files.

    Attributes:
        certificate: with its chain.
        key: its private key, without a passphrase.
        port: to listen on.
    """

    certificate: Path
    key: Path
    port: int = 5061


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """A front door for lines on this machine.

    Attributes:
        address: local IPv4 address that callers reach, "0.0.0.0" for all of them.
        port: for UDP and TCP.
        public_host: what Contact, Via and Record-Route say: an address or a name.
        inner_port: on the loopback, where lines talk to the door.
        line_ports: where each line listens, on the loopback.
        tcp: whether callers may use TCP beside UDP.
        tls: certificate, key and port, or None.
        sources: who may call: networks ("192.0.2.0/24"), or the words "all", "private" (this
            machine and private networks) and "trunk" (whoever answers our REGISTER).
        calls_per_s: new calls a second, in all.
        source_calls_per_s: new calls a second from one address.
        source_requests_per_s: requests a second from one address; beyond, they aren't answered.
        max_message_bytes: longer requests are refused.

    Raises:
        TelephonyError: a value can't be; says which and what would be right.
    """

    address: str
    port: int
    public_host: str
    inner_port: int
    line_ports: tuple[int, ...]
    tcp: bool = False
    tls: TlsFiles | None = None
    sources: tuple[str, ...] = (PRIVATE, TRUNK)
    calls_per_s: int = 60
    source_calls_per_s: int = 30
    source_requests_per_s: int = 200
    max_message_bytes: int = 16_384

    def __post_init__(self) -> None:
        _check_address(self.address)
        if not _HOST.fullmatch(self.public_host):
            raise TelephonyError(
                "sip.public_address is neither an address nor a host name: write it like "
                "203.0.113.7 or sip.example.com."
            )
        ports = [self.port, self.inner_port, *self.line_ports]
        if self.tls is not None:
            ports.append(self.tls.port)
        if not all(type(port) is int and port in _PORTS for port in ports):
            raise TelephonyError(f"The front door's ports are {ports}; ports are 1 to 65535.")
        if not 1 <= len(self.line_ports) <= MAX_LINES:
            raise TelephonyError(f"A front door is for 1 to {MAX_LINES} lines.")
        for name in ("calls_per_s", "source_calls_per_s", "source_requests_per_s",
                     "max_message_bytes"):  # fmt: skip
            if type(getattr(self, name)) is not int or getattr(self, name) < 1:
                raise TelephonyError(f"{name} of the front door must be a whole number from 1 on.")
        _ = self.networks

    @property
    def networks(self) -> tuple[str, ...]:
        """The networks among `sources`, "private" spelled out, in their plain form."""
        found: list[str] = []
        for source in self.sources:
            if source == PRIVATE:
                found.extend(PRIVATE_NETWORKS)
            elif source not in (TRUNK, EVERYONE):
                found.append(read_network(source))
        return tuple(dict.fromkeys(found))

    @property
    def inner(self) -> str:
        """Where lines send to, and hear from: "address:port"."""
        return f"{LOOPBACK}:{self.inner_port}"

    @property
    def contact(self) -> str:
        """What peers outside are told: "host:port"."""
        return f"{self.public_host}:{self.port}"

    @property
    def addresses(self) -> tuple[str, ...]:
        """SIP URIs that can be dialled."""
        host = self.public_host if self.address == ANY else self.address
        found = [f"sip:{host}:{self.port}"]
        if self.tcp:
            found.append(f"sip:{host}:{self.port};transport=tcp")
        if self.tls is not None:
            found.append(f"sip:{host}:{self.tls.port};transport=tls")
        return tuple(found)

    def line_uri(self, index: int) -> str:
        """The SIP URI of the line with this index, from 0."""
        return f"sip:{LOOPBACK}:{self.line_ports[index]}"

    def behind(self, line: LineSettings, index: int) -> LineSettings:
        """The line's settings when it is the one with this index behind this door."""
        return replace(
            line,
            port=self.line_ports[index],
            transports=("udp",),
            sip_address=LOOPBACK,
            front_door=self.inner,
            contact=f"{self.contact};{LINE_PARAMETER}={index + 1}",
        )


def read_network(text: str) -> str:
    """An IPv4 network in its plain form.

    Raises:
        TelephonyError: it is none.
    """
    try:
        return str(ipaddress.IPv4Network(text, strict=False))
    except ValueError:
        raise TelephonyError(
            f"sip.sources: {text!r} is no network. Write addresses like 192.0.2.7 or "
            f"192.0.2.0/24 (IPv4), or one of the words {PRIVATE}, {TRUNK}, {EVERYONE}."
        ) from None


def _check_address(text: str) -> None:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        raise TelephonyError(
            f"sip.address: {text!r} is no IPv4 address of this machine. `ip address` shows its own."
        ) from None
