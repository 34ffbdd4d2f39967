"""Attacks inside of a call: by its own caller, and by a stranger who knows its names."""

import asyncio
import contextlib
import time

from telephony.legs import Digit
from tests.chaos.gun import Shots, fired
from tests.chaos.house import House
from tests.chaos.report import Outcome
from tests.chaos.requests import offer
from tests.chaos.watched import beside_a_call
from tests.chaos.witness import Witness
from voxdesk.testing.rtp_packet import RtpPacket
from voxdesk.testing.softphone import CallFailed, Softphone

CALLER = "127.0.0.11"
STRANGER = "127.0.0.66"
MOST_KEYS_PER_S = 40.0


async def in_dialog_flood(
    house: House, method: str, *, rate: float, seconds: float, body: str = "", kind: str = ""
) -> Outcome:
    """A caller floods its own call; the call beside it, and the engine, must not notice."""
    outcome = Outcome(f"{method} in a call", f"{rate:g}/s for {seconds:g} s, beside another call")
    async with beside_a_call(house, outcome, watched_s=seconds + 60):
        async with Witness(house.uri, watched_s=1.0, name="mad", host=CALLER) as mad:
            answerer = house.answerer("mad")
            dialog = mad.call.dialog
            result = await fired(
                Shots(
                    "flood", house.address, int(rate * seconds), rate, method,
                    dialog=(dialog.call_id, dialog.local_tag, dialog.remote_tag),
                    first=dialog.sequence + 1, hosts=(CALLER,), body=body,
                    content_type=kind or "application/sdp",
                )
            )  # fmt: skip
            dialog.sequence += 2 * int(rate * seconds)  # so that its BYE is in order
            still_up = mad.call.ended is None
        keys = sum(isinstance(event, Digit) for event in answerer.events)
    outcome.figures |= {
        "datagrams/s": result.rate,
        "answers": result.answers,
        "keys that reached the engine": keys,
        "the mad caller's call was still up": still_up,
    }
    outcome.expect(keys <= MOST_KEYS_PER_S * (seconds + 3), "the engine got too many keys")
    return outcome


async def info_digits(house: House, *, rate: float, seconds: float) -> Outcome:
    """Keys by INFO."""
    return await in_dialog_flood(
        house, "INFO", rate=rate, seconds=seconds,
        body="Signal=5\r\nDuration=100\r\n", kind="application/dtmf-relay",
    )  # fmt: skip


async def reinvites(house: House, *, rate: float, seconds: float) -> Outcome:
    """New offers, faster than they can be answered."""
    return await in_dialog_flood(house, "INVITE", rate=rate, seconds=seconds, body=offer(CALLER))


async def rfc4733_digits(house: House, *, rate: float, seconds: float) -> Outcome:
    """Each packet another key."""
    outcome = Outcome("keys by RFC 4733", f"{rate:g}/s for {seconds:g} s, beside another call")
    async with beside_a_call(house, outcome, watched_s=seconds + 60):
        async with Witness(house.uri, watched_s=1.0, name="mad", host=CALLER) as mad:
            answerer, stream = house.answerer("mad"), mad.call.stream
            stream.sending = False
            began_s, sent = time.monotonic(), 0
            while (passed_s := time.monotonic() - began_s) < seconds:
                while sent < passed_s * rate:
                    event = bytes((sent % 10, 0x80, 0, 160))
                    packet = RtpPacket(101, sent, 160 * sent, 4711, event, marker=True)
                    stream.socket.sendto(packet.encode(), stream.remote or ("127.0.0.1", 9))
                    sent += 1
                await asyncio.sleep(0.01)
        keys = sum(isinstance(event, Digit) for event in answerer.events)
    outcome.figures |= {"keys sent": sent, "keys that reached the engine": keys}
    outcome.expect(keys <= MOST_KEYS_PER_S * (seconds + 3), "the engine got too many keys")
    return outcome


async def refers(house: House) -> Outcome:
    """A caller who wants us to dial for it; a stranger who wants a call, or to take one over."""
    outcome = Outcome("REFER and Replaces", "by the caller in its call, by a stranger outside")
    async with await Softphone.open(host=CALLER, user="trap") as trap:
        async with beside_a_call(house, outcome) as witness:
            own = await witness.call.ask("REFER", headers={"Refer-To": f"<{trap.uri}>"})
            dialog = witness.call.dialog
            replaces = f"{dialog.call_id};to-tag={dialog.remote_tag};from-tag={dialog.local_tag}"
            async with await Softphone.open(host=STRANGER) as stranger:
                outside = await stranger.ask(
                    "REFER", house.uri, headers={"Refer-To": f"<{trap.uri}>"}
                )
                thief = await stranger.call(house.uri, headers={"Replaces": replaces})
                with contextlib.suppress(CallFailed, TimeoutError):
                    await thief.answered(timeout_s=3.0)
                taken = thief.final.status if thief.final else 0
            await asyncio.sleep(1.0)
        dialled = len(trap.calls)
    outcome.figures |= {
        "REFER in the call is answered": own.status,
        "REFER outside is answered": outside.status,
        "INVITE with Replaces is answered": taken,
        "calls that we placed for them": dialled,
    }
    outcome.expect(not dialled, "we dialled whom a stranger named")
    outcome.expect(own.status >= 400 and outside.status >= 400, "a REFER was accepted")
    outcome.expect(taken >= 400, "a call was taken over")
    return outcome
