"""What callers hear while the flow that answers them is published anew."""

import asyncio
from datetime import UTC, datetime

import pytest
from fixtures.system import System, dialled

from voxdesk.app import publishing
from voxdesk.app.drafts import Draft, hash_of
from voxdesk.kernel.call import EventKind

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
LIVE_WITHIN_S = 60.0


async def until_live(system: System, text: str) -> None:
    """The running engine takes it by itself."""
    async with asyncio.timeout(LIVE_WITHIN_S):
        while system.engine.flows["notice"].version != hash_of(text.encode()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@pytest.mark.legs(2)
async def test_a_call_stays_on_its_version_and_the_next_one_hears_the_new(system: System) -> None:
    first, second, third = "+15551301", "+15551302", "+15551303"
    path = system.settings.config_dir / "flows" / "notice.yaml"
    old = path.read_text()
    new = old.replace("old", "new")
    now = datetime.now(UTC)

    def publish(text: str) -> None:
        number = live.number if (live := publishing.live_version(database, "notice")) else 0
        draft = Draft("notice", path, text.encode(), number)
        proposal = publishing.examine(database, draft)
        publishing.publish(database, proposal, author="ann", reason="News.", now=now)

    database = system.database
    await asyncio.to_thread(publish, f"{old}\n")  # nothing is said differently
    await until_live(system, f"{old}\n")
    async with dialled(system, first, "notice") as call:
        await system.sees(first, EventKind.PROMPT, text="The old notice.")

        await asyncio.to_thread(publish, new)
        await until_live(system, new)

        async with dialled(system, second, "notice") as other:
            await system.sees(second, EventKind.PROMPT, text="The new notice.")
            await other.hears_speech()
            other.press("1")
            more = await system.sees(second, EventKind.PROMPT, text="More of the new notice.")
            assert more.data["cached"], "what is new was made before it was live"
            call.press("1")
            await system.sees(first, EventKind.PROMPT, text="More of the old notice.")
    back = await asyncio.to_thread(
        publishing.roll_back, database, "notice", author="ann", reason="Wrong.", now=now
    )
    await until_live(system, back.text)
    async with dialled(system, third, "notice"):
        await system.sees(third, EventKind.PROMPT, text="The old notice.")

    assert not [text for text in system.said(first) if "new" in text]
    versions = [
        (await asyncio.to_thread(system.record, who)).flow_version for who in (first, second)
    ]
    assert versions == [hash_of(f"{old}\n".encode()), hash_of(new.encode())]
