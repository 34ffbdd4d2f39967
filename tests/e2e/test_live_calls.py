"""A call is watched while it goes on: its words are read, both sides are heard, and it is ended."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import numpy as np
import pytest
import soxr
from fixtures.call_records import calling
from fixtures.served import Served
from fixtures.system import Speak

from voxdesk.app.control import ask, socket_path
from voxdesk.kernel.audio import SAMPLE_RATE_HZ
from voxdesk.kernel.call import EventKind
from voxdesk.testing.rtp_codec import TELEPHONE_RATE_HZ
from voxdesk.testing.signal_checks import share_heard

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
WITHIN_S = 60.0
# Long enough that the machine listens in before it is over.
LONG = (
    "Hello, I was just passing by with the dog and the children, and so I wondered on which days "
    "and until when you are open. What are your opening hours?"
)


@dataclass
class Page:
    """What a live page knows: the calls, by id, as the stream has told it."""

    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    partials: list[str] = field(default_factory=list)
    last_id: str = ""

    async def read(self, stream: httpx2.Response) -> AsyncIterator[str]:
        name = ""
        async for line in stream.aiter_lines():
            kind, _, value = line.partition(": ")
            if kind == "event":
                name = value
            elif kind == "id":
                self.last_id = value
            elif kind == "data":
                self._take(name, json.loads(value))
                yield name

    def _take(self, name: str, body: dict[str, Any]) -> None:
        if name == "snapshot":
            self.calls = {call["id"]: call for call in body["calls"]}
        elif name == "calls":
            for changed in body["changed"]:
                self.calls.setdefault(changed["id"], {}).update(changed)
                if changed.get("partial"):
                    self.partials.append(changed["partial"])
            for call_id in body["gone"]:
                self.calls.pop(call_id)


@asynccontextmanager
async def console(served: Served) -> AsyncIterator[httpx2.AsyncClient]:
    """A console of this installation, and somebody who may watch there."""
    process = await served.begin("console", "--port", "0")
    assert process.stdout is not None
    try:
        _, secret = await served.voxdesk("tokens", "create", "sue", "--role", "supervisor")
        async with asyncio.timeout(WITHIN_S):
            while not (found := re.search(rb"http://\S+/api/v1", await process.stdout.readline())):
                pass
        token = re.search(r"vxd_\S+", secret)
        assert token is not None, secret
        headers = {"Authorization": f"Bearer {token[0]}"}
        async with httpx2.AsyncClient(
            base_url=found[0].decode(), headers=headers, timeout=WITHIN_S
        ) as client:
            yield client
    finally:
        process.terminate()
        await asyncio.wait_for(process.communicate(), WITHIN_S)


async def heard_until(client: httpx2.AsyncClient, call_id: str, enough_s: float) -> np.ndarray:
    """Both sides of a call as a listener hears them."""
    sound = bytearray()
    async with client.stream("GET", f"/live/calls/{call_id}/sound") as stream:
        assert stream.status_code == 200
        rate = int(stream.headers["X-Sample-Rate"])
        async for piece in stream.aiter_raw():
            sound += piece
            if len(sound) >= enough_s * rate * 4:
                break
    return np.frombuffer(bytes(sound[: len(sound) // 4 * 4]), "<i2").reshape(-1, 2)


async def test_a_call_is_watched_heard_and_ended_by_a_supervisor(
    served: Served, speak: Speak
) -> None:
    caller = "+15550955"
    words = speak(LONG)
    page = Page()

    async with console(served) as client, calling(served, caller, "shop") as (call, line):
        async with client.stream("GET", "/live/events") as stream:
            async with asyncio.timeout(WITHIN_S):
                events = page.read(stream)
                await line.shows(EventKind.PROMPT, utterance=2)
                assert line.call is not None
                call_id = line.call.id
                async for _ in events:
                    if page.calls.get(call_id, {}).get("step"):
                        break
                listening = asyncio.create_task(heard_until(client, call_id, 16.0))
                await call.hears_prompt(pause_s=0.5)
                await call.say_all(words)
                async for _ in events:
                    side = (page.calls[call_id].get("line") or {}).get("side")
                    if side == "voxdesk" and page.calls[call_id]["latencies_ms"]:
                        break
                sound = await listening
                so_far = (await client.get(f"/live/calls/{call_id}")).json()["lines"]
                reason = {"reason": "a test is over"}
                ended = await client.post(f"/live/calls/{call_id}/end", json=reason)
                async for _ in events:
                    if page.calls[call_id]["stage"] == "ended":
                        break
        await line.shows(EventKind.ENDED)

    assert page.partials, served.said
    assert page.calls[call_id]["caller"].endswith("•0955")
    assert "+15550955" not in page.calls[call_id]["caller"]
    assert "caller" in {line["side"] for line in so_far}
    said = soxr.resample(words, TELEPHONE_RATE_HZ, SAMPLE_RATE_HZ)
    assert share_heard(said, np.ascontiguousarray(sound[:, 0]), SAMPLE_RATE_HZ) > 0.8
    assert np.abs(sound[:, 1]).max() > 1000  # and the answer on the other side
    assert ended.status_code == 204
    over = line.events(EventKind.ENDED)[0].data
    assert (over["by_us"], over["reason"]) == (True, "ended_by_staff")
    assert ask(socket_path(served.state_dir), {"do": "end", "call": call_id}, missing=None)
