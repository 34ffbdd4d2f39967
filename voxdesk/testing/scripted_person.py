"""Someone on a call leg who goes through a script: listens by loudness, speaks, presses keys.

All waiting counts the leg's own audio clock, so that a script runs the same on a real line and,
much faster, on a fake one in virtual time. A wall clock stands behind it, for a leg that gives
neither audio nor an end.
"""

import asyncio
import itertools
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from telephony.legs import (
    Answered,
    AudioReceived,
    Ended,
    Leg,
    LegEvent,
    Played,
    Ringing,
)
from voxdesk.kernel.audio import SAMPLES_PER_MS, Pcm, level_dbfs
from voxdesk.kernel.call import UtteranceId
from voxdesk.kernel.errors import TelephonyError
from voxdesk.testing.scripted_steps import HangUp, Hear, Interrupt, Press, Say, Stay, Step

AUDIBLE_DBFS = -45.0
KEY_MS = 250
SILENT_LEG_S = 5.0
HANG_UP_S = 5.0


class ScriptFailed(TelephonyError):
    """A scripted person waited in vain: says for what, and how long."""

    code = "script_failed"


Narrate = Callable[[float, str, Mapping[str, Any]], None]


def narrator(who: str, *, as_json: bool) -> Narrate:
    """Prints one line an action: for people, or as JSON for programs."""

    def narrate(at_s: float, action: str, details: Mapping[str, Any]) -> None:
        if as_json:
            line = json.dumps({"at_s": round(at_s, 2), "who": who, "action": action, **details})
        else:
            shown = " ".join(str(value) for value in details.values())
            line = f"{at_s:6.2f} {who} {action} {shown}".rstrip()
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    return narrate


class ScriptedPerson:
    """Holds one leg and performs steps on it.

    Args:
        leg: outbound, or inbound and not yet answered.
        narrate: told of each action.
        lines: 16 kHz sound of everything that the script says; `learn` can bring it later.
    """

    def __init__(self, leg: Leg, narrate: Narrate, lines: Mapping[str, Pcm] | None = None) -> None:
        self._leg = leg
        self._narrate = narrate
        self._lines = dict(lines or {})
        self._changed = asyncio.Event()
        self._numbers = itertools.count(1)
        self._now_ms = 0
        self._mark_ms = 0  # end of our own last action: what is heard from here on is the answer
        self._began_ms: int | None = None  # first audible frame since the mark
        self._loud_ms = 0  # end of the last audible frame
        self._answered = False
        self._ended: Ended | None = None
        self._finished: set[UtteranceId] = set()
        leg.listen(self._on_event)

    def learn(self, lines: Mapping[str, Pcm]) -> None:
        """The sound of further texts."""
        self._lines.update(lines)

    async def perform(self, steps: tuple[Step, ...]) -> None:
        """Every step in order.

        Raises:
            ScriptFailed: a wait ran out, or the call ended before the script did.
        """
        for number, step in enumerate(steps, 1):
            try:
                await self._perform(step)
            except ScriptFailed as failure:
                raise ScriptFailed(f"step {number} ({type(step).__name__}): {failure}") from None

    async def answered(self, timeout_s: float) -> None:
        """Wait until the leg is up.

        Raises:
            ScriptFailed: it was refused, or nobody answered.
        """
        await self._until(lambda: self._answered, timeout_s, "an answer")

    async def hang_up(self) -> None:
        """End the call, if it still stands."""
        self._leg.hangup()
        try:
            await self._until(lambda: self._ended is not None, HANG_UP_S, "the call's end")
        except ScriptFailed:
            if self._ended is None:
                raise

    # ------------------------------------------------------------------ steps

    async def _perform(self, step: Step) -> None:
        match step:
            case Hear():
                await self._hear(step)
            case Say(text, after_s):
                await self._pass(after_s)
                await self._say(text)
            case Interrupt():
                await self._interrupt(step)
            case Press(keys, after_s):
                await self._pass(after_s)
                self._tell("presses", keys=keys)
                self._leg.send_digits(keys)
                await self._pass(len(keys) * KEY_MS / 1000)
                self._mark()
            case HangUp():
                self._tell("hangs up")
                await self.hang_up()
            case Stay(timeout_s):
                await self._stay(timeout_s)

    async def _hear(self, step: Hear) -> None:
        def spoke_and_paused() -> bool:
            return (
                self._began_ms is not None and self._now_ms - self._loud_ms >= step.pause_s * 1000
            )

        try:
            await self._until(spoke_and_paused, step.timeout_s, f"{step.what} to speak and pause")
        except ScriptFailed:
            if step.required or self._ended is not None or self._began_ms is not None:
                raise
            return
        lasted_s = (self._loud_ms - (self._began_ms or 0)) / 1000
        self._tell("heard", what=f"{step.what} for", seconds=f"{lasted_s:.1f} s")

    async def _interrupt(self, step: Interrupt) -> None:
        def well_into_it() -> bool:
            return (
                self._began_ms is not None and self._now_ms - self._began_ms >= step.after_s * 1000
            )

        await self._until(well_into_it, step.timeout_s, "something to interrupt")
        started_ms = self._now_ms
        await self._say(step.text, verb="interrupts")
        if self._loud_ms > started_ms:
            self._tell("noticed silence", after=f"{self._loud_ms - started_ms} ms later")

    async def _say(self, text: str, verb: str = "says") -> None:
        self._tell(verb, text=f"“{text}”")
        utterance, pcm = UtteranceId(next(self._numbers)), self._lines[text]
        self._leg.play(utterance, pcm, last=True)
        bound_s = len(pcm) / SAMPLES_PER_MS / 1000 + SILENT_LEG_S
        await self._until(lambda: utterance in self._finished, bound_s, "our own words to leave")
        self._mark()

    async def _stay(self, timeout_s: float) -> None:
        await self._until(lambda: self._ended is not None, timeout_s, "the other side to hang up")
        self._tell("is left alone:", why="the other side hung up")

    # ------------------------------------------------------------------ listening

    def _on_event(self, event: LegEvent) -> None:
        match event:
            case AudioReceived(heard):
                self._now_ms = (heard.offset + len(heard.pcm)) // SAMPLES_PER_MS
                if level_dbfs(heard.pcm) > AUDIBLE_DBFS:
                    self._loud_ms = self._now_ms
                    if self._began_ms is None:
                        self._began_ms = heard.offset // SAMPLES_PER_MS
            case Answered(codec):
                self._answered = True
                self._tell("is connected,", codec=codec)
            case Ringing():
                self._tell("hears it ring")
            case Played(utterance, _, True):
                self._finished.add(utterance)
            case Ended():
                self._ended = event
        self._changed.set()

    def _mark(self) -> None:
        self._mark_ms = self._now_ms
        self._began_ms = None

    def _tell(self, action: str, **details: Any) -> None:
        self._narrate(self._now_ms / 1000, action, details)

    async def _pass(self, seconds: float) -> None:
        until_ms = self._now_ms + seconds * 1000
        await self._until(lambda: self._now_ms >= until_ms, seconds + SILENT_LEG_S, "time to pass")

    async def _until(self, condition: Callable[[], bool], timeout_s: float, what: str) -> None:
        """Wait on the leg's clock; an ended leg ends the wait.

        Raises:
            ScriptFailed: in vain.
        """
        deadline_ms = self._now_ms + timeout_s * 1000
        try:
            async with asyncio.timeout(timeout_s + SILENT_LEG_S):
                while not condition():
                    if self._ended is not None:
                        raise ScriptFailed(
                            f"the call ended ({self._ended.cause}, SIP {self._ended.sip_code}) "
                            f"while waiting for {what}"
                        )
                    if self._now_ms > deadline_ms:
                        break
                    self._changed.clear()
                    await self._changed.wait()
                else:
                    return
        except TimeoutError:
            pass
        raise ScriptFailed(f"waited {timeout_s:g} s in vain for {what}")
