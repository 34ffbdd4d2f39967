"""Prompts that should be said to their end whatever happens at the caller's side.

A prompt is heard once in peace and then disturbed again and again. What was said is judged by
listening: its beginning and its end are searched for in the received audio. An end that comes
later than it should means that the prompt paused; an end that doesn't come, or a beginning that
comes twice, that it was dropped.
"""

import asyncio
import statistics
import time
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tests.bench.disturbances import Disturbance, every_disturbance
from tests.bench.figures import console, report
from tests.bench.machine import settle
from tests.bench.speech import CONVERSATIONAL, RATE_HZ, Utterance, load_utterances
from tests.bench.system import System
from voxdesk.kernel.audio import Pcm
from voxdesk.testing.signal_checks import find, frame_levels_dbfs
from voxdesk.testing.softphone import CallFailed, PhoneCall, Softphone

DISTURB_AFTER_S = 1.0
PART_S = 0.4
PARTS = 4  # at each end
ENOUGH = 2
LIKE = 0.8
PAUSED_S = 0.06
LEARN_TRIES = 3
QUIET_S = 3.0  # long enough for an answer to what was taken for words
PATIENCE_S = 8.0
PROMPT_S = 60.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a prompt; `paused_s` is 0 when it was dropped."""

    dropped: bool
    paused_s: float

    @property
    def paused(self) -> bool:
        """Whether it stopped for a moment."""
        return not self.dropped and self.paused_s > PAUSED_S


def spoken(pcm: Pcm) -> Pcm:
    """Without the silence around it."""
    loud = np.flatnonzero(frame_levels_dbfs(pcm, RATE_HZ) > -50.0)
    frame = RATE_HZ // 50
    return pcm[loud[0] * frame : (loud[-1] + 1) * frame] if len(loud) else pcm[:0]


def judge(reference: Pcm, heard: Pcm) -> Verdict:
    """What became of a prompt whose undisturbed sound is `reference`. Pure.

    Beginning and end are looked for in several short parts each, so that a frame that was lost on
    the way spoils one of them and not the judgement.
    """
    size = round(PART_S * RATE_HZ)
    parts = [(at, reference[at : at + size]) for at in range(0, len(reference) - size + 1, size)]
    begins = _found(parts[:PARTS], heard)
    ends = _found(parts[-PARTS:], heard)
    if len(begins) < ENOUGH or len(ends) < ENOUGH:
        return Verdict(dropped=True, paused_s=0.0)
    start = round(statistics.median(begins))
    again = (heard[: max(0, start)], heard[max(0, start) + PARTS * size :])
    if any(len(_found(parts[:PARTS], elsewhere)) >= ENOUGH for elsewhere in again):
        return Verdict(dropped=True, paused_s=0.0)
    later = statistics.median(ends) - statistics.median(begins)
    return Verdict(dropped=False, paused_s=later / RATE_HZ)


def _found(parts: Sequence[tuple[int, Pcm]], heard: Pcm) -> list[float]:
    """Where the prompt began, in samples, according to each part that was heard."""
    matches = ((at, find(part, heard, RATE_HZ)) for at, part in parts)
    return [m.lag_s * RATE_HZ - at for at, m in matches if m.correlation >= LIKE]


@dataclass(slots=True)
class Trial:
    """One disturbed prompt."""

    kind: str
    name: str
    dropped: bool
    paused_s: float
    error: str = ""


class Listener:
    """Has one call's prompts disturbed."""

    def __init__(self, call: PhoneCall, prompts: Sequence[Utterance]) -> None:
        self._call = call
        self._asks = list(prompts)
        self._reference: Pcm = np.zeros(0, np.int16)

    async def learn(self) -> None:
        """Hear the prompt in peace until it sounds the same twice.

        Raises:
            CallFailed: it never does.
        """
        before = spoken(await self._hear(None))
        for _ in range(LEARN_TRIES):
            now = spoken(await self._hear(None))
            if len(before) > 2 * PARTS * PART_S * RATE_HZ and not judge(before, now).dropped:
                self._reference = before
                return
            before = now
        raise CallFailed("no prompt was heard twice the same way; nothing to compare with")

    async def disturb(self, disturbance: Disturbance) -> Trial:
        """One prompt with one disturbance."""
        verdict = judge(self._reference, await self._hear(disturbance))
        return Trial(disturbance.kind, disturbance.name, verdict.dropped, verdict.paused_s)

    async def _hear(self, disturbance: Disturbance | None) -> Pcm:
        """Ask for a prompt, disturb it, and take all that was said until it is quiet again."""
        call = self._call
        ask = self._asks.pop(0)
        self._asks.append(ask)
        playing = await call.say_all(ask.pcm)
        t_end = playing.sent_s[ask.last]
        onset_s = await call.hears_speech(10.0, since_s=t_end)
        if disturbance is not None and disturbance.echo is not None:
            call.stream.echo = disturbance.echo
        if disturbance is not None and disturbance.pcm is not None:
            await asyncio.sleep(max(0.0, onset_s + DISTURB_AFTER_S - time.monotonic()))
            call.say(disturbance.pcm)
        await call.quiet(QUIET_S, PROMPT_S)
        if disturbance is not None and self._is_cut_short(call.heard.between(onset_s - 0.3).pcm):
            # A prompt that paused may still go on, and must not meet the next question then.
            await call.quiet(PATIENCE_S, PROMPT_S)
        call.stream.echo = None
        return call.heard.between(onset_s - 0.3).pcm

    def _is_cut_short(self, heard: Pcm) -> bool:
        return judge(self._reference, heard).dropped


async def measure(system: System, *, trials: int, kinds: Collection[str] = ()) -> None:
    """Every disturbance so many times, over one call; a call that ends is placed anew.

    Args:
        system: what answers.
        trials: rounds.
        kinds: only these ("echo", "noise", "babble", "cough", "click", "recorded backchannel",
            "espeak backchannel").
    """
    await settle(system.pids)
    every = [d for d in every_disturbance(load_utterances()) if not kinds or d.kind in kinds]
    asks = load_utterances(CONVERSATIONAL, shortest_s=1.5, longest_s=2.5)
    done: list[Trial] = []
    async with await Softphone.open(user="bench") as phone:
        listener: Listener | None = None
        for disturbance in every * trials:
            if listener is None:
                listener = await _connect(phone, system, asks)
            try:
                done.append(await listener.disturb(disturbance))
            except CallFailed as failure:  # it never came to rest: worse than dropped
                listener = None
                done.append(
                    Trial(
                        disturbance.kind,
                        disturbance.name,
                        dropped=True,
                        paused_s=0.0,
                        error=str(failure),
                    )
                )
            console.print(f"  {_said(done[-1])}", highlight=False)
    _report(done)


async def _connect(phone: Softphone, system: System, asks: Sequence[Utterance]) -> Listener:
    for call in phone.calls:
        await call.hang_up()
    call = await phone.call(system.uri("long"))
    await call.answered()
    await call.hears_prompt(30.0, since_s=call.answered_s)
    listener = Listener(call, asks)
    await listener.learn()
    return listener


def _said(trial: Trial) -> str:
    if trial.error:
        return f"{trial.name}: dropped, and then: {trial.error}"
    if trial.dropped:
        return f"{trial.name}: dropped"
    if trial.paused_s > PAUSED_S:
        return f"{trial.name}: paused {trial.paused_s * 1000:.0f} ms"
    return f"{trial.name}: went on"


def _report(trials: list[Trial]) -> None:
    rows: dict[str, dict[str, Any]] = {}
    for kind in [*dict.fromkeys(trial.kind for trial in trials), "all"]:
        group = [t for t in trials if kind in (t.kind, "all")]
        dropped = sum(trial.dropped for trial in group)
        paused = sum(not t.dropped and t.paused_s > PAUSED_S for t in group)
        rows[kind] = {
            "prompts": len(group),
            "dropped": dropped,
            "dropped %": round(100 * dropped / len(group), 1),
            "paused": paused,
            "paused %": round(100 * paused / len(group), 1),
        }
    endless = sum(bool(trial.error) for trial in trials)
    notes = [f"{endless} of the dropped never came to rest"] if endless else []
    report("false-barge", rows, notes=notes, trials=[asdict(trial) for trial in trials])
