"""Whether the ports are free, or the running engine's own."""

import errno
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Final

from voxdesk.app.doctor.door import stands
from voxdesk.app.doctor.finding import Finding, Machine, ok, problem, warning
from voxdesk.app.doctor.holders import holder_of

AREA: Final = "ports"
KINDS: Final = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}
PORTS_A_CALL: Final = 2  # RTP and RTCP
LEGS_A_LINE: Final = 4


def check_ports(machine: Machine) -> Sequence[Finding]:
    """SIP for every line, the range for sound, and the page for monitoring if there is one."""
    return [*_sip(machine), _rtp(machine), *_observe(machine)]


def state_of(address: str, port: int, kind: str) -> int:
    """0 when it could be opened now, else the errno."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with closing(socket.socket(family, KINDS[kind])) as probe:
        if kind == "tcp":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            return error.errno or -1
    return 0


def _sip(machine: Machine) -> Iterator[Finding]:
    sip = machine.settings.sip
    if not sip.port:
        yield ok(AREA, "sip.port is 0: the system chooses a free port at each start.")
        return
    if stands(machine):  # the lines are behind it, at ports that the system chooses
        yield _one(machine, sip.address, sip.port, "udp", "sip.port")
        if sip.tls.certificate:
            yield _one(machine, sip.address, sip.tls.port, "tcp", "sip.tls.port")
        return
    last = sip.port + sip.lines - 1
    if last > 65_535:  # noqa: PLR2004  the highest port there is
        yield problem(
            AREA,
            f"{sip.lines} lines from sip.port {sip.port} on would need port {last}.",
            "Set a lower sip.port, or fewer sip.lines.",
        )
        return
    for port in range(sip.port, last + 1):
        for kind in sip.transports:
            yield _one(machine, sip.address, port, kind, "sip.port")


def _one(machine: Machine, address: str, port: int, kind: str, setting: str) -> Finding:
    what = f"{kind.upper()} port {port} of {address}"
    code = state_of(address, port, kind)
    if not code:
        if machine.engine_runs and setting == "sip.port":
            return warning(
                AREA,
                f"{what} is free, though an engine runs here: a line is down, or was set "
                "otherwise when it started.",
                "See `voxdesk status`; restart the engine after a change of the settings.",
            )
        return ok(AREA, f"{what} is free.")
    if code == errno.EADDRINUSE and machine.engine_runs:
        return ok(AREA, f"{what} is the running engine's.")
    return _unusable(address, port, kind, setting, code)


def _unusable(address: str, port: int, kind: str, setting: str, code: int) -> Finding:
    what = f"{kind.upper()} port {port} of {address}"
    if code == errno.EADDRINUSE:
        return problem(
            AREA,
            f"{what} is taken by {holder_of(port, kind) or 'another program'}.",
            f"Stop that program, or set another {setting}.",
        )
    if code == errno.EACCES:
        return problem(
            AREA, f"{what} may not be opened by this user.", f"Set {setting} to 1024 or more."
        )
    if code == errno.EADDRNOTAVAIL:
        return problem(
            AREA,
            f"{address} is no address of this machine.",
            "Set sip.address to one that `ip address` shows, or to 0.0.0.0 for all of them.",
        )
    return problem(
        AREA, f"{what} can't be opened: {errno.errorcode.get(code, code)}.", f"Change {setting}."
    )


def _rtp(machine: Machine) -> Finding:
    sip = machine.settings.sip
    if not sip.rtp_first_port:
        return ok(AREA, "sip.rtp_first_port is 0: the system chooses a port for each call's sound.")
    ports = range(sip.rtp_first_port, sip.rtp_first_port + sip.rtp_ports)
    what = f"The range for sound, UDP {ports[0]} to {ports[-1]},"
    if ports[-1] > 65_535:  # noqa: PLR2004  the highest port there is
        return problem(AREA, f"{what} ends beyond 65535.", "Set a lower sip.rtp_first_port.")
    needed = sip.lines * LEGS_A_LINE * PORTS_A_CALL
    if len(ports) < needed:
        return problem(
            AREA,
            f"{what} has room for {len(ports) // PORTS_A_CALL} calls, and {sip.lines} lines may "
            f"have {needed // PORTS_A_CALL}.",
            f"Set sip.rtp_ports to {needed} or more.",
        )
    sip_ports = range(sip.port, sip.port + sip.lines) if sip.port else range(0)
    if overlap := set(ports) & set(sip_ports):
        return problem(
            AREA,
            f"{what} overlaps with SIP's port {min(overlap)}.",
            "Set another sip.rtp_first_port.",
        )
    taken = [port for port in ports if state_of(sip.address, port, "udp") == errno.EADDRINUSE]
    if not taken or machine.engine_runs:
        used = f" ({len(taken)} in use by calls)" if taken else ""
        return ok(AREA, f"{what} is free for calls{used}.")
    return warning(
        AREA,
        f"{what} is used by other programs too: {len(taken)} are taken, for example {taken[0]} by "
        f"{holder_of(taken[0], 'udp') or 'another program'}.",
        "Set sip.rtp_first_port to a range that nobody else uses.",
    )


def _observe(machine: Machine) -> Iterator[Finding]:
    observe = machine.settings.observe
    if observe.enabled and observe.port:
        yield _one(machine, observe.host, observe.port, "tcp", "observe.port")
