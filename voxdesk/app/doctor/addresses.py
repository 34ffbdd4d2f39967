"""Which address callers see: what is listened on, what is written into SIP, and NAT."""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from voxdesk.app.doctor.finding import Finding, Machine, ok, problem, warning

AREA: Final = "address"
FAR_AWAY: Final = ("192.0.2.1", 9)  # documentation's network (RFC 5737); nothing is sent there
Address = IPv4Address | IPv6Address


def check_addresses(machine: Machine) -> Sequence[Finding]:
    """Whether what we tell callers can be reached from where they are."""
    sip = machine.settings.sip
    local = outward_address() if sip.address in {"0.0.0.0", "::"} else sip.address  # noqa: S104
    finding = judge(
        local=local,
        public=sip.public_address,
        resolved=resolve(sip.public_address) if sip.public_address else "",
        registrar=sip.trunk.registrar,
    )
    return [finding]


def judge(*, local: str, public: str, resolved: str, registrar: str) -> Finding:
    """Pure: what the addresses mean for callers.

    Args:
        local: what SIP says without sip.public_address; empty when there is no network.
        public: sip.public_address.
        resolved: the address that it stands for; empty when it can't be found.
        registrar: of the trunk, or empty.
    """
    if public:
        return _public(public, resolved)
    own = _parsed(local)
    if own is None:
        return problem(
            AREA,
            "This machine has no network address that callers could reach.",
            "Connect it to a network, or set sip.address to one that `ip address` shows.",
        )
    if own.is_loopback:
        return ok(AREA, f"Callers see {own}: only programs of this machine can call.")
    if own.is_private:
        says = f"Callers see {own}, a private address: right for phones in the same network."
        if registrar:
            return warning(
                AREA,
                f"Callers see {own}, a private address, and the trunk {registrar} may be outside.",
                "If this machine is behind NAT, set sip.public_address to its public address, and "
                "forward SIP's port and the range for sound to it.",
            )
        return ok(AREA, f"{says} Others need sip.public_address.")
    return ok(AREA, f"Callers see {own}, a public address.")


def _public(public: str, resolved: str) -> Finding:
    address = _parsed(resolved)
    if address is None:
        return problem(
            AREA,
            f"sip.public_address {public} can't be resolved.",
            "Set it to the address that callers see, in numbers.",
        )
    shown = public if public == resolved else f"{public} ({resolved})"
    if address.is_loopback or address.is_unspecified:
        return problem(
            AREA,
            f"Callers are told {shown}, which nobody else can reach.",
            "Set sip.public_address to the address that callers see, or to nothing.",
        )
    if address.is_private:
        return warning(
            AREA,
            f"sip.public_address is {shown}, a private address.",
            "Right only if every caller is in that network; else set the router's public address.",
        )
    return ok(AREA, f"Callers are told {shown}, a public address.")


def outward_address() -> str:
    """The address that this machine uses for the rest of the world; empty without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(FAR_AWAY)  # of UDP this chooses a route and sends nothing
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def resolve(host: str) -> str:
    """A name's first address, or empty."""
    try:
        return str(socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)[0][4][0])
    except OSError:
        return ""


def _parsed(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
