"""The caller of the demonstration: `python -m voxdesk.testing.scripted_caller --to sip:…`.

Dials over real SIP and RTP with a line process of its own, speaks with a voice of its own, and
goes through a script. Prints one line an action. It ends with 1 and says why when a wait runs out.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from telephony.exchange import Exchange
from telephony.line.settings import LineSettings
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.errors import VoxdeskError
from voxdesk.testing.scripted_person import Narrate, ScriptedPerson, narrator
from voxdesk.testing.scripted_steps import (
    HangUp,
    Hear,
    Interrupt,
    Press,
    Say,
    Step,
    texts,
    wait_for_person,
)
from voxdesk.testing.scripted_voice import CALLER_PITCH, ScriptedVoice
from voxdesk.testing.sip_message import SipUri

LOOPBACK = "127.0.0.1"
ANSWER_S = 15.0
RINGS_AT_MOST_S = 60.0

# Written for config/flows/shop.yaml with its sample data.
SHOP_CALL: tuple[Step, ...] = (
    # The greeting can't be interrupted; the menu after it can.
    Interrupt("Where is my order?", after_s=7.5),
    Hear(pause_s=0.8),
    Say("My order number is four, seven, one, one."),
    Hear(pause_s=1.0),
    Press("3"),
    Hear(pause_s=1.0),
    Say("I'd like to talk to a person, please."),
    wait_for_person(),
    Say("Hello Sam. Can I still change the delivery address?"),
    Hear("Sam", pause_s=1.0),
    Say("That's perfect. Thank you, goodbye."),
    HangUp(),
)


def line_settings() -> LineSettings:
    """A line that only this machine can reach; it rings until the person's voice is loaded."""
    return LineSettings(
        bind_address=LOOPBACK, public_address=LOOPBACK, port=0, ring_timeout_s=RINGS_AT_MOST_S
    )


async def place_call(to: str, caller: str, steps: tuple[Step, ...], narrate: Narrate) -> None:
    """Dial, perform, hang up.

    Raises:
        ScriptFailed: a wait ran out.
        TelephonyError: the address can't be dialled, or is another machine.
    """
    SipUri.parse(to).address  # noqa: B018 raises for another machine
    with tempfile.TemporaryDirectory(prefix="caller-") as folder:
        exchange = Exchange(line_settings(), run_dir=Path(folder))
        _, lines = await asyncio.gather(exchange.start(), asyncio.to_thread(_prepare, steps))
        try:
            narrate(0.0, "dials", {"to": to})
            person = ScriptedPerson(exchange.dial(to, caller=caller), narrate, lines)
            await person.answered(ANSWER_S)
            try:
                await person.perform(steps)
            finally:
                await person.hang_up()
        finally:
            await exchange.close()


def _prepare(steps: tuple[Step, ...]) -> dict[str, Pcm]:
    return ScriptedVoice(CALLER_PITCH).say_all(texts(steps))


def main() -> int:
    """The command line; 0 when the whole script was performed."""
    parser = argparse.ArgumentParser(prog="scripted_caller", description=__doc__)
    parser.add_argument("--to", required=True, help="SIP address of this machine to dial")
    parser.add_argument("--caller", default="+15550100", help="number to call from")
    parser.add_argument("--json", action="store_true", help="one JSON object an action")
    arguments = parser.parse_args()
    narrate = narrator("caller", as_json=arguments.json)
    try:
        asyncio.run(place_call(arguments.to, arguments.caller, SHOP_CALL, narrate))
    except VoxdeskError as error:
        sys.stderr.write(f"scripted caller: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
