"""Many live calls that nobody makes, through the engine's real feed, for the pages to show.

    python -m tests.bench.live_feed --calls 200 --seconds 60

It speaks in place of an engine on the socket in VOXDESK_STATE_DIR. Each call has about one event a
second, as measured calls have, and words that are being recognized.
"""

import argparse
import asyncio
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from crm.calls.entries import LoggedEvent
from voxdesk.app.live.ears import Ears
from voxdesk.app.live.feed import LiveFeed
from voxdesk.app.live.server import LiveServer, live_socket_path
from voxdesk.app.settings import load_settings
from voxdesk.kernel.call import CallEvent, CallId, EventKind, new_call_id

SAID = ("where is my order", "I want to talk to somebody", "yes please", "on Friday at ten")
STEPS = ("menu", "order", "hours", "returns", "address")


class Session:
    """A call that can be listened to, and is silent."""

    def __init__(self) -> None:
        self.ears = Ears()


class Callers:
    """Says what happens in all calls."""

    def __init__(self, count: int, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  a bench
        self.sessions = {new_call_id(): Session() for _ in range(count)}
        self._seq: Counter[str] = Counter()
        self._began = datetime.now(UTC)
        self.feed = LiveFeed()
        self._publish: Callable[[LoggedEvent], None]
        self.events = 0

    def open(self) -> None:
        def subscribe(subscriber: Callable[[LoggedEvent], None]) -> Callable[[], None]:
            self._publish = subscriber
            return lambda: None

        self.feed.open(subscribe)

    def say(self, call: CallId, kind: EventKind, **data: Any) -> None:
        now = datetime.now(UTC)
        ms = round((now - self._began).total_seconds() * 1000)
        event = LoggedEvent(self._seq[call], CallEvent(call, kind, now, ms, data))
        self._seq[call] += 1
        self.events += 1
        self._publish(event)

    def begin(self, call: CallId) -> None:
        number = f"+1555{self._random.randrange(10**7):07d}"
        self.say(call, EventKind.INCOMING, caller=number, callee="100")
        self.say(call, EventKind.STARTED, facts={"language": "en"})
        self.say(call, EventKind.ANSWERED)
        self.say(call, EventKind.STEP, step="menu", flow="shop")

    async def talk(self, call: CallId) -> None:
        """Turns of some six seconds, one in twenty in a queue; for ever."""
        pick = self._random
        await asyncio.sleep(pick.random() * 3)
        self.begin(call)
        turn = 0
        while True:
            turn += 1
            words = pick.choice(SAID).split()
            for end in range(1, len(words) + 1, 2):
                await asyncio.sleep(0.7)
                self.feed.partial(call, " ".join(words[:end]))
            end_ms = round((datetime.now(UTC) - self._began).total_seconds() * 1000)
            self.say(call, EventKind.HEARD, turn=turn, text=" ".join(words), speech_end_ms=end_ms)
            self.say(call, EventKind.STEP, step=pick.choice(STEPS), flow="shop")
            took_ms = pick.gauss(900, 300)
            await asyncio.sleep(1.0)
            self.say(
                call,
                EventKind.PROMPT,
                turn=turn,
                text=f"That is what I found, number {turn}.",
                first_audio_ms=end_ms + took_ms,
            )
            await asyncio.sleep(1.5)
            self.say(call, EventKind.PROMPT_FINISHED)
            if pick.random() < 1 / 20:
                self.say(call, EventKind.QUEUED, queue="service")
                self.say(call, EventKind.QUEUE_POSITION, position=pick.randint(1, 9))
                await asyncio.sleep(8)
                self.say(call, EventKind.BRIDGED, agent="kim")
                await asyncio.sleep(8)
                self.say(call, EventKind.TRANSFER, outcome="connected")


async def run(count: int, seconds: float, seed: int) -> None:
    """Until the time is over."""
    callers = Callers(count, seed)
    callers.open()
    path = live_socket_path(load_settings().state_dir)
    server = LiveServer(path, callers.feed, lambda: callers.sessions, "bench")
    await server.start()
    talks = [asyncio.create_task(callers.talk(call)) for call in callers.sessions]
    await asyncio.sleep(seconds)
    for talk in talks:
        talk.cancel()
    await server.close()
    print(  # noqa: T201  a report
        f"{count} calls, {callers.events / seconds:.0f} events a second for {seconds:.0f} s"
    )


def main() -> None:
    """The command."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=200)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--seed", type=int, default=1)
    wanted = options.parse_args()
    asyncio.run(run(wanted.calls, wanted.seconds, wanted.seed))


if __name__ == "__main__":
    main()
