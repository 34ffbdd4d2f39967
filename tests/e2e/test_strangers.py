"""What strangers send, seen from the far end of the system: records, recordings, the terminal."""

import asyncio
import socket

import pytest
from fixtures.system import System, dialled
from rich.console import Console

from tests.chaos.requests import Stranger
from tests.chaos.rtp_attacks import sending, speech_of
from tests.chaos.system_attacks import UNCLEAN
from tests.chaos.witness import RATE_HZ, tune
from voxdesk.app.call_view import render_events
from voxdesk.kernel.call import EventKind
from voxdesk.testing.signal_checks import find
from voxdesk.testing.sip_message import loopback_address

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]
NAME = "\x1b]0;mine\x07\x1b[2J\u202egnp\u2066 [red]x[/] <script>" + "N" * 3000
MAX_NAME = 64


async def test_a_callers_name_does_nothing_to_who_reads_it(system: System) -> None:
    caller, here = "+15550780", "127.0.5.1"
    target = system.uri("talk").partition("@")[2]
    host, _, port = target.rpartition(":")

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((here, 0))
        stranger = Stranger(target, f"{here}:{sock.getsockname()[1]}")
        invite = stranger.request("INVITE", user="talk", sender=f'"{NAME}" <sip:{caller}@{here}>')
        sock.sendto(invite.encode(), loopback_address(host, int(port)))
        async with asyncio.timeout(20):
            while not any(e.data.get("caller") == caller for e in system.events):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        record = system.record(caller)

    assert "[red]x[/] <script>" in record.caller_name, "it is kept as it is, but for what is unseen"
    assert len(record.caller_name) <= MAX_NAME
    assert not UNCLEAN.search(record.caller_name)
    console = Console(width=200, force_terminal=True)
    with console.capture() as printed:
        console.print(render_events(system.log(caller), details=True))
    shown = printed.get().replace("\n", "")
    assert "[red]x[/] <script>" in shown
    assert not UNCLEAN.search(shown)


async def test_a_stranger_is_neither_heard_nor_recorded(system: System) -> None:
    caller = "+15550781"
    words, ours = tune(1.5, seed=31), tune(4.0, seed=32)

    async with dialled(system, caller, "talk") as call:
        await system.sees(caller, EventKind.PROMPT)
        call.say(ours)
        await asyncio.sleep(0.5)
        assert call.stream.remote is not None
        speech = speech_of(words, copies=23)
        async with sending("127.0.0.66", call.stream.remote, speech) as came:
            await asyncio.sleep(2.5)

    left, _ = system.recording(caller)
    half = RATE_HZ // 2

    def recorded(part: int, of: str) -> float:
        sound = words if of == "stranger" else ours
        return find(sound[part * half : (part + 1) * half], left[::2], RATE_HZ).correlation

    assert came[0] == 0, "it got audio of the call"
    assert max(recorded(part, "stranger") for part in range(3)) < 0.3
    assert max(recorded(part, "caller") for part in range(1, 5)) > 0.8
