"""One running Kamailio. It outlives the engine that started it; the next one finds it again."""

import asyncio
import contextlib
import os
import signal
import subprocess
from pathlib import Path
from typing import Final, Self

from telephony.kamailio.config import CONFIG, RPC_SOCKET

LOG: Final = "door.log"
PID_FILE: Final = "door.pid"
STOPS_WITHIN_S: Final = 3.0
SHARED_MB: Final = 64
PRIVATE_MB: Final = 4


class KamailioProcess:
    """Kamailio's main process, ours or one that an earlier engine left.

    Attributes:
        pid: of the main process, which leads a process group of its own.
        ended: it is over.
    """

    def __init__(self, pid: int, run_dir: Path, child: subprocess.Popen[bytes] | None) -> None:
        self.pid = pid
        self.ended = asyncio.Event()
        self._run_dir = run_dir
        self._child = child
        self._loop = asyncio.get_running_loop()
        try:
            self._pidfd = os.pidfd_open(pid)
        except ProcessLookupError:
            self._pidfd = -1
            self.ended.set()
        else:
            self._loop.add_reader(self._pidfd, self._over)

    @classmethod
    def start(cls, program: str, run_dir: Path) -> Self:
        """Start one in a session of its own: neither Ctrl-C nor the engine's end ends it."""
        (run_dir / PID_FILE).unlink(missing_ok=True)  # it would take a zombie for a rival
        with (run_dir / LOG).open("ab") as log:
            child = subprocess.Popen(  # noqa: S603  the program was found, the rest is ours
                [
                    program, "-f", str(run_dir / CONFIG), "-DD", "-E",
                    "-P", str(run_dir / PID_FILE), "-m", str(SHARED_MB), "-M", str(PRIVATE_MB),
                    "-Y", str(run_dir), "-w", str(run_dir),
                ],
                cwd=run_dir, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        return cls(child.pid, run_dir, child)

    @classmethod
    def find(cls, run_dir: Path) -> Self | None:
        """The one that runs for this directory, or None."""
        try:
            pid = int((run_dir / PID_FILE).read_text())
        except (OSError, ValueError):
            return None
        return cls(pid, run_dir, None) if pid in all_pids(run_dir) else None

    async def stop(self) -> None:
        """End it and all its processes; by force when it takes long."""
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), STOPS_WITHIN_S)
            self.let_go()
        await clear(self._run_dir)
        for name in (PID_FILE, RPC_SOCKET):
            (self._run_dir / name).unlink(missing_ok=True)

    def let_go(self) -> None:
        """Watch it no longer."""
        if self._pidfd >= 0:
            self._loop.remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = -1

    def _over(self) -> None:
        if self._child is not None:
            self._child.poll()
        self.let_go()
        self.ended.set()


def all_pids(run_dir: Path) -> list[int]:
    """Every process of a Kamailio with this directory's configuration.

    When the main process is killed, the others live on and keep the ports.
    """
    wanted = str(run_dir / CONFIG).encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                arguments = (entry / "cmdline").read_bytes().split(b"\0")
                if wanted in arguments and b"-DD" in arguments:
                    found.append(int(entry.name))
    return found


async def clear(run_dir: Path) -> None:
    """Kill what is left of a Kamailio here, and wait until it has given back its ports."""
    for _ in range(200):
        pids = [pid for pid in all_pids(run_dir) if not _is_zombie(pid)]
        if not pids:
            return
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(0.01)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
