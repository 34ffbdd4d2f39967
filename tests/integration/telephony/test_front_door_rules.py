"""Whom the front door lets in, what it answers itself, and which line gets a call."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fixtures.door_alone import DoorAlone, RawPeer, raw_peer
from fixtures.leg_worlds import until

from telephony.kamailio.door import FrontDoor
from telephony.kamailio.process import all_pids
from telephony.kamailio.program import check, require_kamailio, write_files
from voxdesk.kernel.errors import TelephonyError
from voxdesk.testing.softphone import PhoneCall, Softphone, answer_after, refuse_with

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def shared_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DoorAlone]:
    alone = DoorAlone(tmp_path_factory.mktemp("door"))
    alone.runner.run(alone.start())
    yield alone
    alone.runner.run(alone.door.close())
    alone.runner.close()


@pytest.fixture
def alone(shared_door: DoorAlone) -> DoorAlone:
    return shared_door


def refuse_chosen(call: PhoneCall) -> None:
    call.refuse(486, {"X-Voxdesk-Final": "yes"})


# ------------------------------------------------------------------ which line


@pytest.mark.parametrize("status", [486, 500, 503])
async def test_a_line_that_cannot_is_followed_by_one_that_can(
    alone: DoorAlone, status: int
) -> None:
    async with (
        alone.line(0, refuse_with(status)) as bad,
        alone.line(1, answer_after()),
        await Softphone.open() as phone,
    ):
        for _ in range(2):
            await (await phone.call(alone.uri)).answered()
        assert bad.calls


async def test_a_line_that_is_silent_is_followed_by_one_that_answers(alone: DoorAlone) -> None:
    await alone.mark(0, up=True)  # which it isn't
    async with alone.line(1, answer_after()), await Softphone.open() as phone:
        for _ in range(2):
            await (await phone.call(alone.uri)).answered()


async def test_all_lines_busy_is_busy(alone: DoorAlone) -> None:
    async with (
        alone.line(0, refuse_with(486)) as first,
        alone.line(1, refuse_with(486)) as second,
        await Softphone.open() as phone,
    ):
        call = await phone.call(alone.uri)
        assert (await call.wait_ended()).code == 486
        assert len(first.calls) == len(second.calls) == 1


async def test_a_chosen_refusal_ends_it(alone: DoorAlone) -> None:
    async with (
        alone.line(0, refuse_chosen) as first,
        alone.line(1, refuse_chosen) as second,
        await Softphone.open() as phone,
    ):
        call = await phone.call(alone.uri)
        assert (await call.wait_ended()).code == 486
        assert len(first.calls) + len(second.calls) == 1


async def test_without_a_line_callers_are_told_when_to_try_again(alone: DoorAlone) -> None:
    async with await Softphone.open() as phone:
        call = await phone.call(alone.uri)
        assert (await call.wait_ended()).code == 503
        assert call.final is not None
        assert int(call.final.get("Retry-After")) > 0


async def test_a_take_over_finds_the_line_that_has_the_call(alone: DoorAlone) -> None:
    async with (
        alone.line(0, refuse_with(481)),
        alone.line(1, answer_after()) as owner,
        await Softphone.open() as phone,
    ):
        replaces = {"Replaces": "1234@x;to-tag=a;from-tag=b"}
        for uri in (alone.uri, f"{alone.uri};vxl=2", f"{alone.uri};vxl=99"):
            await (await phone.call(uri, headers=replaces)).answered()
        assert len(owner.calls) == 3


# ------------------------------------------------------------------ what it answers itself


async def test_scanners_get_no_answer_and_others_do(alone: DoorAlone) -> None:
    with raw_peer(alone.address) as peer:
        for number, agent in enumerate(("friendly-scanner", "SIPVicious 0.3", "sipcli/v1.8")):
            peer.send(peer.request("OPTIONS", f"scan{number}", User_Agent=agent))
        assert await peer.answer(0.3) == ""
        peer.send(peer.request("OPTIONS", "person"))
        assert await peer.answer() == "200 OK"


@pytest.mark.parametrize(
    ("method", "headers", "answer"),
    [
        ("INVITE", {"Contact": ""}, "400"),
        ("INVITE", {"CSeq": "1 BYE"}, "400"),
        ("INVITE", {"CSeq": "99999999999999 INVITE"}, "400"),
        ("INVITE", {"Content-Length": "700"}, "400"),
        ("INVITE", {"Max-Forwards": "0"}, "483"),
        ("INVITE", {"Subject": "x" * 20_000}, "513"),
        ("REGISTER", {}, "405"),
        ("MESSAGE", {}, "405"),
        ("REFER", {"Refer-To": "<sip:a@b>"}, "405"),
        ("CANCEL", {}, "481"),
        ("BYE", {"To": "<sip:100@x>;tag=y"}, "481"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_right_code(
    alone: DoorAlone, method: str, headers: dict[str, str], answer: str
) -> None:
    with raw_peer(alone.address) as peer:
        peer.send(peer.request(method, f"odd{abs(hash((method, *headers)))}", **headers))
        assert (await peer.answer()).partition(" ")[0] == answer


async def test_nothing_is_passed_on_to_whoever_a_stranger_names(alone: DoorAlone) -> None:
    async with await Softphone.open() as victim, alone.line(0, answer_after()):
        with raw_peer(alone.address) as peer:
            host, port = victim.address
            routed = {
                "To": "<sip:100@x>;tag=y",
                "Route": f"<sip:127.0.0.1:{alone.door.settings.port};lr>, <sip:{host}:{port};lr>",
            }
            for number, target in enumerate((f"sip:v@{host}:{port}", f"{alone.uri};vxl=1")):
                for method in ("BYE", "INVITE", "OPTIONS"):
                    request = peer.request(method, f"relay{number}{method}", **routed)
                    peer.send(request.replace(alone.uri.encode(), target.encode(), 1))
                    assert (await peer.answer()).partition(" ")[0] in ("481", "403", "200")
        assert not victim.calls


async def test_rubbish_does_no_harm(alone: DoorAlone) -> None:
    with raw_peer(alone.address) as peer:
        for datagram in (b"", b"\0" * 40, b"INVITE", b"\r\n\r\n", b"SIP/2.0 200 OK\r\n\r\n",
                         b"INVITE sip:a SIP/2.0\r\nVia: ;;\r\n\r\n", b"\xff" * 3000):  # fmt: skip
            peer.send(datagram)
        assert not (await peer.answer(0.2)).startswith("200")
        peer.send(peer.request("OPTIONS", "after-rubbish"))
        assert await peer.answer() == "200 OK"


# ------------------------------------------------------------------ whom it lets in


async def count_answers(peer: RawPeer) -> dict[str, int]:
    counts: dict[str, int] = {}
    while answer := await peer.answer(0.5):
        code = answer.partition(" ")[0]
        counts[code] = counts.get(code, 0) + 1
    return counts


async def test_a_burst_of_calls_from_one_address_is_slowed_down(
    tmp_path: Path, alone: DoorAlone
) -> None:
    async with DoorAlone(tmp_path, source_calls_per_s=3) as own:
        async with own.line(0, refuse_chosen) as line:
            with raw_peer(own.address) as peer:
                for number in range(20):
                    peer.send(peer.request("INVITE", f"burst{number}"))
                counts = await count_answers(peer)
        assert len(line.calls) in range(3, 10)  # of two seconds, or three
        assert counts["503"] >= 10


async def test_a_flood_from_one_address_leaves_the_others_alone(
    tmp_path: Path, alone: DoorAlone
) -> None:
    async with DoorAlone(tmp_path, source_requests_per_s=20) as own:
        with raw_peer(own.address) as flood, raw_peer(own.address, "127.0.0.2") as person:
            for number in range(400):
                flood.send(flood.request("OPTIONS", f"flood{number}"))
                await asyncio.sleep(0)
            person.send(person.request("OPTIONS", "person"))
            assert await person.answer() == "200 OK"
            assert (await count_answers(flood)).get("200", 0) < 200


async def test_only_listed_addresses_may_call(tmp_path: Path, alone: DoorAlone) -> None:
    async with DoorAlone(tmp_path, sources=("127.0.0.2",)) as own:
        async with (
            own.line(0, answer_after()) as line,
            await Softphone.open(host="127.0.0.2") as listed,
            await Softphone.open() as stranger,
        ):
            refused = await stranger.call(own.uri)
            assert (await refused.wait_ended()).code == 403
            await (await listed.call(own.uri)).answered()
            assert len(line.calls) == 1
        assert "127.0.0.1 refused: it isn't in sip.sources" in (tmp_path / "door.log").read_text()


# ------------------------------------------------------------------ its life


async def test_the_next_engine_finds_it_open(tmp_path: Path, alone: DoorAlone) -> None:
    async with DoorAlone(tmp_path) as first:
        pid = first.door.status.pid
        await first.door.leave()

        second = FrontDoor(first.door.settings, tmp_path)
        await second.start()
        assert second.status.pid == pid
        await second.leave()

        other = DoorAlone(tmp_path, calls_per_s=7)
        await other.door.start()
        assert other.door.settings.port == first.door.settings.port
        assert other.door.status.pid not in (0, pid)
        await other.door.close()
        assert not all_pids(tmp_path)


def sockets_in(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_socket()]


async def test_a_taken_port_is_told_and_what_to_do(tmp_path: Path, alone: DoorAlone) -> None:
    own = DoorAlone(tmp_path)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rival:
        rival.bind(own.address)
        with pytest.raises(TelephonyError, match=r"is taken.*choose another port.*sip\.port"):
            await own.door.start()
    assert not all_pids(tmp_path)
    assert not sockets_in(tmp_path)


async def test_processes_that_a_killed_one_left_are_cleared_away(
    tmp_path: Path, alone: DoorAlone
) -> None:
    async with DoorAlone(tmp_path) as own:
        before = set(all_pids(tmp_path))
        os.kill(own.door.status.pid, signal.SIGKILL)
        await until(own, lambda: own.door.status.restarts == 1 and own.door.status.ready)
        assert own.door.status.ready
        assert not before & set(all_pids(tmp_path))


# ------------------------------------------------------------------ its configuration


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"address": "0.0.0.0", "public_host": "sip.example.com", "tcp": True},  # noqa: S104
        {"address": "127.0.0.1", "public_host": "203.0.113.7"},
        {"sources": ("all",)},
        {"sources": ()},
        {"sources": tuple(f"198.51.100.{host}" for host in range(200))},
        {"line_ports": tuple(range(7001, 7033))},
        {"calls_per_s": 10_000, "source_requests_per_s": 100_000, "max_message_bytes": 60_000},
    ],
)
async def test_kamailio_takes_the_configuration(
    tmp_path: Path, alone: DoorAlone, changed: dict[str, Any]
) -> None:
    folder = tmp_path / 'a "b" \\ $c #!d'
    write_files(replace(alone.door.settings, **changed), folder)

    await check(require_kamailio(), folder)
