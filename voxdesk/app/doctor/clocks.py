"""Whether the machine knows what time it is, and whether time passes evenly."""

import shutil
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from voxdesk.app.doctor.finding import Finding, Machine, ok, problem, warning

AREA: Final = "clock"
LOOK_S: Final = 0.2
UNEVEN_S: Final = 0.05
SURELY_LATER_THAN: Final = datetime(2025, 1, 1, tzinfo=UTC)


def check_clock(machine: Machine) -> Sequence[Finding]:
    """Synchronization as timedatectl or chrony tell it, and the two clocks beside each other."""
    del machine
    return [judge_synchronized(synchronized()), _even()]


def synchronized() -> bool | None:
    """Whether the time is kept by a time server; None when nobody here can tell."""
    for program, arguments, mark in (
        ("timedatectl", ("show", "-p", "NTPSynchronized", "--value"), "yes"),
        ("chronyc", ("-c", "tracking"), "Normal"),
    ):
        path = shutil.which(program)
        if path is None:
            continue
        try:
            done = subprocess.run(  # noqa: S603  found on the path
                [path, *arguments], capture_output=True, timeout=5, check=False, text=True
            )
        except (OSError, subprocess.SubprocessError):
            continue
        if done.returncode == 0 and done.stdout.strip():
            return mark in done.stdout
    return None


def judge_synchronized(state: bool | None) -> Finding:  # noqa: FBT001  three answers
    """Pure: what that means."""
    if datetime.now(UTC) < SURELY_LATER_THAN:
        return problem(
            AREA,
            f"The clock says {datetime.now(UTC):%Y-%m-%d}, which can't be.",
            "Set it, and run a time service (Debian: apt install systemd-timesyncd).",
        )
    if state is None:
        return warning(
            AREA,
            "Neither timedatectl nor chrony can say whether the clock is kept right.",
            "Run a time service; in a container that is the host's business.",
        )
    if not state:
        return warning(
            AREA,
            "The clock is not synchronized with a time server: times in records may be wrong.",
            "Run a time service (Debian: apt install systemd-timesyncd).",
        )
    return ok(AREA, "The clock is synchronized.")


def _even() -> Finding:
    wall_s, steady_s = time.time(), time.monotonic()
    time.sleep(LOOK_S)
    apart_s = (time.time() - wall_s) - (time.monotonic() - steady_s)
    if abs(apart_s) > UNEVEN_S:
        return warning(
            AREA,
            f"The clock moved by {apart_s:+.2f} s beside its own rate while it was looked at.",
            "See whether two time services fight (chrony, ntpd, timesyncd, the hypervisor's).",
        )
    return ok(AREA, "Time passes evenly.")
