"""Callers of every kind, at random and the same each time: whom they dial, when they hang up."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from tests.bench.speech import Utterance
from tests.bench.system import System
from voxdesk.testing.softphone import CallFailed, PhoneCall, Softphone, answer_after

BUSY = (486, 503)
ANSWER_WITHIN_S = 15.0
ENDS_WITHIN_S = 10.0
_SHORT = "short"


@dataclass(slots=True)
class Placed:
    """One call as its caller knows it; moments are `time.monotonic()`.

    Attributes:
        kind: what the caller was up to.
        caller: the number that it was placed from; no two calls have the same.
        status: SIP status that refused it in the end, or 0.
        hung_up: the caller ended it, as planned or by despair.
        trouble: what went otherwise than it should, or empty.
    """

    kind: str
    caller: str
    status: int = 0
    answered_s: float = 0.0
    ended_s: float = 0.0
    hung_up: bool = False
    trouble: str = ""

    @property
    def talked_s(self) -> float:
        """From the answer to the end; 0 when it was never answered."""
        return self.ended_s - self.answered_s if self.answered_s else 0.0


@dataclass(slots=True)
class Traffic:
    """So many callers at a time, one call after the other.

    Args:
        system: is dialled; a line that is full sends the caller on to the next, as a trunk does.
        phone: that they all use.
        people: the phone that plays everybody who is transferred to.
        said: what callers say.

    Attributes:
        placed: every call so far.
        counts: of them, by kind.
        unanswered: turns of a conversation that got no answer.
    """

    system: System
    phone: Softphone
    people: Softphone
    said: Sequence[Utterance]
    placed: list[Placed] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    _serial: int = 0

    async def flow_of_calls(
        self, *, callers: int, until_s: float, seed: int, kinds: Sequence[str]
    ) -> None:
        """Mixed calls until that moment, and until the last of them is over."""

        async def one(number: int) -> None:
            dice = random.Random(f"{seed} {number}")  # noqa: S311  a plan, not a secret
            while time.monotonic() < until_s:
                await self.place(dice.choice(kinds), dice)
                await asyncio.sleep(dice.uniform(0.1, 1.0))

        await asyncio.gather(*(one(number) for number in range(callers)))

    async def short_calls(
        self, count: int, *, callers: int, seed: int, tell: Callable[[int], None]
    ) -> None:
        """So many short calls, as quickly as so many callers place them."""
        left = count

        async def one(number: int) -> None:
            nonlocal left
            dice = random.Random(f"{seed} {number}")  # noqa: S311  a plan, not a secret
            while left > 0:
                left -= 1
                await self.place(_SHORT, dice)
                tell(count - left)

        await asyncio.gather(*(one(number) for number in range(callers)))

    async def place(self, kind: str, dice: random.Random) -> None:
        """One call of this kind, from the INVITE to its end."""
        self._serial += 1
        self.counts[kind] += 1
        placed = Placed(kind, f"+1777{self._serial:07}")
        self.placed.append(placed)
        flow, act = _KINDS[kind]
        call: PhoneCall | None = None
        try:
            call = await self._dial(flow, placed)
            if call is not None:
                await act(self, call, placed, dice)
        except CallFailed as failure:
            if call is None or call.ended is None:
                placed.trouble = str(failure)
        finally:
            if call is not None:
                await self._end(call, placed)

    async def _dial(self, flow: str, placed: Placed) -> PhoneCall | None:
        """The call, up or about to be; None when every line is full."""
        for attempt in range(len(self.system.addresses)):
            uri = self.system.uri(flow, self._serial + attempt)
            call = await self.phone.call(uri, caller=placed.caller)
            if placed.kind == "cancelled":
                return call
            try:
                await call.answered(ANSWER_WITHIN_S)
            except CallFailed as failure:
                placed.status = failure.status
                if failure.status in BUSY:
                    continue
                placed.trouble = str(failure)
                return call
            placed.status, placed.answered_s = 0, call.answered_s
            return call
        return None

    async def _end(self, call: PhoneCall, placed: Placed) -> None:
        if call.ended is None:
            placed.hung_up = True
            await call.hang_up()
            try:
                await call.wait_ended(ENDS_WITHIN_S)
            except CallFailed as failure:
                placed.trouble = placed.trouble or str(failure)
        placed.answered_s = call.answered_s
        placed.ended_s = call.ended_s

    # ------------------------------------------------------------------ what callers are up to

    async def _short(self, call: PhoneCall, _: Placed, dice: random.Random) -> None:
        await call.hears_speech(10.0, since_s=call.answered_s)
        await asyncio.sleep(dice.uniform(0.0, 0.3))

    async def _cancel(self, _: PhoneCall, __: Placed, dice: random.Random) -> None:
        await asyncio.sleep(dice.choice((0.0, 0.005, 0.02, 0.1)))

    async def _vanish_any_time(self, call: PhoneCall, _: Placed, dice: random.Random) -> None:
        """Talks, and hangs up wherever the conversation is by then."""
        end_s = time.monotonic() + dice.uniform(0.0, 9.0)
        while (left_s := end_s - time.monotonic()) > 0:
            call.say(dice.choice(self.said).pcm)
            await asyncio.sleep(min(left_s, dice.uniform(2.0, 5.0)))

    async def _converse(self, call: PhoneCall, _: Placed, dice: random.Random) -> None:
        await call.hears_prompt(15.0, pause_s=0.5, since_s=call.answered_s)
        for _turn in range(dice.randint(2, 5)):
            playing = await call.say_all(dice.choice(self.said).pcm)
            try:
                await call.hears_prompt(12.0, pause_s=0.5, since_s=playing.sent_s[-1])
            except CallFailed:
                if call.ended is not None:
                    raise
                self.unanswered += 1  # not understood as speech; the caller says something else

    async def _transfer(self, call: PhoneCall, placed: Placed, dice: random.Random) -> None:
        """To a phone by its port; it takes the call, or refuses it."""
        await call.hears_speech(10.0, since_s=call.answered_s)
        call.press(str(self.people.address[1]))
        await call.pressed()
        await call.hears_prompt(10.0, pause_s=0.3)
        call.press("1" if placed.kind == "blind" else "2")
        with_end = asyncio.ensure_future(call.wait_ended(25.0))
        try:  # a blind one is over by itself; a bridged one comes back, and is asked once more
            await asyncio.wait({with_end}, timeout=dice.uniform(4.0, 12.0))
        finally:
            with_end.cancel()

    async def _queue(self, call: PhoneCall, _: Placed, dice: random.Random) -> None:
        """Waits for a person; sometimes not long enough, sometimes leaves a message."""
        await call.hears_speech(15.0, since_s=call.answered_s)
        await asyncio.sleep(dice.uniform(0.5, 12.0))
        if dice.random() < 0.3:
            call.press("*")
            await asyncio.sleep(dice.uniform(0.5, 3.0))


def person(dice: random.Random) -> Callable[[PhoneCall], Awaitable[None] | None]:
    """Whoever is transferred to: rings a little, talks a little, refuses now and then."""

    async def talk(call: PhoneCall) -> None:
        await asyncio.sleep(dice.uniform(0.5, 4.0))
        await call.hang_up()

    def pick_up(call: PhoneCall) -> Awaitable[None] | None:
        if dice.random() < 0.15:
            call.refuse(486)
            return None
        return answer_after(dice.uniform(0.0, 1.0), talk)(call)

    return pick_up


Act = Callable[[Traffic, PhoneCall, Placed, random.Random], Awaitable[None]]
_KINDS: dict[str, tuple[str, Act]] = {
    _SHORT: ("cached", Traffic._short),
    "cancelled": ("cached", Traffic._cancel),
    "vanishes": ("cached", Traffic._vanish_any_time),
    "conversation": ("cached", Traffic._converse),
    "blind": ("transfers", Traffic._transfer),
    "bridged": ("transfers", Traffic._transfer),
    "queue": ("desk", Traffic._queue),
}
MIXED = (_SHORT, "vanishes", "vanishes", "conversation", "blind", "bridged", "queue", "cancelled")
