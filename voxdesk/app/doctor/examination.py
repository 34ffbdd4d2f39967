"""Every check, one after the other in the report, side by side in time; none can stop the rest."""

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from typing import Final

from voxdesk.app.control import ask, socket_path
from voxdesk.app.doctor.addresses import check_addresses
from voxdesk.app.doctor.at_rest import check_at_rest
from voxdesk.app.doctor.certificates import check_certificates
from voxdesk.app.doctor.clocks import check_clock
from voxdesk.app.doctor.database import check_database
from voxdesk.app.doctor.disk import check_disk
from voxdesk.app.doctor.finding import Check, Finding, Level, Machine, ok, warning
from voxdesk.app.doctor.flows import check_flows
from voxdesk.app.doctor.lines import check_lines
from voxdesk.app.doctor.machine import check_machine
from voxdesk.app.doctor.models import check_models
from voxdesk.app.doctor.ports import check_ports
from voxdesk.app.doctor.recordings import check_recordings
from voxdesk.app.doctor.trunk import check_trunk
from voxdesk.app.settings import Settings

WITHIN_S: Final = 60.0
CHECKS: Final[dict[str, Check]] = {
    "ports": check_ports,
    "address": check_addresses,
    "lines": check_lines,
    "trunk": check_trunk,
    "certificate": check_certificates,
    "models": check_models,
    "database": check_database,
    "flows": check_flows,
    "disk": check_disk,
    "at rest": check_at_rest,
    "recordings": check_recordings,
    "clock": check_clock,
    "machine": check_machine,
}


def examine(settings: Settings, checks: dict[str, Check] | None = None) -> list[Finding]:
    """Look at everything; takes a few seconds, and a minute at most."""
    running = ask(socket_path(settings.state_dir), {"do": "status"}, missing={}) or {}
    machine = Machine(settings, running, dict(os.environ))
    chosen = CHECKS if checks is None else checks
    pool = ThreadPoolExecutor(len(chosen), thread_name_prefix="doctor")
    asked = {area: pool.submit(check, machine) for area, check in chosen.items()}
    findings = [*_engine(machine)]
    for area, future in asked.items():
        findings.extend(_outcome(area, future))
    pool.shutdown(wait=False, cancel_futures=True)
    return findings


def has_problem(findings: Sequence[Finding]) -> bool:
    """Whether something must be mended."""
    return any(finding.level is Level.PROBLEM for finding in findings)


def _engine(machine: Machine) -> list[Finding]:
    if not machine.engine_runs:
        return [ok("engine", "No engine runs here.")]
    running = machine.running
    troubles = running.get("troubles")
    found = [
        ok("engine", f"Voxdesk {running.get('version')} runs, with {running.get('calls')} calls.")
    ]
    found.extend(
        warning("engine", f"The running engine says: {trouble}", "See its log.")
        for trouble in (troubles if isinstance(troubles, list) else [])
    )
    return found


def _outcome(area: str, future: "Future[Sequence[Finding]]") -> Sequence[Finding]:
    mend = "Run `voxdesk doctor` again; if it stays so, report it."
    try:
        return future.result(WITHIN_S)
    except TooLate:
        return [warning(area, f"This could not be checked within {WITHIN_S:.0f} s.", mend)]
    except Exception as error:  # noqa: BLE001  a check's own fault must not hide what the others say
        return [
            warning(area, f"This could not be checked ({type(error).__name__}: {error}).", mend)
        ]
