"""What a line costs a call: four G.711 calls that hear and are heard all the time, nothing else.

The engine is left out (whoever answers here only plays and listens), so that the figure is the
line's own: `python -m tests.bench line`.
"""

import asyncio
import itertools
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from telephony.exchange import Exchange
from telephony.legs import Answered, AudioReceived, Leg, LegEvent, Played
from telephony.line.settings import LineSettings
from tests.bench.figures import report
from tests.bench.machine import memory_mb
from tests.bench.stand_in import babbling
from tests.bench.system import CALLS_A_LINE
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.call import UtteranceId
from voxdesk.testing.softphone import Softphone

ROUNDS = 3
SETTLE_S = 2.0


class Talker:
    """Answers a leg, plays without end, counts what it hears."""

    def __init__(self, leg: Leg, sound: Pcm) -> None:
        self.frames = 0
        self._leg = leg
        self._sound = sound
        self._numbers = itertools.count(1)
        leg.listen(self._on_event)
        leg.answer()

    def _on_event(self, event: LegEvent) -> None:
        match event:
            case AudioReceived():
                self.frames += 1
            case Answered() | Played(_, _, True):
                self._leg.play(UtteranceId(next(self._numbers)), self._sound, last=True)


async def measure(*, seconds: float, codecs: tuple[str, ...] = ("PCMU",)) -> None:
    """Some rounds of so many seconds; the middle one counts."""
    rows: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="voxdesk-line-") as folder:
        settings = LineSettings(bind_address="127.0.0.1", port=0, srtp="off")
        exchange = Exchange(settings, run_dir=Path(folder))
        await exchange.start()
        talkers: list[Talker] = []
        sound = np.repeat(babbling(2.0, seed=3), 2)
        exchange.on_incoming(lambda leg: talkers.append(Talker(leg, sound)))
        try:
            async with await Softphone.open(keep_pcm=False) as phone:
                line = psutil.Process(exchange.lines[0].pid)
                for calls in (0, CALLS_A_LINE):
                    for _ in range(calls):
                        call = await phone.call(exchange.addresses[0], codecs=codecs)
                        await call.answered()
                        call.stream.background = babbling(3.0, seed=4)
                    await asyncio.sleep(SETTLE_S)
                    rounds = [await _one_round(line, talkers, seconds) for _ in range(ROUNDS)]
                    rows[f"{calls} calls"] = _row(line, sorted(rounds), calls)
        finally:
            await exchange.close()
    idle = rows["0 calls"]["CPU %"]
    busy = rows[f"{CALLS_A_LINE} calls"]
    busy["CPU % a call, without the idle line"] = round((busy["CPU %"] - idle) / CALLS_A_LINE, 2)
    report("line", rows, notes=[f"{ROUNDS} rounds of {seconds:g} s, {'/'.join(codecs)}"])


async def _one_round(line: psutil.Process, talkers: list[Talker], seconds: float) -> Any:
    before, began_s = line.cpu_times(), time.monotonic()
    frames = sum(talker.frames for talker in talkers)
    switches = _switches(line.pid)
    await asyncio.sleep(seconds)
    after, wall_s = line.cpu_times(), time.monotonic() - began_s
    percent = 100 * (after.user + after.system - before.user - before.system) / wall_s
    heard = sum(talker.frames for talker in talkers) - frames
    return percent, heard / wall_s, (_switches(line.pid) - switches) / wall_s


def _switches(pid: int) -> int:
    """Of all its threads; psutil counts those of the first one."""
    texts = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/status")]
    lines = (line for text in texts for line in text.splitlines() if "ctxt_switches" in line)
    return sum(int(line.split()[1]) for line in lines)


def _row(line: psutil.Process, rounds: Any, calls: int) -> dict[str, Any]:
    percent, frames, switches = rounds[len(rounds) // 2]
    return {
        "CPU %": round(percent, 2),
        "CPU % a call": round(percent / calls, 2) if calls else None,
        "least and most": f"{rounds[0][0]:.2f} {rounds[-1][0]:.2f}",
        "frames a second": round(frames),
        "context switches a second": round(switches),
        "PSS MB": round(memory_mb([line])[1]),
    }
