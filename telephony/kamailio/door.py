"""The front door: one Kamailio is always running before the lines."""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from telephony.kamailio.ask import answers, mark_line, reload_certificate
from telephony.kamailio.process import LOG, KamailioProcess, clear
from telephony.kamailio.program import check, require_kamailio, write_files
from telephony.kamailio.settings import DoorSettings
from voxdesk.kernel.errors import TelephonyError

READY_WITHIN_S: Final = 10.0
LOOK_EACH_S: Final = 1.0
HUNG_AFTER: Final = 5
"""So many looks without an answer, and it is killed."""
FIRST_BACK_OFF_S: Final = 0.1
MAX_BACK_OFF_S: Final = 10.0
GOOD_RUN_S: Final = 30.0
MAX_LOG_BYTES: Final = 10_000_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DoorStatus:
    """How the front door is doing: whether it answers, its process, restarts by this engine."""

    ready: bool
    pid: int
    restarts: int


class FrontDoor:
    """Starts a Kamailio or takes over a running one, and sees to it that there is one.

    Args:
        settings: what it shall do.
        run_dir: for its files; one door a directory.
    """

    def __init__(self, settings: DoorSettings, run_dir: Path) -> None:
        self.settings = settings
        self.on_restarted: Callable[[], None] | None = None
        self._run_dir = run_dir.absolute()
        self._program = ""
        self._process: KamailioProcess | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._told: set[asyncio.Task[None]] = set()
        self._ready = False
        self._restarts = 0

    @property
    def status(self) -> DoorStatus:
        """How it is doing."""
        pid = self._process.pid if self._process is not None and self._ready else 0
        return DoorStatus(self._ready, pid, self._restarts)

    async def start(self) -> None:
        """Have one running, and answering.

        One that an earlier engine left with the same configuration goes on as it is.

        Raises:
            TelephonyError: it can't; says why and what to do. None is left running.
        """
        self._program = require_kamailio()
        changed = write_files(self.settings, self._run_dir)
        left = KamailioProcess.find(self._run_dir)
        if left is not None and not changed and await answers(self.settings, LOOK_EACH_S):
            _log.info("the front door is still open, as process %d", left.pid)
            self._process, self._ready = left, True
        else:
            await check(self._program, self._run_dir)
            if left is not None:
                await left.stop()
            await self._open()
        self._keeper = asyncio.create_task(self._keep(), name="keep the front door")

    async def close(self) -> None:
        """Stop it; what it had to pass on is passed on."""
        await self._watch_no_longer()
        if self._process is not None:
            await self._process.stop()
            self._process = None
        self._ready = False

    async def leave(self) -> None:
        """Watch it no longer, and leave it running for the next engine."""
        await self._watch_no_longer()
        if self._process is not None:
            self._process.let_go()
            self._process = None

    async def _watch_no_longer(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, *self._told, return_exceptions=True)
            self._keeper = None

    def line_is(self, index: int, *, up: bool) -> None:
        """A line has died, or has come up."""
        if self._ready:
            telling = mark_line(self.settings, self._run_dir, index, up=up)
            task = asyncio.create_task(telling, name=f"tell the front door of line {index + 1}")
            self._told.add(task)
            task.add_done_callback(self._told.discard)

    # ------------------------------------------------------------------ keeping

    async def _open(self) -> None:
        await clear(self._run_dir)
        log_size = _size(self._run_dir / LOG)
        process = self._process = KamailioProcess.start(self._program, self._run_dir)
        deadline_s = time.monotonic() + READY_WITHIN_S
        while not await answers(self.settings, 0.2):
            if process.ended.is_set() or time.monotonic() > deadline_s:
                await process.stop()
                raise TelephonyError(self._no_start(log_size))
            await asyncio.sleep(0.02)
        self._ready = True

    def _no_start(self, log_size: int) -> str:
        path = self._run_dir / LOG
        with path.open("rb") as log:
            log.seek(log_size)
            said = log.read(20_000).decode(errors="replace")
        if "Address already in use" in said or "errno 98" in said:
            return (
                f"The front door can't listen on port {self.settings.port}, or on one of its ports "
                f"{self.settings.inner_port} to {max(self.settings.line_ports)} on the loopback: "
                "one is taken. Stop the program that has it (`ss -lutnp` shows which), or choose "
                "another port (the setting sip.port)."
            )
        if "Cannot assign requested address" in said:
            return (
                f"The front door can't listen on {self.settings.address}: no such address here. "
                "`ip address` shows this machine's own."
            )
        errors = [line for line in said.splitlines() if "ERROR" in line or "CRITICAL" in line]
        first = errors[0].partition("): ")[2] or errors[0] if errors else "nothing"
        return f"The front door (Kamailio) did not start. It said: {first[:200]}. See {path}."

    async def _keep(self) -> None:
        back_off_s = FIRST_BACK_OFF_S
        while True:
            opened_s = time.monotonic()
            await self._watch()
            self._ready = False
            if time.monotonic() - opened_s > GOOD_RUN_S:
                back_off_s = FIRST_BACK_OFF_S
            while not self._ready:
                self._restarts += 1
                try:
                    await self._open()
                except (TelephonyError, OSError) as error:
                    _log.error("%s", error)
                    await asyncio.sleep(back_off_s)
                    back_off_s = min(MAX_BACK_OFF_S, 2 * back_off_s)
            _log.warning("the front door is open again")
            if self.on_restarted is not None:
                self.on_restarted()

    async def _watch(self) -> None:
        """Until it is over; one that answers nothing any more is ended."""
        process = self._process
        assert process is not None  # noqa: S101  it was opened
        silent = 0
        certificate = self._certificate()
        while not process.ended.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.ended.wait(), LOOK_EACH_S)
                break
            silent = 0 if await answers(self.settings, LOOK_EACH_S) else silent + 1
            if silent >= HUNG_AFTER:
                _log.error("the front door says nothing any more")
                break
            if _size(self._run_dir / LOG) > MAX_LOG_BYTES:
                os.truncate(self._run_dir / LOG, 0)
            if certificate != (certificate := self._certificate()):
                _log.info("the front door reads its certificate again")
                await reload_certificate(self._run_dir)
        _log.error("the front door is lost")
        process.let_go()

    def _certificate(self) -> tuple[float, ...]:
        """When certificate and key were last written."""
        tls = self.settings.tls
        if tls is None:
            return ()
        with contextlib.suppress(OSError):
            return tls.certificate.stat().st_mtime, tls.key.stat().st_mtime
        return ()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
