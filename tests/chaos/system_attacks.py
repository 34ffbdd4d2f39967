"""Attacks on a whole `voxdesk serve`: what a stranger's words do further in, and local nonsense."""

import asyncio
import contextlib
import json
import os
import random
import re
import socket
import struct
import sys
import time
from pathlib import Path

from sqlalchemy import select

from crm.calls.models import Call
from tests.bench.machine import cpu_s, process_tree
from tests.bench.system import ROOT, System, start_system
from tests.chaos.gun import Shots, fired
from tests.chaos.report import Outcome
from tests.chaos.requests import Stranger
from tests.chaos.witness import Witness
from voxdesk.db import Database
from voxdesk.testing.sip_message import loopback_address

STRANGER = "127.0.0.77"
NAMES = (
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200bzero\u200d",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[bold red]markup[/] [link=http://x]x[/link]",
    "line\r\n one\r\n\ttwo",
    "N" * 3000,
    "{{ 7*7 }} {% raw %} %s%n ${x} '; DROP TABLE calls; --",
    "\x00nul\x00 \x7f\x80\x9b31m",
)
UNCLEAN = re.compile(
    "[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]|\x1b(?!\\[[0-9;]*m)"
)
"""What a terminal must not be sent: all but line ends, tabs and colors."""
MAX_SHOWN = 256


async def every() -> list[Outcome]:
    """Start a system, attack it, stop it."""
    system = await start_system(calls=4)
    try:
        return [await names(system), await sockets(system), await flooded(system)]
    finally:
        await system.close()


async def names(system: System) -> Outcome:
    """Callers with names that do something to who reads them."""
    outcome = Outcome("display names", f"{len(NAMES)} calls: escapes, markup, script, 3 kB, NUL")
    host, port = system.addresses[0].rpartition(":")[::2]
    for number, name in enumerate(NAMES):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((f"127.0.6.{number + 1}", 0))  # who never acknowledges is soon shut out
            here = f"127.0.6.{number + 1}:{sock.getsockname()[1]}"
            stranger = Stranger(system.addresses[0], here, dice=random.Random(number))  # noqa: S311
            sender = f'"{name}" <sip:+1555900{number}@{here}>'
            invite = stranger.request("INVITE", user="cached", sender=sender)
            sock.sendto(invite.encode(), loopback_address(host, int(port)))
            if number % 4 == 3:
                await asyncio.sleep(9.5)
    url = f"sqlite:///{_state(system) / 'voxdesk.db'}"
    with contextlib.closing(Database(url)) as database, database.reading() as session:
        shown = [call.caller_name for call in session.scalars(select(Call))]
        calls = [call.id for call in session.scalars(select(Call))]
    printed = "".join([await _voxdesk(system, "calls", "list")] + [
        await _voxdesk(system, "calls", "show", call) for call in calls
    ])  # fmt: skip
    outcome.figures = {
        "calls in the CRM": len(shown),
        "longest name kept": max(map(len, shown), default=0),
        "names as kept": [name[:60] for name in shown],
    }
    outcome.expect(len(shown) >= len(NAMES) - 1, "calls are missing")
    outcome.expect(all(len(name) <= MAX_SHOWN for name in shown), "a name was not cut")
    for where, text in (("CRM", "".join(shown)), ("terminal", printed), ("log", system.log)):
        found = UNCLEAN.search(text.replace("\n", "").replace("\t", ""))
        outcome.expect(found is None, f"{where}: {found and found[0]!r} got through")
    return outcome


async def sockets(system: System) -> Outcome:
    """Another process of the same user talks nonsense to the engine's sockets."""
    outcome = Outcome("local sockets", "garbage, half messages, and silence, 400 connections each")
    dice = random.Random(4)  # noqa: S311  repeatable
    run = _state(system) / "run"
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in run.glob("*.sock")}
    async with Witness(f"sip:cached@{system.addresses[0]}") as witness:
        for name in ("lines.sock", "engine.sock"):
            kept = []
            for _ in range(400):
                connection = socket.socket(socket.AF_UNIX)
                connection.settimeout(2.0)
                with contextlib.suppress(OSError):
                    connection.connect(str(run / name))
                    connection.sendall(nonsense(dice))
                kept.append(connection)
                await asyncio.sleep(0.005)
            for connection in kept:
                connection.close()
        status = await asyncio.to_thread(_ask_status, run / "engine.sock")
    quality = witness.quality()
    log = system.log
    outcome.figures = {
        "modes": modes,
        "the call beside it": {"alive": quality.alive, "lost": quality.lost},
        "the engine answers": bool(status),
        "lines of log": log.count("\n"),
        "tracebacks in the log": log.count("Traceback"),
    }
    outcome.expect(set(modes.values()) == {"0o600"}, "others may use the sockets")
    outcome.expect(quality.alive, "the call beside it ended")
    outcome.expect(bool(status), "the engine no longer answers")
    outcome.expect("Traceback" not in log, "the engine was surprised")
    return outcome


async def flooded(system: System) -> Outcome:
    """A scanner's flood: what it takes of the engine, beside a call."""
    outcome = Outcome("flood of a whole system", "1,000 INVITE/s for 20 s, beside a conversation")
    engine = system.pids[0]
    lines = [each.pid for each in process_tree([engine]) if "telephony.line" in _command(each.pid)]
    async with Witness(f"sip:cached@{system.addresses[0]}") as witness:
        await asyncio.sleep(2.0)
        took = await _cpu_of([engine], lines, 10.0)
        began_s, before = time.monotonic(), [cpu_s(process_tree([pid])) for pid in (engine, *lines)]
        result = await fired(Shots("flood", system.addresses[0], 20_000, 1000, hosts=(STRANGER,)))
        seconds = time.monotonic() - began_s
        after = [cpu_s(process_tree([pid])) for pid in (engine, *lines)]
    used = [100 * (b - a) / seconds for a, b in zip(before, after, strict=True)]
    quality = witness.quality()
    outcome.figures = {
        "datagrams/s": result.rate,
        "system CPU % without, with the flood": f"{took:.0f}, {used[0]:.0f}",
        "of it lines": f"{sum(used[1:]):.0f}",
        "the call beside it": {
            "expected": quality.expected, "received": quality.received, "lost": quality.lost,
            "longest_gap_ms": quality.longest_gap_ms, "late_ms": quality.late_ms,
        },
    }  # fmt: skip
    outcome.expect(quality.alive, "the call beside it ended")
    outcome.expect(used[0] < took + 25.0, "the flood ate the engine")
    return outcome


def _state(system: System) -> Path:
    assert system._folder is not None
    return Path(system._folder.name)


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


async def _cpu_of(pids: list[int], _lines: list[int], seconds: float) -> float:
    before = cpu_s(process_tree(pids))
    await asyncio.sleep(seconds)
    return 100 * (cpu_s(process_tree(pids)) - before) / seconds


async def _voxdesk(system: System, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "voxdesk.app.cli", *arguments, cwd=ROOT,
        env={**os.environ, "VOXDESK_STATE_DIR": str(_state(system)), "COLUMNS": "300"},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    return output.decode(errors="replace")


def nonsense(dice: random.Random) -> bytes:
    """What no socket of ours expects."""
    control = json.dumps({"t": dice.choice(("Hello", "LegIncoming", "Alive", "x")), "leg": -1})
    return dice.choice(
        (
            b"",
            dice.randbytes(dice.choice((1, 5, 4000, 100_000))),
            b"\xff\xff\xff\xff" + dice.randbytes(50),
            struct.pack(">IB", len(control) + 1, 0) + control.encode(),
            struct.pack(">IB", 100_001, 0) + b"[" * 100_000,
            struct.pack(">IB", 500, dice.randrange(256)) + dice.randbytes(20),
            b"{}\n", b"[]\n", b"null\n", b'{"do": 1}\n', b'{"do": "dial"}\n', b"[" * 50_000 + b"\n",
            b'{"do": "dial", "uri": "sip:\\u0000", "flow": {}}\n', b"x" * 200_000, b"\xff\xfe\n",
        )
    )  # fmt: skip


def _ask_status(path: Path) -> dict[str, object] | None:
    with contextlib.suppress(OSError, ValueError), socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(5.0)
        asking.connect(str(path))
        asking.sendall(b'{"do": "status"}\n')
        return dict(json.loads(asking.makefile("rb").readline()))
    return None
