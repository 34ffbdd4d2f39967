"""Which ports the door and its lines take."""

import contextlib
import json
import random
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from telephony.kamailio.process import all_pids
from telephony.kamailio.settings import LOOPBACK
from voxdesk.kernel.errors import TelephonyError

PORTS_FILE: Final = "door-ports.json"
INNER_AFTER: Final = 10
"""The door's inner port is so far behind `sip.port`, the lines' follow it."""
_HIGHEST: Final = 65_535
_TRIES: Final = 50
_CHOOSE_FROM: Final = range(20_000, 32_000)
"""Below the ports that Linux gives to programs that don't care."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Outer port for UDP and TCP, the port for lines, and the lines' own."""

    outer: int
    inner: int
    lines: tuple[int, ...]


def plan_ports(address: str, port: int, lines: int, run_dir: Path) -> Ports:
    """The ports that follow from `port`; with 0, free ones.

    A door that an earlier engine left keeps those that were chosen for it.

    Raises:
        TelephonyError: none is free.
    """
    if port:
        inner = port + INNER_AFTER
        if inner + lines > _HIGHEST:
            inner = port - INNER_AFTER - lines
        return Ports(port, inner, tuple(range(inner + 1, inner + 1 + lines)))
    if all_pids(run_dir) and (kept := _read(run_dir / PORTS_FILE)) and len(kept.lines) == lines:
        return kept
    ports = _free(address, lines)
    run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (run_dir / PORTS_FILE).write_text(json.dumps(asdict(ports)))
    return ports


def _read(path: Path) -> Ports | None:
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        content = json.loads(path.read_text())
        return Ports(int(content["outer"]), int(content["inner"]), tuple(content["lines"]))
    return None


def _free(address: str, lines: int) -> Ports:
    for _ in range(_TRIES):
        first = random.choice(_CHOOSE_FROM)  # noqa: S311  not a secret
        wanted = range(first, first + lines + 2)
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            for each in wanted:
                for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                    probe = held.enter_context(socket.socket(socket.AF_INET, kind))
                    probe.bind((address if each == first else LOOPBACK, each))
            return Ports(first, first + 1, tuple(wanted[2:]))
    raise TelephonyError(f"No ports are free on {address}: set sip.port.")
