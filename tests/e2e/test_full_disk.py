"""A disk without room and no database either: calls go on, and nothing is half-written.

The disk is a small one of its own.
"""

import asyncio
import contextlib
import time
from pathlib import Path

import pytest
import soundfile
from fixtures.sturdy import Sturdy, dialled_at

from voxdesk.app.recordings_kept import library_of
from voxdesk.kernel.call import EventKind

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def fill(folder: Path) -> Path:
    """Take every last byte."""
    filler = folder / "somebody-elses.data"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):  # no space is left for pieces of this size
                while file.write(bytes(size)) == size:
                    pass
    return filler


@pytest.mark.bench
def test_calls_go_on_when_the_disk_is_full_and_what_was_held_is_written_when_there_is_room(
    sturdy: Sturdy, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not sturdy.own_disk:
        pytest.skip("no small file system can be mounted here (that needs root)")
    before, during = "+15555000", "+15555001"
    services = sturdy.engine.services
    # Else recording stops long before the disk is full, and nothing would be tested.
    monkeypatch.setattr(services.recordings, "_min_free_bytes", 1 << 20)
    monkeypatch.setattr(services.recordings, "_look_at_disk", lambda: "")

    async def live_through() -> None:
        async with dialled_at(sturdy, 1, before, "talk") as call:
            await sturdy.sees(before, EventKind.PROMPT_FINISHED)
            filler = await asyncio.to_thread(fill, sturdy.settings.state_dir)
            if sturdy.server is not None:
                await asyncio.to_thread(sturdy.server.kill)
            try:
                await sturdy.sees(before, EventKind.RECORDING, state="failed")
                call.press("5")
                await sturdy.sees(before, EventKind.STEP, step="sure")
                async with dialled_at(sturdy, 2, during, "talk"):
                    await sturdy.sees(during, EventKind.PROMPT_FINISHED)
                    assert any("recorded" in said for said in sturdy.engine.troubles)
                    if sturdy.server is not None:
                        await held(sturdy)
            finally:
                filler.unlink()
                if sturdy.server is not None:
                    sturdy.server.start()
            await sturdy.all_written(before, during)
        await sturdy.at_rest()
        await sturdy.all_written(before, during)

    asyncio.run(live_through())

    assert not sturdy.engine.troubles
    for caller in (before, during):
        assert sturdy.record(caller).cause == "caller_hung_up"
    library = library_of(sturdy.settings)
    for name in library.names():
        with library.open(name) as file:
            sound, rate = soundfile.read(file)
        assert abs(len(sound) / rate - library.info(name).seconds) < 0.1, "the header tells it"


async def held(sturdy: Sturdy) -> None:
    """Not even the disk takes the log: it is in memory, and none of it is lost."""
    until_s = time.monotonic() + 15
    while not sturdy.engine.services.call_log.status.pending:
        assert time.monotonic() < until_s
        await asyncio.sleep(0.05)
    assert sturdy.engine.services.call_log.status.lost == 0
