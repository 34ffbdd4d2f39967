"""What the installed pjsua2 can do, and the front door that several lines need."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

from telephony.line.settings import CODECS
from voxdesk.app.doctor.finding import Finding, Machine, ok, problem, warning

AREA: Final = "lines"
PROBE_WITHIN_S: Final = 20.0
KAMAILIO_AT_LEAST: Final = (5, 5)


def check_lines(machine: Machine) -> Sequence[Finding]:
    """Capacity and codecs, asked of the library in a process of its own; Kamailio."""
    try:
        said = probe_library()
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return [
            problem(
                AREA,
                f"pjsua2, which speaks SIP, can't be loaded ({type(error).__name__}).",
                "Run scripts/setup.sh again, or `pip install --force-reinstall pjsua2-python`.",
            )
        ]
    return [*judge_library(machine, said), *_front_door(machine)]


def probe_library() -> dict[str, Any]:
    """Capacity, codecs and version. It can abort its process, so it isn't ours."""
    done = subprocess.run(
        [sys.executable, "-m", "telephony.line.probe"],
        capture_output=True,
        timeout=PROBE_WITHIN_S,
        check=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def judge_library(machine: Machine, said: dict[str, Any]) -> Iterator[Finding]:
    """What it says, against what is set."""
    sip = machine.settings.sip
    capacity = int(said["capacity"])
    calls = capacity * sip.lines
    each = f", {capacity} each" if sip.lines > 1 else ""
    yield ok(
        AREA,
        f"pjsua2 {said['version']}: {sip.lines} line{'s' if sip.lines > 1 else ''} can hold "
        f"{calls} call legs{each}; a call with an agent needs two.",
    )
    if sip.outbound_legs >= capacity:
        yield problem(
            AREA,
            f"sip.outbound_legs keeps {sip.outbound_legs} of a line's {capacity} legs free.",
            "Set a lower sip.outbound_legs.",
        )
    missing = [
        name for name in sip.codecs if not any(c.startswith(CODECS[name]) for c in said["codecs"])
    ]
    if missing:
        yield problem(
            AREA,
            f"The installed pjsua2 has no codec {', '.join(missing)}.",
            "Take it out of sip.codecs, or install a pjsua2 that has it.",
        )
    else:
        yield ok(AREA, f"The codecs {', '.join(sip.codecs)} are there.")


def _front_door(machine: Machine) -> Iterator[Finding]:
    lines = machine.settings.sip.lines
    path = shutil.which("kamailio") or shutil.which("kamailio", path="/usr/sbin:/usr/local/sbin")
    if lines == 1:
        return  # one line is called directly
    if path is None:
        yield problem(
            AREA,
            f"sip.lines is {lines}, and Kamailio, which shares calls among them, is not installed.",
            "Install it (Debian: apt install kamailio), or set sip.lines to 1.",
        )
        return
    try:
        done = subprocess.run([path, "-v"], capture_output=True, timeout=5, check=False, text=True)  # noqa: S603
        version = re.search(r"kamailio (\d+)\.(\d+)", done.stdout)
    except (OSError, subprocess.SubprocessError):
        version = None
    if version is None:
        yield warning(AREA, f"{path} doesn't say its version.", "Try `kamailio -v` yourself.")
    elif (found := (int(version[1]), int(version[2]))) < KAMAILIO_AT_LEAST:
        yield problem(
            AREA,
            f"Kamailio {found[0]}.{found[1]} is too old.",
            "Install Kamailio 5.5 or newer.",
        )
    else:
        yield ok(AREA, f"Kamailio {found[0]}.{found[1]} is there.")
