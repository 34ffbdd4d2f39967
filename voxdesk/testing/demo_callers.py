"""Callers with errands, one after the other: `python -m voxdesk.testing.demo_callers --to sip:…`.

They fill the demonstration's console with calls that were really made: over SIP and RTP, spoken,
recognized, answered, recorded. Each hangs up when it has nothing more to say.
"""

import argparse
import asyncio
import contextlib
import itertools
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from telephony.exchange import Exchange
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.errors import VoxdeskError
from voxdesk.testing.scripted_caller import ANSWER_S, line_settings
from voxdesk.testing.scripted_person import Narrate, ScriptedPerson, narrator
from voxdesk.testing.scripted_steps import HangUp, Hear, Interrupt, Press, Say, Stay, Step, texts
from voxdesk.testing.scripted_voice import CALLER_PITCH, ScriptedVoice
from voxdesk.testing.sip_message import SipUri

BETWEEN_S: Final = 2.0
CALL_AT_MOST_S: Final = 120.0

_HEAR = Hear(pause_s=1.1)
_THANKS: tuple[Step, ...] = (_HEAR, Say("No, thank you. Goodbye."), _HEAR, HangUp())


def _asks(*words: str) -> tuple[Step, ...]:
    """Says these, one after each thing that is heard."""
    return tuple(step for text in words for step in (_HEAR, Say(text)))


# Written for config/flows/shop.yaml with its sample data; most callers are known there.
ERRANDS: Final[dict[str, tuple[str, tuple[Step, ...]]]] = {
    "where is it": (
        "+15550101",
        (*_asks("Where is my order?", "Four seven one one."), *_THANKS),
    ),
    "hours": ("+15550102", (*_asks("When are you open?"), *_THANKS)),
    "keys only": ("+15550103", (_HEAR, Press("1"), _HEAR, Press("4698"), *_THANKS)),
    "send it back": (
        "+15550104",
        (
            *_asks("I want to send something back.", "Four six nine eight.", "It is broken."),
            *_asks("Yes, please."),
            *_THANKS,
        ),
    ),
    "a question": ("+15550105", (*_asks("Can I pay by credit card?"), *_THANKS)),
    "hangs up": ("+15550106", (Interrupt("Oh, wrong number. Sorry.", after_s=2.0), HangUp())),
    "says nothing": ("+15550107", (Stay(CALL_AT_MOST_S),)),
    "angry, wants a person": (
        "+15550108",
        (
            *_asks("This is terrible. I have been waiting for three weeks."),
            *_asks("I want to talk to a person."),
            Hear("music or an apology", pause_s=1.5, timeout_s=40),
            Say("Please call me back tomorrow, this is really urgent."),
            _HEAR,
            HangUp(),
        ),
    ),
    "changes their mind": (
        "+15550109",
        (*_asks("I want to cancel my order.", "Four seven one one.", "No, keep it."), *_THANKS),
    ),
    "not understood": ("+15550110", (*_asks("Purple elephants dance on Tuesdays."), *_THANKS)),
}


async def place_calls(to: str, count: int, narrate: Narrate) -> None:
    """So many calls, errand after errand; one that goes wrong is told, and the next is made.

    Raises:
        TelephonyError: the address can't be dialled, or is another machine.
    """
    SipUri.parse(to).address  # noqa: B018 raises for another machine
    every = [step for _, steps in ERRANDS.values() for step in steps]
    with tempfile.TemporaryDirectory(prefix="callers-") as folder:
        exchange = Exchange(line_settings(), run_dir=Path(folder))
        voice = asyncio.to_thread(ScriptedVoice(CALLER_PITCH).say_all, texts(tuple(every)))
        _, lines = await asyncio.gather(exchange.start(), voice)
        try:
            for name in itertools.islice(_errands(), count):
                await _call(exchange, to, name, lines, narrate)
                await asyncio.sleep(BETWEEN_S)
        finally:
            await exchange.close()


def _errands() -> Iterator[str]:
    return itertools.cycle(ERRANDS)


async def _call(
    exchange: Exchange, to: str, name: str, lines: dict[str, Pcm], narrate: Narrate
) -> None:
    caller, steps = ERRANDS[name]
    narrate(0.0, "dials", {"errand": name})
    person: Any = None
    try:
        async with asyncio.timeout(CALL_AT_MOST_S):
            person = ScriptedPerson(exchange.dial(to, caller=caller), narrate, lines)
            await person.answered(ANSWER_S)
            await person.perform(steps)
    except (VoxdeskError, TimeoutError) as error:
        narrate(0.0, "is through:", {"why": str(error) or "it took too long"})
    finally:
        if person is not None:
            with contextlib.suppress(VoxdeskError):
                await person.hang_up()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="demo_callers", description=__doc__)
    parser.add_argument("--to", required=True, help="SIP address of this machine to dial")
    parser.add_argument("--calls", type=int, default=len(ERRANDS), help="how many")
    arguments = parser.parse_args()
    try:
        asyncio.run(place_calls(arguments.to, arguments.calls, narrator("caller", as_json=False)))
    except VoxdeskError as error:
        sys.stderr.write(f"callers: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
