"""Codecs, encryption, transports: two exchanges, or baresip, at the other end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from fixtures.baresip import baresip
from fixtures.leg_worlds import Ear, similarity, speech_like, until
from fixtures.line_house import House, free_port

from telephony.legs import Answered, Ended
from voxdesk.kernel.call import EndCause, UtteranceId

pytestmark = pytest.mark.integration

FIRST = UtteranceId(1)


@contextlib.asynccontextmanager
async def pair(
    tmp_path: Path, near: dict[str, Any], far: dict[str, Any]
) -> AsyncIterator[tuple[House, House]]:
    for name in ("near", "far"):
        (tmp_path / name).mkdir()
    houses = House(tmp_path / "near", **near), House(tmp_path / "far", **far)
    await asyncio.gather(*(house.start() for house in houses))
    try:
        yield houses
    finally:
        await asyncio.gather(*(house.exchange.close() for house in houses))


async def talk(near: House, far: Ear) -> tuple[float, float]:
    """How well each side hears the other."""
    ear = await near.leg()
    await until(near, lambda: len(ear.audio) > 15 and len(far.audio) > 15)
    ours, theirs = speech_like(1.5, seed=1), speech_like(1.5, seed=2)
    ear.leg.play(FIRST, ours, last=True)
    far.leg.play(FIRST, theirs, last=True)
    await asyncio.sleep(2.0)
    return similarity(ours, far.heard), similarity(theirs, ear.heard)


@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "G722"])
async def test_each_codec_carries_speech_both_ways(
    house: House, tmp_path: Path, codec: str
) -> None:
    async with House(tmp_path, codecs=(codec,)) as far:
        ear = await far.dial(house.uri)
        assert ear.all(Answered)[0].codec.startswith(codec)
        there, here = await talk(house, ear)

    assert there >= 0.99
    assert here >= 0.99


@pytest.mark.parametrize(
    ("near", "far", "secure"),
    [
        ("mandatory", "mandatory", True),
        ("optional", "mandatory", True),
        ("optional", "off", False),
        ("off", "optional", False),
    ],
)
async def test_media_is_encrypted_where_both_can(
    house: House, tmp_path: Path, *, near: str, far: str, secure: bool
) -> None:
    async with pair(tmp_path, {"srtp": near}, {"srtp": far}) as (here, there):
        ear = await there.dial(here.uri)
        assert ear.all(Answered)[0].secure is secure
        assert (await (await here.leg()).hears(Answered)).secure is secure
        heard = await talk(here, ear) if near == far else (1.0, 1.0)

    assert min(heard) >= 0.99


@pytest.mark.parametrize(("near", "far"), [("mandatory", "off"), ("off", "mandatory")])
async def test_who_insists_on_encryption_gets_no_call_without(
    house: House, tmp_path: Path, near: str, far: str
) -> None:
    async with pair(tmp_path, {"srtp": near}, {"srtp": far}) as (here, there):
        ear = Ear(there, there.exchange.dial(here.uri))
        ended = await ear.hears(Ended)
        assert not here.legs

    assert ended.cause is EndCause.REFUSED


async def test_a_call_over_tcp(house: House, tmp_path: Path) -> None:
    async with pair(tmp_path, {"transports": ("tcp",)}, {"transports": ("udp", "tcp")}) as (
        near,
        far,
    ):
        assert near.exchange.addresses == (f"sip:{near.address}",)
        assert near.address.endswith(";transport=tcp")
        ear = await far.dial(near.uri)
        ear.leg.hangup()
        assert (await (await near.leg()).hears(Ended)).cause is EndCause.CALLER_HUNG_UP


async def test_rtp_stays_in_its_range(house: House, tmp_path: Path) -> None:
    first = free_port() // 2 * 2
    async with pair(tmp_path, {"rtp_port": first, "rtp_ports": 40}, {}) as (near, far):
        for _ in range(3):
            await far.dial(near.uri)
        sockets = psutil.Process(near.exchange.lines[0].pid).net_connections("udp")
        sip = int(near.address.rpartition(":")[2])
        ports = {each.laddr.port for each in sockets} - {sip}

    assert len(ports) == 6
    assert all(first <= port < first + 40 for port in ports)


# ------------------------------------------------------------------ baresip


@pytest.mark.parametrize(("codec", "srtp"), [("G722/16000/1", ""), ("PCMA/8000/1", "srtp-mand")])
async def test_baresip_hears_and_is_heard(
    house: House, tmp_path: Path, codec: str, srtp: str
) -> None:
    async with House(tmp_path / "own", srtp="optional") as own:
        account = f"<sip:peer@127.0.0.1>;regint=0;audio_codecs={codec}"
        if srtp:
            account += f";mediaenc={srtp}"
        rate_hz = int(codec.split("/")[1])
        peer = await baresip(tmp_path, account, rate_hz, "-e", f"d{own.uri}")
        try:
            ear = await own.leg(within_s=8.0)
            answered = await ear.hears(Answered)
            await until(own, lambda: len(ear.audio) > 15)
            ear.leg.play(FIRST, speech_like(2.0, seed=1), last=True)
            await asyncio.sleep(2.6)
            heard = similarity(speech_like(2.0, seed=7), ear.heard)
        finally:
            with contextlib.suppress(ProcessLookupError):
                peer.terminate()
            await asyncio.wait_for(peer.wait(), 5.0)

    assert answered.codec == codec.removesuffix("/1")
    assert answered.secure is bool(srtp)
    assert heard >= 0.97
