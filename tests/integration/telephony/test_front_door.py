"""Lines behind a real Kamailio: calls, their requests, and what is killed meanwhile."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fixtures.baresip import baresip
from fixtures.leg_worlds import Ear, similarity, speech_like, until
from fixtures.line_house import House, Sipp

from telephony.bridge import Bridge
from telephony.kamailio.process import all_pids
from telephony.kamailio.settings import TlsFiles
from telephony.legs import Answered, Digit, Ended, Held
from telephony.line.settings import TrunkSettings
from voxdesk.kernel.audio import SAMPLE_RATE_HZ
from voxdesk.kernel.call import EndCause, UtteranceId
from voxdesk.kernel.errors import TelephonyError
from voxdesk.testing.softphone import Credentials, PhoneCall, Softphone, answer_after

pytestmark = pytest.mark.integration

FIRST = UtteranceId(1)


@pytest.fixture(scope="module")
def shared_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("door"), lines=2, door={}, outbound_reserve=1)
    house.runner.run(house.start())
    yield house
    house.runner.run(house.exchange.close())
    house.runner.close()
    assert not all_pids(house.run_dir / "r")


@pytest.fixture
def house(shared_door: House) -> Iterator[House]:
    """Two lines of four legs, one of each kept for outbound, behind one door."""
    yield shared_door
    shared_door.runner.run(shared_door.reset())


def legs_by_line(house: House) -> list[int]:
    return [line.legs for line in house.exchange.lines]


async def connected(house: House, phone: Softphone) -> tuple[PhoneCall, Ear]:
    call = await phone.call(house.uri)
    await call.answered()
    ear = await house.leg(len(house.legs) - 1)
    await ear.hears(Answered)
    return call, ear


async def test_a_call_and_everything_said_within_it(house: House) -> None:
    async with await Softphone.open() as phone:
        forged = {"X-Voxdesk-Source": "203.0.113.9:5060"}
        call = await phone.call(house.uri, caller="4711", headers=forged)
        await call.answered()
        ear = await house.leg()
        invite = ear.leg.invite
        assert invite is not None
        assert (invite.caller, invite.callee) == ("4711", "100")
        assert invite.source == "{}:{}".format(*phone.address)
        assert "X-Voxdesk-Source" not in invite.headers
        await ear.hears(Answered)

        await call.hold()
        await ear.hears(Held)
        await call.resume()
        await call.press_by_info("7")
        await until(house, lambda: ear.all(Digit) and len(ear.all(Held)) == 2)
        ear.leg.hold(on=True)
        await until(house, lambda: call.held_by_them)
        ear.leg.play(FIRST, speech_like(1.0), last=True)
        ear.leg.hold(on=False)
        await until(house, lambda: not call.held_by_them)
        await call.hang_up()

        assert [held.on for held in ear.all(Held)][:2] == [True, False]
        assert (await ear.hears(Ended)).cause is EndCause.CALLER_HUNG_UP


async def test_a_peer_that_ignores_contact_and_route_is_served(
    house: House, tmp_path: Path
) -> None:
    await (await Sipp.start(tmp_path, "call", house.address)).succeeds()

    ear = await house.leg()
    assert (await ear.hears(Ended)).cause is EndCause.CALLER_HUNG_UP


async def test_a_secure_address_is_an_address(house: House) -> None:
    async with await Softphone.open() as phone:
        call = await phone.call(house.uri.replace("sip:", "sips:"))
        await call.answered()


async def test_a_line_hangs_up_through_the_door(house: House) -> None:
    async with await Softphone.open() as phone:
        call, ear = await connected(house, phone)

        ear.leg.hangup()

        assert (await call.wait_ended()).by == "them"


async def test_calls_fill_both_lines_evenly_and_the_rest_is_busy(house: House) -> None:
    async with await Softphone.open(on_invite=answer_after()) as phone:
        for _ in range(4):
            await connected(house, phone)
        assert legs_by_line(house) == [2, 2]
        for _ in range(2):
            await connected(house, phone)

        seventh = await phone.call(house.uri)
        assert (await seventh.wait_ended()).code == 486
        assert legs_by_line(house) == [3, 3]

        agents = [await house.dial(phone.uri) for _ in range(2)]
        assert legs_by_line(house) == [4, 4]
        agents[0].leg.hangup()


async def test_a_refusal_that_was_meant_is_not_offered_to_the_next_line(house: House) -> None:
    house.on_leg = lambda leg: leg.reject(486)
    async with await Softphone.open() as phone:
        call = await phone.call(house.uri)

        assert (await call.wait_ended()).code == 486
        assert call.final is not None
        assert not call.final.get("X-Voxdesk-Final")
        assert len(house.legs) == 1


async def test_a_caller_who_gives_up_while_it_rings(house: House) -> None:
    house.on_leg = lambda leg: leg.ring()
    async with await Softphone.open() as phone:
        call = await phone.call(house.uri)
        ear = await house.leg()
        await until(house, lambda: 180 in call.provisional)

        await call.hang_up()

        assert (await ear.hears(Ended)).cause is EndCause.CANCELLED


async def test_a_call_out_goes_through_the_door_and_never_back_in(house: House) -> None:
    async with await Softphone.open(on_invite=answer_after()) as phone:
        ear = await house.dial(phone.uri)
        invite = phone.calls[0].invite_request
        assert house.address in invite.get("Contact")
        ear.leg.hangup()
        assert (await phone.calls[0].wait_ended()).by == "them"

    back = Ear(house, house.exchange.dial(house.uri))
    assert (await back.hears(Ended)).sip_code == 403
    assert len(house.legs) == 1


async def test_a_caller_and_an_agent_on_two_lines_hear_each_other(house: House) -> None:
    async with await Softphone.open(on_invite=answer_after()) as phone:
        call, caller = await connected(house, phone)
        agent = await house.dial(phone.uri)
        assert legs_by_line(house) == [1, 1]
        with Bridge(caller.leg, agent.leg) as bridge:
            caller.leg.listen(bridge.from_a)
            agent.leg.listen(bridge.from_b)
            called = phone.calls[1]
            call.say(speech_like(1.0), sample_rate_hz=16_000)
            await called.hears_speech()
            await called.quiet(0.5)
            called.say(speech_like(1.0), sample_rate_hz=16_000)
            await call.hears_speech()


async def test_a_killed_line_costs_its_own_calls_and_no_others(house: House) -> None:
    async with await Softphone.open() as phone:
        calls = [await connected(house, phone) for _ in range(2)]
        first = house.exchange.lines[0]
        os.kill(first.pid, signal.SIGKILL)
        await until(house, lambda: any(ear.leg.ended for _, ear in calls))

        later = [await connected(house, phone) for _ in range(2)]

        ends = {ear.all(Ended)[0].cause for _, ear in calls if ear.leg.ended}
        assert ends == {EndCause.LINE_LOST}
        assert sum(ear.leg.ended for _, ear in calls) == 1
        assert not any(ear.leg.ended for _, ear in later)
        await until(house, lambda: all(line.ready for line in house.exchange.lines), 10.0)
        for call, _ in (*calls, *later):
            call.vanish()


async def test_a_killed_door_is_back_and_calls_in_progress_do_not_notice(house: House) -> None:
    door = house.door
    assert door is not None
    async with await Softphone.open() as phone:
        calls = [await connected(house, phone) for _ in range(2)]
        os.kill(door.status.pid, signal.SIGKILL)
        await until(house, lambda: door.status.restarts and door.status.ready, 5.0)
        heard = len(calls[0][1].audio)

        await calls[0][0].hang_up()
        await calls[1][0].hold()
        calls[1][1].leg.hangup()

        assert (await calls[0][1].hears(Ended)).cause is EndCause.CALLER_HUNG_UP
        assert (await calls[1][0].wait_ended()).by == "them"
        assert heard > 0
        await connected(house, phone)


async def test_the_registration_is_taken_over(tmp_path: Path, house: House) -> None:
    async with await Softphone.open(user="trunk", on_invite=answer_after()) as trunk:
        trunk.demands = Credentials("voxdesk", "s3cret")
        host, port = trunk.address
        settings = TrunkSettings(f"sip:{host}:{port}", "voxdesk", "s3cret", expires_s=60)
        own = House(tmp_path, lines=2, door={"sources": ("trunk",)}, trunk=settings)
        async with own:
            await until(own, lambda: own.exchange.registration is not None)
            assert trunk.registered["voxdesk"].partition(">")[0] == f"<sip:voxdesk@{own.address}"
            trunk.registered.clear()

            os.kill(own.exchange.lines[0].pid, signal.SIGKILL)
            await until(own, lambda: "voxdesk" in trunk.registered)
            assert trunk.registered["voxdesk"].partition(">")[0] == f"<sip:voxdesk@{own.address}"
            await (await trunk.call(f"sip:voxdesk@{own.address}")).answered()
            ear = await own.dial(f"sip:+15550100@{host}:{port}", caller="+15550199")
            assert trunk.calls[-1].invite_request.get("Authorization").startswith("Digest")
            ear.leg.hangup()

            trunk.registered.clear()
            assert own.door is not None
            os.kill(own.door.status.pid, signal.SIGKILL)
            await until(own, lambda: "voxdesk" in trunk.registered)
            await (await trunk.call(f"sip:voxdesk@{own.address}")).answered()
            state = own.exchange.registration
            assert state is not None
            assert (state.registered, state.code) == (True, 200)
            assert state.expires_s in range(30, 61)
        assert "voxdesk" not in trunk.registered


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    folder = tmp_path_factory.mktemp("tls")
    files = TlsFiles(folder / "cert.pem", folder / "key.pem", 0)
    try:
        subprocess.run(
            [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                "-keyout", files.key, "-out", files.certificate,
            ],
            check=True, capture_output=True, timeout=30,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("needs openssl: apt-get install openssl")
    return files


async def test_a_door_that_is_no_longer_wanted_is_gone(house: House, tmp_path: Path) -> None:
    first = House(tmp_path, door={})
    await first.start()
    assert first.door is not None
    port = first.door.settings.port
    await first.door.leave()
    await first.exchange.close()
    assert all_pids(tmp_path / "r")

    async with House(tmp_path, port=port) as second:
        assert second.address == f"127.0.0.1:{port}"
    assert not all_pids(tmp_path / "r")


async def test_a_real_phone_calls_over_tls_with_encrypted_sound(
    house: House, tmp_path: Path, certificate: TlsFiles
) -> None:
    tls = TlsFiles(certificate.certificate, certificate.key, free_tcp_port())
    try:
        own = House(tmp_path / "own", door={"tls": tls, "tcp": True}, srtp="optional")
        await own.start()
    except TelephonyError as error:
        if "kamailio-tls-modules" in str(error):
            pytest.skip("needs Kamailio's TLS: apt-get install kamailio-tls-modules")
        raise
    try:
        by_tcp = await Sipp.start(tmp_path, "short_call", own.address, "-t", "t1", "-d", "100")
        await by_tcp.succeeds()
        await own.reset()

        assert own.exchange.addresses[-1] == f"sip:127.0.0.1:{tls.port};transport=tls"
        account = "<sip:peer@127.0.0.1;transport=tls>;regint=0;mediaenc=srtp-mand"
        uri = f"sip:100@127.0.0.1:{tls.port};transport=tls"
        peer = await baresip(tmp_path, account, 8000, "-e", f"d{uri}")
        try:
            ear = await own.leg(within_s=8.0)
            answered = await ear.hears(Answered)
            await until(own, lambda: np.count_nonzero(ear.heard) > 2 * SAMPLE_RATE_HZ, 8.0)
            ear.leg.hangup()  # over the connection that the phone has opened
            ended = await ear.hears(Ended)
            said = (tmp_path / "baresip.log").read_text(errors="replace")
        finally:
            with contextlib.suppress(ProcessLookupError):
                peer.terminate()
            await asyncio.wait_for(peer.wait(), 5.0)
    finally:
        await own.exchange.close()

    assert answered.secure
    assert similarity(speech_like(2.0, seed=7), ear.heard) >= 0.9
    assert ended.by_us
    assert "session closed" in said.lower() or "terminated" in said.lower()


def free_tcp_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
