"""A SIP trunk that wants registration and passwords; and lines that can't start."""

import socket
from pathlib import Path

import pytest
from fixtures.leg_worlds import Ear, until
from fixtures.line_house import House

from telephony.exchange import Exchange
from telephony.legs import Ended
from telephony.line.settings import LineSettings, TrunkSettings
from voxdesk.kernel.errors import TelephonyError
from voxdesk.testing.softphone import Credentials, Softphone, answer_after

pytestmark = pytest.mark.integration


async def test_registered_called_and_calling_through_a_trunk(house: House, tmp_path: Path) -> None:
    async with await Softphone.open(user="trunk", on_invite=answer_after()) as trunk:
        trunk.demands = Credentials("voxdesk", "s3cret")
        host, port = trunk.address
        settings = TrunkSettings(f"sip:{host}:{port}", "voxdesk", "s3cret", expires_s=60)
        async with House(tmp_path, trunk=settings) as own:
            await until(own, lambda: own.exchange.registration is not None)
            state = own.exchange.registration
            assert state is not None
            assert (state.registered, state.code) == (True, 200)
            assert "voxdesk" in trunk.registered

            contact = trunk.registered["voxdesk"].partition("<")[2].partition(">")[0]
            call = await trunk.call(contact.partition(";")[0])
            await call.answered()
            await own.leg()

            await own.dial(f"sip:+15550100@{host}:{port}", caller="+15550199")
            invite = trunk.calls[-1].invite_request
            assert "+15550199" in invite.get("From")
            assert invite.get("Authorization").startswith("Digest")
        assert "voxdesk" not in trunk.registered


async def test_a_wrong_password_is_visible_and_calls_fail(house: House, tmp_path: Path) -> None:
    async with await Softphone.open(user="trunk", on_invite=answer_after()) as trunk:
        trunk.demands = Credentials("voxdesk", "other")
        host, port = trunk.address
        settings = TrunkSettings(f"sip:{host}:{port}", "voxdesk", "s3cret")
        async with House(tmp_path, trunk=settings) as own:
            await until(own, lambda: own.exchange.registration is not None)
            state = own.exchange.registration
            assert state is not None
            assert not state.registered
            assert state.code == 401
            ear = Ear(own, own.exchange.dial(f"sip:100@{host}:{port}"))
            assert (await ear.hears(Ended)).sip_code == 401


async def test_a_session_timer_is_agreed_and_too_short_a_one_is_not(house: House) -> None:
    async with await Softphone.open() as phone:
        wishes = {"Supported": "timer", "Session-Expires": "120;refresher=uas"}
        call = await phone.call(house.uri, headers=wishes)
        await call.answered()
        assert call.final is not None
        assert call.final.get("Session-Expires").replace(" ", "") == "120;refresher=uas"

        hasty = await phone.call(house.uri, headers={**wishes, "Session-Expires": "20"})
        end = await hasty.wait_ended()
        assert end.code == 422
        assert hasty.final is not None
        assert hasty.final.get("Min-SE") == "90"


async def test_a_taken_port_is_named_and_so_is_what_to_do(house: House, tmp_path: Path) -> None:
    port = int(house.address.rpartition(":")[2])
    exchange = Exchange(LineSettings(bind_address="127.0.0.1", port=port), run_dir=tmp_path / "r")

    with pytest.raises(TelephonyError, match=rf"{port}.*taken.*choose another port"):
        await exchange.start()

    assert not any(line.ready for line in exchange.lines)


async def test_an_address_of_another_machine_is_named(house: House, tmp_path: Path) -> None:
    exchange = Exchange(LineSettings(bind_address="203.0.113.7", port=0), run_dir=tmp_path / "r")

    with pytest.raises(TelephonyError, match=r"203\.0\.113\.7.*no such address"):
        await exchange.start()


async def test_two_engines_do_not_share_a_directory(house: House) -> None:
    second = Exchange(LineSettings(bind_address="127.0.0.1", port=0), run_dir=house.run_dir / "r")

    with pytest.raises(TelephonyError, match="Another engine"):
        await second.start()

    assert house.exchange.lines[0].ready


async def test_a_directory_too_deep_for_a_socket_is_named(house: House, tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)

    with pytest.raises(TelephonyError, match="too long"):
        await Exchange(LineSettings(port=0), run_dir=deep).start()


async def test_several_lines_share_the_calls(house: House, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = LineSettings(bind_address="127.0.0.1", port=port, srtp="off")
    exchange = Exchange(settings, lines=2, run_dir=tmp_path / "r")
    async with await Softphone.open(on_invite=answer_after()) as phone:
        await exchange.start()
        try:
            assert exchange.capacity == 8
            assert exchange.addresses == (
                f"sip:127.0.0.1:{port}",
                f"sip:127.0.0.1:{port + 1}",
            )
            ears = [Ear(house, exchange.dial(phone.uri)) for _ in range(8)]
            await until(house, lambda: all(ear.audio for ear in ears))
            assert [line.legs for line in exchange.lines] == [4, 4]
            assert len({ear.leg.id for ear in ears}) == 8
        finally:
            await exchange.close()
        assert all(ear.all(Ended) for ear in ears)


async def test_legs_that_are_kept_for_outbound_calls(house: House, tmp_path: Path) -> None:
    async with (
        House(tmp_path, outbound_reserve=1) as own,
        await Softphone.open(on_invite=answer_after()) as phone,
    ):
        for _ in range(3):
            await (await phone.call(own.uri)).answered()
        fourth = await phone.call(own.uri)
        assert (await fourth.wait_ended()).code == 486
        assert len(own.legs) == 3

        await own.dial(phone.uri)
