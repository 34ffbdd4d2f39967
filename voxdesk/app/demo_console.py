"""What runs beside the demonstration: the console, work after calls, and more callers."""

import asyncio
import contextlib
import os
import socket
import sys
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from voxdesk.app import staff_links
from voxdesk.app.http.pages import BUILT
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.clock import SystemClock

LOOPBACK: Final = "127.0.0.1"
READY_WITHIN_S: Final = 30.0
LEAVES_WITHIN_S: Final = 5.0
MORE_CALLS: Final = 40


@asynccontextmanager
async def console_beside(settings: Settings) -> AsyncIterator[str]:
    """The console and the work after calls, as long as the block lasts; the console's address."""
    port = _free_port(settings.console.port or staff_links.USUAL_PORT)
    state = {"VOXDESK_STATE_DIR": str(settings.state_dir), "VOXDESK_DATABASE__URL": ""}
    async with (
        _beside(state, "voxdesk.app.cli", "console", "--port", str(port), "--supervised"),
        _beside(state, "voxdesk.app.cli", "jobs", "--supervised"),
    ):
        address = f"http://{LOOPBACK}:{port}"
        await asyncio.to_thread(_wait_for, f"{address}/healthz")
        yield address


@asynccontextmanager
async def callers_beside(to: str) -> AsyncIterator[None]:
    """People who call one after the other while the block lasts."""
    arguments = ("voxdesk.testing.demo_callers", "--to", to, "--calls", str(MORE_CALLS))
    async with _beside({}, *arguments):
        yield


def way_in(settings: Settings, address: str) -> str:
    """A link by which whoever sees it becomes the demonstration's administrator."""
    database = Database(settings.database_url)
    try:
        return staff_links.first_link(database, SystemClock(), address)[0]
    finally:
        database.close()


def are_pages_built() -> bool:
    """Whether the console has pages to show."""
    return (BUILT / "index.html").is_file()


@asynccontextmanager
async def _beside(state: dict[str, str], module: str, *arguments: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        env={**os.environ, **state, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us, who then end it
    )
    try:
        yield
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), LEAVES_WITHIN_S)
            except TimeoutError:
                process.kill()


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return wanted


def _wait_for(url: str) -> None:
    """Until it answers, or for so long that it never will."""
    deadline = SystemClock().monotonic() + READY_WITHIN_S
    while SystemClock().monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310
            if answer.status == HTTPStatus.OK:
                return
