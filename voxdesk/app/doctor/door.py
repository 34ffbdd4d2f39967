"""The front door that shares calls among several lines: whether there is one, and its Kamailio."""

import re
import subprocess
from collections.abc import Sequence
from typing import Final

from telephony.kamailio.program import find_kamailio
from voxdesk.app.doctor.finding import Finding, Machine, ok, problem, warning

AREA: Final = "lines"
AT_LEAST: Final = (5, 5)
INSTALL: Final = "Install it (Debian: apt install kamailio), or set sip.lines to 1."


def wanted(machine: Machine) -> str:
    """Whether calls come in by a front door: "on", "off", or "auto" for "if it can be had"."""
    sip = machine.settings.sip
    if sip.front_door == "auto":
        return "on" if sip.tls.certificate else ("auto" if sip.lines > 1 else "off")
    return sip.front_door


def stands(machine: Machine) -> bool:
    """Whether there will be one that has SIP's port for all lines."""
    return wanted(machine) != "off" and find_kamailio() is not None


def check_door(machine: Machine) -> Sequence[Finding]:
    """Nothing to say where none is wanted."""
    want = wanted(machine)
    if want == "off":
        return []
    path = find_kamailio()
    if path is None:
        lines = machine.settings.sip.lines
        says = f"Kamailio, which shares calls among {lines} lines, is not installed"
        if want == "on":
            return [problem(AREA, f"{says}.", INSTALL)]
        return [warning(AREA, f"{says}; each line answers at a port of its own.", INSTALL)]
    version = _version(path)
    if version is None:
        return [warning(AREA, f"{path} doesn't say its version.", f"Try `{path} -v` yourself.")]
    shown = ".".join(map(str, version))
    if version < AT_LEAST:
        return [problem(AREA, f"Kamailio {shown} is too old.", "Install Kamailio 5.5 or newer.")]
    return [ok(AREA, f"Kamailio {shown} is there.")]


def _version(path: str) -> tuple[int, int] | None:
    try:
        done = subprocess.run(  # noqa: S603  found on the path
            [path, "-v"], capture_output=True, timeout=5, check=False, text=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"kamailio (\d+)\.(\d+)", done.stdout)
    return (int(found[1]), int(found[2])) if found else None
