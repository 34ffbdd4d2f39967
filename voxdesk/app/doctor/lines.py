"""What the installed pjsua2 can do, and the front door that several lines need."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

from telephony.line.settings import CODECS
from voxdesk.app.doctor.door import check_door
from voxdesk.app.doctor.finding import Finding, Machine, ok, problem

AREA: Final = "lines"
PROBE_WITHIN_S: Final = 20.0


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
    return [*judge_library(machine, said), *check_door(machine)]


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
    if isinstance(sip.outbound_legs, int) and sip.outbound_legs >= capacity:
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
