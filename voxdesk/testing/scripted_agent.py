"""The person of the demonstration: `python -m voxdesk.testing.scripted_agent`.

Listens on a port of this machine and prints its address. Takes one call: rings a while, answers,
hears the whispered line, greets, answers once, stays until the other side hangs up. It ends with
1 and says why when a wait runs out.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Mapping
from pathlib import Path

from telephony.exchange import Exchange
from telephony.legs import Leg
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.errors import VoxdeskError
from voxdesk.testing.scripted_caller import LOOPBACK, line_settings
from voxdesk.testing.scripted_person import Narrate, ScriptedPerson, ScriptFailed, narrator
from voxdesk.testing.scripted_steps import Hear, Say, Stay, Step, texts
from voxdesk.testing.scripted_voice import AGENT_PITCH, ScriptedVoice

ANSWER_S = 10.0
BUSY = 486

CONVERSATION: tuple[Step, ...] = (
    # Longer than any pause within the line, where digits are spoken one by one.
    Hear("the whispered line", pause_s=1.3, timeout_s=12.0, required=False),
    Say("Hello, this is Sam, how can I help you?"),
    Hear("the caller", pause_s=0.9),
    Say("Of course. I have changed it, and you will get a message."),
    Stay(),
)


async def serve_one(
    *, ring_s: float, wait_s: float, steps: tuple[Step, ...], narrate: Narrate
) -> None:
    """Wait for a call, and take it.

    Raises:
        ScriptFailed: nobody called, or a wait within the call ran out.
        TelephonyError: the line can't be opened.
    """
    # The voice takes seconds to load; who dials meanwhile hears it ring a little longer.
    voice = asyncio.create_task(
        asyncio.to_thread(lambda: ScriptedVoice(AGENT_PITCH).say_all(texts(steps)))
    )
    with tempfile.TemporaryDirectory(prefix="agent-") as folder:
        exchange = Exchange(line_settings(), run_dir=Path(folder))
        calls: asyncio.Queue[Leg] = asyncio.Queue(maxsize=1)

        def on_incoming(leg: Leg) -> None:
            try:
                calls.put_nowait(leg)
            except asyncio.QueueFull:
                leg.reject(BUSY)

        exchange.on_incoming(on_incoming)
        await exchange.start()
        try:
            port = exchange.addresses[0].rpartition(":")[2].partition(";")[0]
            narrate(0.0, "is listening at", {"address": f"sip:sam@{LOOPBACK}:{port}"})
            try:
                leg = await asyncio.wait_for(calls.get(), wait_s)
            except TimeoutError:
                raise ScriptFailed(f"nobody called within {wait_s:g} s") from None
            await take(leg, ring_s, steps, voice, narrate)
        finally:
            await exchange.close()


async def take(
    leg: Leg,
    ring_s: float,
    steps: tuple[Step, ...],
    voice: Awaitable[Mapping[str, Pcm]],
    narrate: Narrate,
) -> None:
    """Ring, answer, perform.

    Args:
        leg: inbound, not yet answered.
        ring_s: how long it rings at least.
        steps: what to do once it is answered.
        voice: gives the sound of what is said in them.
        narrate: told of each action.

    Raises:
        ScriptFailed: a wait ran out.
    """
    person = ScriptedPerson(leg, narrate)
    leg.ring()
    narrate(0.0, "hears the phone ring", {})
    lines, _ = await asyncio.gather(voice, asyncio.sleep(ring_s))
    person.learn(lines)
    leg.answer()
    await person.answered(ANSWER_S)
    try:
        await person.perform(steps)
    finally:
        await person.hang_up()


def main() -> int:
    """The command line; 0 when the call was taken to its end."""
    parser = argparse.ArgumentParser(prog="scripted_agent", description=__doc__)
    parser.add_argument("--ring", type=float, default=2.0, help="seconds before answering")
    parser.add_argument("--wait", type=float, default=300.0, help="seconds to wait for a call")
    parser.add_argument("--json", action="store_true", help="one JSON object an action")
    arguments = parser.parse_args()
    narrate = narrator("agent", as_json=arguments.json)
    try:
        asyncio.run(
            serve_one(
                ring_s=arguments.ring, wait_s=arguments.wait, steps=CONVERSATION, narrate=narrate
            )
        )
    except VoxdeskError as error:
        sys.stderr.write(f"scripted agent: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
