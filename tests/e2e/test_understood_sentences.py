"""Callers who say what they want in words of their own."""

import asyncio
from datetime import UTC, datetime

import pytest
from fixtures.system import Speak, System, dialled

from voxdesk.app import flow_trial, publishing
from voxdesk.app.drafts import Draft, hash_of
from voxdesk.kernel.call import EventKind

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
LIVE_WITHIN_S = 90.0
EXAMPLES = {
    "my parcel": [
        "where is the thing that I ordered last week",
        "it should have been here on Monday",
        "has it been sent yet",
        "I am still waiting for my shoes",
    ],
    "a refund": [
        "this lamp is broken and I would like my money back",
        "the shoes don't fit and I want to be paid back",
        "I was charged twice",
        "how do I get back what I paid",
    ],
    "opening hours": [
        "when do you open tomorrow",
        "are you there on Sundays",
        "until when can I come in tonight",
        "is the shop closed on holidays",
    ],
}


def with_examples(text: str) -> str:
    for phrase, sentences in EXAMPLES.items():
        text = text.replace(f"[{phrase}]", f"[{phrase}], examples: {sentences}")
    return text


@pytest.mark.legs(1)
async def test_a_sentence_that_nobody_wrote_down_is_understood_once_examples_are_published(
    system: System, speak: Speak
) -> None:
    caller = "+15551311"
    path = system.settings.config_dir / "flows" / "wishes.yaml"
    text = with_examples(path.read_text())
    draft = Draft("wishes", path, text.encode(), 0)

    def publish() -> None:
        proposal = publishing.examine(
            system.database,
            draft,
            trial=lambda flow, at: flow_trial.run_trial(flow, at, system.settings),
        )
        publishing.publish(
            system.database, proposal, author="ann", reason="More.", now=datetime.now(UTC)
        )

    await asyncio.to_thread(publish)
    async with asyncio.timeout(LIVE_WITHIN_S):
        while system.engine.flows["wishes"].version != hash_of(text.encode()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    async with dialled(system, caller, "wishes") as call:
        await system.sees(caller, EventKind.PROMPT, text="What can I do for you?")
        await call.hears_prompt()
        await call.say_all(speak("This lamp doesn't work. I would like to have my money back."))
        await system.sees(caller, EventKind.UNDERSTOOD, value="refund")
        if system.seen(caller, EventKind.CONFIRM):
            await call.hears_prompt()
            await call.say_all(speak("Yes."))
        await system.sees(caller, EventKind.STEP, step="refund")
