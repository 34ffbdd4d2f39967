"""The process of a line as the engine sees it: a child, or one that an earlier engine started."""

import asyncio
import contextlib
import hashlib
import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from telephony.line.settings import LineSettings

ROOT: Final = Path(__file__).resolve().parents[1]
"""Where the packages are, for a line that is started from elsewhere."""
MODULE: Final = "telephony.line"


class LineProcess(Protocol):
    """What `asyncio.subprocess.Process` has, as far as it is needed."""

    @property
    def pid(self) -> int:
        """Its number."""
        ...

    @property
    def returncode(self) -> int | None:
        """None while it lives."""
        ...

    async def wait(self) -> int:
        """Until it has ended; its exit code, where that can be known."""
        ...

    def terminate(self) -> None:
        """SIGTERM."""

    def kill(self) -> None:
        """SIGKILL."""


async def spawn(
    name: str, settings: LineSettings, socket_path: Path, log_path: Path
) -> asyncio.subprocess.Process:
    """Start a line. In a session of its own: it outlives the engine, and the engine's terminal."""
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, (str(ROOT), environment.get("PYTHONPATH")))
    )
    with log_path.open("ab") as log_file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-X", "faulthandler", "-m", MODULE,
            "--socket", str(socket_path), "--name", name,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
            stderr=log_file, env=environment, start_new_session=True,
        )  # fmt: skip
    assert process.stdin is not None  # noqa: S101  it is a pipe
    process.stdin.write(settings.to_json().encode())
    process.stdin.close()
    return process


class ForeignProcess:
    """A line that isn't our child. Its end is seen by its pidfd, so its number can't mislead.

    Raises:
        ProcessLookupError: there is none of this number.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._fd = os.pidfd_open(pid)
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        self._loop.add_reader(self._fd, self._ended)

    async def wait(self) -> int:
        """Until it has ended; 0, since nobody tells us its exit code."""
        await self._over.wait()
        return 0

    def terminate(self) -> None:
        """SIGTERM."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self._signal(signal.SIGKILL)

    def let_go(self) -> None:
        """Look at it no longer."""
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1

    def _signal(self, number: int) -> None:
        if self.returncode is None and self._fd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._fd, number)

    def _ended(self) -> None:
        self.returncode = 0
        self.let_go()
        self._over.set()


# ---------------------------------------------------------------------- who runs, on disk


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A line that was started: enough for the next engine to find it.

    Attributes:
        pid: its process.
        settings: a fingerprint of its settings.
    """

    pid: int
    settings: str


def fingerprint(settings: LineSettings) -> str:
    """Two lines of the same settings have the same; tells nothing about a password."""
    return hashlib.sha256(settings.to_json().encode()).hexdigest()[:16]


def remember(path: Path, pid: int, settings: LineSettings) -> None:
    """Note a line that was started."""
    record = {"pid": pid, "settings": fingerprint(settings)}
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(record), encoding="ascii")
    fresh.replace(path)


def recall(path: Path) -> LineRecord | None:
    """The line that was noted there, if it still runs."""
    try:
        content = json.loads(path.read_text(encoding="ascii"))
        record = LineRecord(int(content["pid"]), str(content["settings"]))
        command = Path(f"/proc/{record.pid}/cmdline").read_bytes()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # The number may be another program's by now.
    return record if MODULE.encode() in command.split(b"\0") else None
