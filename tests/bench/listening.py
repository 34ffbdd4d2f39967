"""How late and how whole a live call sounds in the browser of whoever listens to it.

    python -m tests.bench.listening --seconds 60

A real call, and Chromium at the console's live page, where "Listen" is pressed. Before the page's
loudspeaker everything that it plays is kept, with the moment at which each sample sounds by the
browser's own account. Half seconds of what the caller's phone sent, and of what came back to it,
are looked for in that; the delay of one is from when the phone sent it (or could play it) to when
the browser sounds it.

`--stall 3` makes the page stand still for so long in the middle; `--busy 2` has so many processes
do nothing but take processor time. `--ahead` puts all of it before whatever else the machine does.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from playwright.sync_api import Page, sync_playwright

from tests.bench.figures import ms, percentile, report
from tests.bench.speech import RATE_HZ, load_utterances, plan_calls
from tests.bench.system import FLOWS, NO_LIMITS, System, environment, start_system
from tests.bench.talk import ahead_of_others
from voxdesk.kernel.audio import Pcm
from voxdesk.testing.rtp_stream import FRAME_S
from voxdesk.testing.signal_checks import AUDIBLE_DBFS, Match, find, frame_levels_dbfs
from voxdesk.testing.softphone import Softphone

sys.path.insert(0, str(Path(__file__).parents[1]))
from fixtures.browser import ARGUMENTS, chromium_path
from fixtures.browser_ear import Sounded, put_ear, what_sounded

PART_S = 0.5
LATEST_S = 2.5
LIKE, WHOLE = 0.5, 0.9
"""Correlation: the half second is there; nothing is missing in it, and nothing left out."""
SPEEDS = np.arange(0.98, 1.0501, 0.0025)
"""The page plays what has piled up a little faster, and waits a little where nothing is left."""
STAND_STILL = "ms => { for (const now = Date.now(); Date.now() < now + ms; ); }"
PASSWORD = "four words without sense"  # noqa: S105  of nobody


@dataclass
class Spoken:
    """What was in the call: stretches of sound, 8 kHz, each with the moment of its first sample."""

    caller: list[tuple[float, Pcm]] = field(default_factory=list)
    answer: list[tuple[float, Pcm]] = field(default_factory=list)


class Caller(threading.Thread):
    """Talks and is talked to until told to stop."""

    def __init__(self, uri: str) -> None:
        super().__init__(name="caller", daemon=True)
        self._uri = uri
        self.over = threading.Event()
        self.spoken = Spoken()

    def run(self) -> None:
        asyncio.run(self._talk())

    async def _talk(self) -> None:
        (plan,) = plan_calls(load_utterances(), 1, 200, 0)
        with ahead_of_others():
            phone = await Softphone.open(user="bench")
        async with phone:
            call = await phone.call(self._uri, caller="+15550777")
            await call.answered()
            for turn in plan:
                with contextlib.suppress(Exception):  # it wasn't understood that something was said
                    await call.hears_prompt(12.0, pause_s=0.4)
                if self.over.is_set():
                    break
                pcm = turn.utterance.pcm
                playing = await call.say_all(pcm)
                # The sound of a packet ends when it is sent.
                starts = np.array(playing.sent_s) - FRAME_S
                for frame in range(0, len(starts), round(PART_S / FRAME_S)):
                    part = pcm[round(frame * FRAME_S * RATE_HZ) :][: round(PART_S * RATE_HZ)]
                    self.spoken.caller.append((float(starts[frame]), part))
            heard = call.heard
            size = round(PART_S * RATE_HZ)
            self.spoken.answer = [
                (heard.start_s + at / RATE_HZ, heard.pcm[at : at + size])
                for at in range(0, len(heard.pcm) - size, size)
            ]


def delays(parts: list[tuple[float, Pcm]], sound: Pcm, ear: Sounded) -> dict[str, Any]:
    """How late and how whole these sounded, of those that fell into the time of listening."""
    late: list[float] = []
    asked = whole = 0
    loudness: list[float] = []
    for start_s, pcm in parts:
        if len(pcm) < PART_S * RATE_HZ or frame_levels_dbfs(pcm, RATE_HZ).max() < AUDIBLE_DBFS + 15:
            continue
        first = round((start_s - ear.start_s) * ear.sample_rate_hz)
        last = first + round((LATEST_S + PART_S) * ear.sample_rate_hz)
        if first < ear.sample_rate_hz or last > len(sound):
            continue  # the first second is the beginning
        asked += 1
        match, wanted = best_of(pcm, sound[first:last], ear.sample_rate_hz)
        if match.correlation < LIKE:
            continue
        whole += match.correlation >= WHOLE
        late.append(match.lag_s + first / ear.sample_rate_hz + ear.start_s - start_s)
        at = first + round(match.lag_s * ear.sample_rate_hz)
        played = sound[at : at + len(wanted)].astype(np.float64)
        loudness.append(20 * np.log10(np.std(played) / np.std(wanted.astype(np.float64))))
    fifth = max(1, len(late) // 5)
    return {
        "half seconds": asked,
        "found, %": round(100 * len(late) / asked, 1) if asked else None,
        "unbroken, %": round(100 * whole / asked, 1) if asked else None,
        "delay p50 ms": ms(percentile(late, 0.5)),
        "delay p95 ms": ms(percentile(late, 0.95)),
        "delay max ms": ms(max(late, default=None)),
        "of the first fifth ms": ms(percentile(late[:fifth], 0.5)),
        "of the last fifth ms": ms(percentile(late[-fifth:], 0.5)),
        "level, dB": round(float(np.median(loudness)), 1) if loudness else None,
    }


def best_of(pcm: Pcm, sound: Pcm, rate_hz: int) -> tuple[Match, Pcm]:
    """Where it sounds, at whatever speed it was played."""
    tried = []
    for speed in SPEEDS:
        wanted = soxr.resample(pcm, RATE_HZ * speed, rate_hz)
        tried.append((find(wanted, sound, rate_hz), wanted))
    return max(tried, key=lambda one: one[0].correlation)


def silences_ms(sound: Pcm, ear: Sounded) -> int:
    """Digital silence where the line's own noise should be: nothing was there to be played."""
    after = sound[ear.sample_rate_hz :]
    size = ear.sample_rate_hz // 100
    pieces = after[: len(after) // size * size].reshape(-1, size)
    return 10 * int(np.count_nonzero(~pieces.any(axis=1)))


def signed_in(page: Page, base: str, env: dict[str, str]) -> None:
    """As the first administrator."""
    link = subprocess.run(
        [sys.executable, "-m", "voxdesk.app.cli", "staff", "first-link"],
        env=env, capture_output=True, text=True, timeout=60, check=True,
    ).stdout.strip()  # fmt: skip
    page.goto(f"{base}/{link.split('/', 3)[3]}")
    page.get_by_label("Name", exact=False).first.fill("anna")
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("navigation").get_by_role("link").first.wait_for()


@contextlib.contextmanager
def busy(processes: int) -> Iterator[None]:
    """While others take processor time."""
    others = [multiprocessing.Process(target=_spin, daemon=True) for _ in range(processes)]
    for one in others:
        one.start()
    try:
        yield
    finally:
        for one in others:
            one.kill()


def _spin() -> None:
    while True:
        pass


def listen(system: System, base: str, wanted: argparse.Namespace) -> tuple[Sounded, Spoken]:
    """The call, and what the browser plays of it."""
    assert system.state_dir is not None
    env = environment(system.state_dir, lines=1) | {"VOXDESK_CONSOLE__PORT": base[-5:]}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        page = browser.new_context(locale="en", bypass_csp=True).new_page()
        put_ear(page)
        signed_in(page, base, env)
        page.goto(f"{base}/live")
        caller = Caller(system.uri("long"))
        caller.start()
        page.get_by_role("listitem").first.get_by_role("button").click()
        page.get_by_role("button", name="Listen").click()
        with busy(wanted.busy):
            page.wait_for_timeout(wanted.seconds * 500)
            page.evaluate(STAND_STILL, wanted.stall * 1000)
            page.wait_for_timeout(wanted.seconds * 500)
        caller.over.set()
        caller.join(60)
        ear = what_sounded(page)
        browser.close()
    return ear, caller.spoken


async def run(wanted: argparse.Namespace) -> None:
    """Everything."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    base = f"http://127.0.0.1:{port}"
    system = await start_system(flows=(FLOWS,), VOXDESK_CONSOLE__PORT=str(port), **NO_LIMITS)
    try:
        ear, spoken = await asyncio.to_thread(listen, system, base, wanted)
    finally:
        await system.close()
    rows = {
        "caller": delays(spoken.caller, ear.left, ear),
        "answer": delays(spoken.answer, ear.right, ear),
        "crossed": {  # the caller's sound on the answer's side: there should be none of it
            key: value
            for key, value in delays(spoken.caller, ear.right, ear).items()
            if key in {"half seconds", "found, %"}
        },
    }
    length_s = len(ear.left) / ear.sample_rate_hz
    load = os.getloadavg()[0]
    report(
        "listening",
        rows,
        notes=[
            f"listened for {length_s:.0f} s; the page stood still for {wanted.stall:g} s",
            f"{wanted.busy} busy processes, load average {load:.1f}, {os.cpu_count()} processors"
            + (", ahead of all else" if wanted.ahead else ""),
            f"of the delay {ear.output_latency_s * 1000:.0f} ms are the browser's own output",
            f"nothing to play for {silences_ms(ear.left, ear)} ms",
        ],
    )


def main() -> None:
    """The command."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--stall", type=float, default=0.0, help="seconds")
    options.add_argument("--busy", type=int, default=0, help="processes")
    options.add_argument("--ahead", action="store_true", help="of all else on this machine")
    wanted = options.parse_args()
    with ahead_of_others() if wanted.ahead else contextlib.nullcontext():
        asyncio.run(run(wanted))


if __name__ == "__main__":
    main()
