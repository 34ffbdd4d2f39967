"""Whether the trunk is there: its name resolves, and it answers SIP."""

import secrets
import socket
import time
from collections.abc import Sequence
from typing import Final

from voxdesk.app.doctor.finding import Finding, Machine, ok, problem, warning

AREA: Final = "trunk"
SIP_PORT: Final = 5060
TRIES_S: Final = (0.5, 1.0, 1.5)  # waits after each request; UDP may lose one
BUFFER: Final = 65_535
Target = tuple[socket.AddressFamily, tuple[str, int]]


def check_trunk(machine: Machine) -> Sequence[Finding]:
    """Nothing to say without one."""
    registrar = machine.settings.sip.trunk.registrar
    if not registrar:
        return []
    host, port = host_and_port(registrar)
    target = _resolve(host, port)
    if target is None:
        return [
            problem(
                AREA,
                f"The name of the trunk, {host}, can't be resolved.",
                "See whether sip.trunk.registrar is right, and whether this machine's DNS works.",
            )
        ]
    findings = [ok(AREA, f"{host} is {target[1][0]}.")]
    transport = machine.settings.sip.transports[0]
    status = ask_options(target, host, transport)
    if status is None:
        findings.append(
            problem(
                AREA,
                f"{host} does not answer SIP at {transport.upper()} port {port} within "
                f"{sum(TRIES_S):g} s.",
                "See whether a firewall is in between, and whether the provider wants another "
                "port (sip.trunk.registrar: host:port) or transport.",
            )
        )
    else:
        findings.append(ok(AREA, f"{host} answers SIP (OPTIONS: {status})."))
    if not machine.settings.sip.trunk.user:
        findings.append(
            warning(AREA, "The trunk has no user name.", "Set sip.trunk.user and its password.")
        )
    return findings


def host_and_port(registrar: str) -> tuple[str, int]:
    """Of "host", "host:port" or "[IPv6]:port"."""
    text = registrar.removeprefix("sip:").partition(";")[0].rpartition("@")[2]
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":")
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    else:
        host, port = text, ""
    return host, int(port) if port.isdigit() else SIP_PORT


def options(host: str, local: tuple[str, int], transport: str, token: str) -> bytes:
    """The question, RFC 3261 11. Any answer means that somebody is there."""
    where = f"[{local[0]}]" if ":" in local[0] else local[0]
    lines = [
        f"OPTIONS sip:{host} SIP/2.0",
        f"Via: SIP/2.0/{transport.upper()} {where}:{local[1]};rport;branch=z9hG4bK{token}",
        "Max-Forwards: 70",
        f"From: <sip:doctor@{where}>;tag={token}",
        f"To: <sip:{host}>",
        f"Call-ID: {token}@{where}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:doctor@{where}:{local[1]}>",
        "Accept: application/sdp",
        "User-Agent: Voxdesk doctor",
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def status_in(answer: bytes) -> str | None:
    """Such as "200 OK" of a SIP answer, cut to size; None for anything else."""
    first = answer.split(b"\r\n", 1)[0].decode("ascii", "replace")
    if not first.startswith("SIP/2.0 "):
        return None
    words = "".join(c for c in first.removeprefix("SIP/2.0 ") if c.isprintable())
    return words[:40]


def ask_options(target: Target, host: str, transport: str) -> str | None:
    """The status of the answer; None when there is none in time."""
    family, address = target
    kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
    with socket.socket(family, kind) as link:
        link.settimeout(sum(TRIES_S))
        try:
            link.connect(address)
            local = link.getsockname()
            question = options(host, (local[0], local[1]), transport, secrets.token_hex(8))
            for wait_s in TRIES_S:
                link.sendall(question)
                if (status := _listen(link, wait_s)) is not None:
                    return status
        except OSError:
            return None
    return None


def _listen(link: socket.socket, wait_s: float) -> str | None:
    until_s = time.monotonic() + wait_s
    while (left_s := until_s - time.monotonic()) > 0:
        link.settimeout(left_s)
        try:
            answer = link.recv(BUFFER)
        except TimeoutError:
            return None
        except ConnectionRefusedError:
            continue  # ICMP for an earlier datagram
        if (status := status_in(answer)) is not None:
            return status
        if not answer:
            return None
    return None


def _resolve(host: str, port: int) -> Target | None:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    except OSError:
        return None
    return family, (str(address[0]), int(address[1]))
