"""The line against sipp, which shares no code with it, and plays exactly what its scenario says."""

from pathlib import Path

import pytest
from fixtures.leg_worlds import Ear, until
from fixtures.line_house import House, Sipp

from telephony.legs import Answered, Digit, Ended, Held, Ringing, TransferProgress
from telephony.line.settings import TrunkSettings
from voxdesk.kernel.call import EndCause

pytestmark = pytest.mark.integration


async def test_options(house: House, tmp_path: Path) -> None:
    await (await Sipp.start(tmp_path, "options", house.address)).succeeds()


async def test_cancel(house: House, tmp_path: Path) -> None:
    house.on_leg = lambda leg: leg.ring()

    await (await Sipp.start(tmp_path, "cancel", house.address)).succeeds()

    assert (await (await house.leg()).hears(Ended)).cause is EndCause.CANCELLED


async def test_a_call_with_hold_info_keys_and_a_session_timer(house: House, tmp_path: Path) -> None:
    await (await Sipp.start(tmp_path, "call", house.address)).succeeds()

    ear = await house.leg()
    await ear.hears(Ended)
    assert ear.leg.invite is not None
    assert (ear.leg.invite.caller, ear.leg.invite.caller_name) == ("4711", "Sipp")
    assert [held.on for held in ear.all(Held)] == [True, False]
    assert [digit.digit for digit in ear.all(Digit)] == ["7", "#"]
    assert ear.all(Ended)[0].cause is EndCause.CALLER_HUNG_UP


async def test_the_fifth_call_is_busy(house: House, tmp_path: Path) -> None:
    four = await Sipp.start(
        tmp_path, "short_call", house.address, "-r", "50", "-d", "1500", calls=4
    )
    await house.leg(3)

    await (await Sipp.start(tmp_path, "busy", house.address)).succeeds()

    await four.succeeds()


async def test_twenty_calls_one_after_the_other(house: House, tmp_path: Path) -> None:
    callers = await Sipp.start(
        tmp_path, "short_call", house.address, "-r", "20", "-l", "4", "-d", "300", calls=20
    )

    await callers.succeeds()

    await until(house, lambda: all(ear.leg.ended for ear in house.legs))
    assert len(house.legs) == 20
    assert all(ear.all(Answered) and ear.all(Ended) for ear in house.legs)


async def test_early_media_then_an_accepted_transfer(house: House, tmp_path: Path) -> None:
    sipp = await Sipp.start(tmp_path, "early_answer")
    leg = house.exchange.dial(f"sip:agent@127.0.0.1:{sipp.port}", timeout_s=8.0)
    ear = Ear(house, leg)
    await ear.hears(Answered)
    assert ear.all(Ringing)[0].code == 183

    leg.transfer("sip:other@127.0.0.1", timeout_s=5.0)
    await until(house, lambda: any(progress.final for progress in ear.all(TransferProgress)))
    leg.hangup()

    await sipp.succeeds()
    assert [(p.code, p.final) for p in ear.all(TransferProgress)][-1] == (200, True)
    assert (180, False) in [(p.code, p.final) for p in ear.all(TransferProgress)]
    assert (await ear.hears(Ended)).cause is EndCause.TRANSFERRED


@pytest.mark.parametrize("password", ["s3cret", "wrong"])
async def test_registration_by_digest(house: House, tmp_path: Path, password: str) -> None:
    sipp = await Sipp.start(tmp_path, "registrar")
    trunk = TrunkSettings(f"sip:127.0.0.1:{sipp.port}", "voxdesk", password)

    async with House(tmp_path, trunk=trunk) as registering:
        await until(house, lambda: registering.exchange.registration is not None)
        state = registering.exchange.registration
        sipp.stop()

    assert state is not None
    right = password == "s3cret"  # noqa: S105  sipp's scenario knows it, too
    assert (state.registered, state.code) == ((True, 200) if right else (False, 403))
