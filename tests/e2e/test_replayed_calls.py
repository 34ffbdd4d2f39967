"""Real calls, run again from their logs and from their sound."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from fixtures.call_records import CallRecord, calling
from fixtures.served import Served
from fixtures.system import Speak

from voxdesk.kernel.call import EventKind

pytestmark = [pytest.mark.e2e, pytest.mark.bench, pytest.mark.timeout(300)]
FROM_A_CUSTOMER = "+15550100"


async def replayed(served: Served, *arguments: str) -> dict[str, Any]:
    code, output = await served.voxdesk("flow", "replay", "shop", "--json", *arguments)
    assert code == 0, output
    found: dict[str, Any] = json.loads(output[output.index("{") :])
    return found


async def order_by_voice(served: Served, speak: Speak, caller: str) -> CallRecord:
    """The caller asks for an order, speaks over the next prompt, and hangs up."""
    async with calling(served, caller, "shop") as (call, record):
        await record.shows(EventKind.STEP, step="menu")
        await call.quiet()
        await call.say_all(speak("Where is my order?"))
        await record.shows(EventKind.STEP, step="number")
        call.press("4711#")
        await record.shows(EventKind.STEP, step="more")
        await call.say_all(speak("No, that's all, thank you."))
        await call.wait_ended(30)
    await record.shows(EventKind.ENDED)
    return record


async def silent_then_a_person(served: Served, caller: str) -> CallRecord:
    """The caller says nothing, then too few keys, wants a person, and leaves."""
    async with calling(served, caller, "shop") as (call, record):
        await record.shows(EventKind.NO_INPUT)
        call.press("1")
        await record.shows(EventKind.STEP, step="number")
        call.press("47")
        await record.shows(EventKind.NO_MATCH, step="number")
        call.press("0")
        await record.shows(EventKind.QUEUED)
        await call.hang_up()
    await record.shows(EventKind.ENDED)
    return record


def test_real_calls_go_as_they_went_and_a_draft_shows_what_it_changes(
    served: Served, speak: Speak
) -> None:
    folder = Path(served.env["VOXDESK_CONFIG_DIR"]) / "flows"

    async def talk() -> None:
        await asyncio.gather(
            order_by_voice(served, speak, FROM_A_CUSTOMER),
            silent_then_a_person(served, "+15550941"),
        )

        same = await replayed(served)
        by_ear = await replayed(served, "--audio")
        draft = folder.parent / "draft.yaml"
        text = (folder / "shop.yaml").read_text()
        draft.write_text(text.replace("min_digits: 4\n", "min_digits: 4\n    confirm: always\n", 1))
        other = await replayed(served, "--draft", str(draft))

        assert same["kinds"]["same"] == same["calls"] == 2, same
        assert by_ear["heard"]["turns"] == 2, by_ear
        assert by_ear["heard"]["without_sound"] == 0, by_ear
        assert by_ear["kinds"]["same"] + by_ear["kinds"]["words"] == 2, by_ear
        assert other["kinds"]["words"] == 1, other
        assert other["other_words"] == {"number": 1}, other

    asyncio.run(talk())
