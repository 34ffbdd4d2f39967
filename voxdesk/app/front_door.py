"""Whether there is a front door before the lines, and what it is told."""

import logging
import socket
from pathlib import Path

from telephony.kamailio.door import FrontDoor
from telephony.kamailio.ports import plan_ports
from telephony.kamailio.program import find_kamailio, require_kamailio
from telephony.kamailio.settings import ANY, LOOPBACK, DoorSettings, TlsFiles
from voxdesk.app.settings import SipSettings
from voxdesk.kernel.errors import SettingsError

log = logging.getLogger(__name__)
ELSEWHERE = ("192.0.2.1", 9)
"""RFC 5737: an address that is nobody's. Nothing is sent there."""


def front_door(sip: SipSettings, run_dir: Path) -> FrontDoor | None:
    """The door that the settings want, or None.

    Raises:
        SettingsError: TLS is half configured, or has no door to end at.
        TelephonyError: no Kamailio, or a value that can't be.
    """
    if bool(sip.tls.certificate) != bool(sip.tls.key):
        raise SettingsError("sip.tls needs both, certificate and key; one of them is empty.")
    if sip.front_door == "off":
        if sip.tls.certificate:
            raise SettingsError(
                "sip.tls needs the front door, where TLS ends: set sip.front_door to auto or on."
            )
        return None
    if sip.front_door == "on" or sip.tls.certificate:
        require_kamailio()
    elif sip.lines == 1:
        return None
    elif find_kamailio() is None:
        log.warning(
            "there are %d lines and no Kamailio, so each line listens on a port of its own. For "
            "one port before all: `apt-get install kamailio`, or set sip.front_door: off",
            sip.lines,
        )
        return None
    address = LOOPBACK if sip.address == "localhost" else sip.address
    ports = plan_ports(address, sip.port, sip.lines, run_dir)
    tls = None
    if sip.tls.certificate:
        tls = TlsFiles(Path(sip.tls.certificate), Path(sip.tls.key), sip.tls.port)
    return FrontDoor(
        DoorSettings(
            address=address,
            port=ports.outer,
            public_host=sip.public_address or (own_address() if address == ANY else address),
            inner_port=ports.inner,
            line_ports=ports.lines,
            tcp="tcp" in sip.transports,
            tls=tls,
            sources=sip.sources,
            calls_per_s=sip.limits.calls_per_s,
            source_calls_per_s=sip.limits.source_calls_per_s,
            source_requests_per_s=sip.limits.source_requests_per_s,
            max_message_bytes=sip.limits.message_bytes,
        ),
        run_dir,
    )


def outbound_reserve(sip: SipSettings) -> int:
    """Legs of each line that incoming calls leave free: a quarter, when there are several lines."""
    if sip.outbound_legs == "auto":
        return 1 if sip.lines > 1 else 0
    return sip.outbound_legs


def own_address() -> str:
    """The address that this machine uses towards the world."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
        except OSError:
            return LOOPBACK  # no way out: callers are on this machine
        address: str = probe.getsockname()[0]
        return address
