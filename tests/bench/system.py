"""The system under test: `voxdesk serve` of this checkout, or whatever answers at a SIP address."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from telephony.kamailio.ports import INNER_AFTER
from tests.bench.machine import cpu_s, process_tree
from tests.bench.speech import ROOT

START_S = 120.0
STOP_S = 20.0
CALLS_A_LINE = 4
FLOWS = Path(__file__).parent / "flows"
NO_LIMITS = {  # nobody is turned away because the machine is busy
    "VOXDESK_CALLS__LIMITS__LOOP_LAG_MS": "10000",
    "VOXDESK_CALLS__LIMITS__RECOGNITION_WAIT_MS": "60000",
    "VOXDESK_CALLS__LIMITS__RECOGNITION_QUEUE": "1000",
}


@dataclass(slots=True)
class System:
    """Something that answers calls.

    Attributes:
        addresses: "host:port" of each line, to be dialled in turn.
        pids: its processes (those below them are found).
        start_s: from the start of the process until it was ready; 0 when it ran already.
        start_cpu_s: CPU time that this took, which a busy machine doesn't lengthen.
        state_dir: its database and recordings; None when it isn't ours.
    """

    addresses: list[str]
    pids: list[int] = field(default_factory=list)
    start_s: float = 0.0
    start_cpu_s: float = 0.0
    state_dir: Path | None = None
    _process: "subprocess.Popen[bytes] | None" = None
    _folder: "tempfile.TemporaryDirectory[str] | None" = None

    def uri(self, flow: str, call: int = 0) -> str:
        """Whom the n-th call dials to talk with that flow."""
        return f"sip:{flow}@{self.addresses[call % len(self.addresses)]}"

    async def close(self) -> None:
        """Stop what was started here."""
        process = self._process
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(process.wait, STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait, STOP_S)
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def log(self) -> str:
        """The end of what it wrote."""
        if self.state_dir is None:
            return ""
        return (self.state_dir / "serve.log").read_text(errors="replace")[-4000:]

    def status(self) -> dict[str, Any]:
        """What it says of itself; empty while it can't be dialled, or isn't ours."""
        if self.state_dir is None:
            return {}
        return _status(self.state_dir / "run" / "engine.sock") or {}

    async def at_rest(self, within_s: float = 20.0) -> bool:
        """Wait until no call is left in it; whether that came about."""
        deadline_s = time.monotonic() + within_s
        while time.monotonic() < deadline_s:
            if not self.status().get("calls", 0):
                return True
            await asyncio.sleep(0.1)
        return False


def environment(
    state_dir: Path, *, lines: int, flows: Sequence[Path] = (FLOWS,), **settings: str
) -> dict[str, str]:
    """Settings of a system that is measured: loopback, any free port, own state."""
    config_dir = state_dir / "config"
    shutil.copytree(ROOT / "config", config_dir, dirs_exist_ok=True)
    for folder in flows:
        shutil.copytree(folder, config_dir / "flows", dirs_exist_ok=True)
    numbers = {path.stem: path.stem for folder in flows for path in folder.glob("*.yaml")}
    measured = {
        "VOXDESK_STATE_DIR": str(state_dir),
        "VOXDESK_CONFIG_DIR": str(config_dir),
        "VOXDESK_SIP__ADDRESS": "127.0.0.1",
        "VOXDESK_SIP__PORT": str(_free_ports(lines + INNER_AFTER + 1)),
        "VOXDESK_SIP__OUTBOUND_LEGS": "0",
        "VOXDESK_SIP__LINES": str(lines),
        "VOXDESK_OBSERVE__PORT": "0",
        "VOXDESK_CALLS__FLOW": "cached",
        "VOXDESK_CALLS__NUMBERS": json.dumps(numbers),
    }
    return os.environ | measured | settings


async def start_system(
    *,
    calls: int = 1,
    state_dir: Path | None = None,
    flows: Sequence[Path] = (FLOWS,),
    **settings: str,
) -> System:
    """Start `voxdesk serve` with as many lines as that many calls need; wait until it is ready.

    Args:
        calls: at the same time.
        state_dir: kept afterwards, for a next one that finds its prompts there; None: a new one.
        flows: folders of flows, each to be dialled by its name.
        settings: further ones, as environment variables.
    """
    folder = None
    if state_dir is None:
        folder = tempfile.TemporaryDirectory(prefix="voxdesk-bench-")
        state_dir = Path(folder.name)
    lines = -(-calls // CALLS_A_LINE)
    began_s = time.monotonic()
    with (state_dir / "serve.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: ASYNC220 started once, before anything is measured
            [sys.executable, "-m", "voxdesk.app.cli", "serve"],
            cwd=ROOT,
            env=environment(state_dir, lines=lines, flows=flows, **settings),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    system = System([], [process.pid], state_dir=state_dir, _process=process, _folder=folder)
    while time.monotonic() < began_s + START_S:
        status = _status(state_dir / "run" / "engine.sock")
        if status is not None:
            system.start_s = time.monotonic() - began_s
            system.start_cpu_s = cpu_s(process_tree(system.pids))
            places = (
                address.rpartition("@")[2].partition(";")[0] for address in status["addresses"]
            )
            system.addresses = list(dict.fromkeys(p.removeprefix("sip:") for p in places))
            return system
        if process.poll() is not None:
            break
        await asyncio.sleep(0.02)
    text = system.log
    await system.close()
    sys.exit(f"voxdesk serve did not get ready within {START_S:g} s:\n{text}")


def _status(path: Path) -> dict[str, Any] | None:
    """What the engine says of itself; None until it says that it can be dialled."""
    with contextlib.suppress(OSError, ValueError), socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(2.0)
        asking.connect(str(path))
        asking.sendall(b'{"do": "status"}\n')
        answer: dict[str, Any] = json.loads(asking.makefile("rb").readline())
        if answer.get("addresses"):
            return answer
    return None


def _free_ports(count: int) -> int:
    """The first of so many free UDP ports in a row; lines listen on neighbours."""
    for _ in range(100):
        with contextlib.ExitStack() as kept:
            first = kept.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                for step in range(1, count):
                    each = kept.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                    each.bind(("127.0.0.1", port + step))
            except (OSError, OverflowError):
                continue
            return port
    sys.exit(f"no {count} free UDP ports in a row on 127.0.0.1")
