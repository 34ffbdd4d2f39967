"""Attacks by SIP from outside of any call."""

import asyncio
import random
import socket
import time

from tests.chaos.gun import Shots, fired
from tests.chaos.house import House, Target
from tests.chaos.report import Outcome
from tests.chaos.requests import Request, Stranger
from tests.chaos.watched import SLOTS_WITHIN_S, beside_a_call, slots_free
from tests.chaos.witness import calls_work
from voxdesk.testing.sip_message import loopback_address

SCANNER = "127.0.0.66"
TRUSTED = "127.0.0.1"
_UNDER_WAY_S = 1.0
_100REL = (("Require", "100rel"), ("Supported", "100rel"))
_TIMER = (("Supported", "timer"), ("Session-Expires", "90;refresher=uas"))


async def nothing(house: Target, *, seconds: float) -> Outcome:
    """No attack: what the call is like on this machine, now."""
    outcome = Outcome("no attack", f"{seconds:g} s of a call, to compare with")
    async with beside_a_call(house, outcome, watched_s=seconds + 60):
        await asyncio.sleep(seconds)
    return outcome


async def fuzz(house: Target, *, count: int, rate: float, seed: int = 1) -> Outcome:
    """Broken messages, from an address that no rate holds back: they all reach pjsip."""
    outcome = Outcome("fuzz", f"{count} broken datagrams, seed {seed}, beside a call")
    dropped = kernel_drops(house.address)
    async with beside_a_call(house, outcome, watched_s=60 + 3 * count / (rate or 1000)):
        shots = Shots("fuzz", house.address, count, rate=rate, hosts=(TRUSTED,), seed=seed)
        result = await fired(shots)
    outcome.figures |= {
        "datagrams": result.sent,
        "datagrams/s": result.rate,
        "lost in the kernel": kernel_drops(house.address) - dropped,
        "answers": dict(sorted(result.answers.items())),
    }
    return outcome


async def odd_methods(house: House) -> Outcome:
    """Requests whose CSeq names another method, in each state of a transaction that there is.

    And an ACK that came on another way than its INVITE, and without a tag in To.
    """
    outcome = Outcome(
        "what pjsip aborts at", "CSeq of another method, ACK by another way; beside a call"
    )
    async with beside_a_call(house, outcome):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((TRUSTED, 0))
            stranger = Stranger(house.address, f"{TRUSTED}:{sock.getsockname()[1]}")
            at, _, port = house.address.rpartition(":")
            target = loopback_address(at, int(port))
            for refused in (True, False):
                house.refusing = refused
                invite = stranger.request("INVITE")
                rest = invite.encode().partition(b" ")[2]
                for method in (b"INVITE", b"OPTIONS", b"ACK", b"BYE", b"CANCEL", b"INFO", b"FOO"):
                    sock.sendto(method + b" " + rest, target)
                    await asyncio.sleep(0.1)
                    if method == b"OPTIONS":
                        sock.sendto(_acknowledged(rest), target)
                        await asyncio.sleep(0.1)
                    if method == b"INVITE":
                        sock.sendto(_acknowledged(rest.replace(b"=z9hG4bK", b"=z9hG4bKx")), target)
                        await asyncio.sleep(0.1)
        house.refusing = False
    return outcome


def _acknowledged(rest: bytes) -> bytes:
    """ACK of a refusal: of the INVITE's own transaction."""
    return b"ACK " + rest.replace(b"CSeq: 1 INVITE", b"CSeq: 1 ACK")


async def flood(
    house: Target, method: str, *, rate: float, seconds: float, sources: int = 1, net: int = 1
) -> Outcome:
    """Correct requests, many a second, from strangers; somebody new dials until it works."""
    hosts = tuple(f"127.{net}.{n // 250}.{n % 250 + 1}" for n in range(sources))
    outcome = Outcome(
        f"flood {method}" + (f" from {sources} addresses" if sources > 1 else ""),
        f"{rate:g}/s for {seconds:g} s, beside a call",
    )
    async with beside_a_call(house, outcome, watched_s=seconds + 60):
        firing = asyncio.create_task(
            fired(Shots("flood", house.address, int(rate * seconds), rate, method, hosts=hosts))
        )
        await asyncio.sleep(_UNDER_WAY_S)
        answered_s = await _newcomer(house, seconds - _UNDER_WAY_S)
        result = await firing
    outcome.figures |= {
        "datagrams": result.sent,
        "datagrams/s": result.rate,
        "a new caller is answered after s": "not" if answered_s is None else answered_s,
        "answers": dict(sorted(result.answers.items())),
    }
    if sources == 1:
        outcome.expect(answered_s is not None, "no new caller was answered")
    return outcome


async def _newcomer(house: Target, within_s: float) -> float | None:
    """Somebody who dials until it works, while the flood goes on; seconds from its beginning."""
    began_s = time.monotonic()
    while time.monotonic() - began_s < within_s:
        if await calls_work(house.uri):
            return round(_UNDER_WAY_S + time.monotonic() - began_s, 1)
        await asyncio.sleep(0.2)
    return None


async def unserved(house: Target, *, count: int, rate: float, first: int = 99) -> list[Outcome]:
    """What no line serves, the first so many of it: it must cost no memory."""
    outcomes = []
    for index, (method, headers) in enumerate(UNSERVED[:first]):
        outcome = Outcome(f"unsolicited {method}", f"{count} at {rate:g}/s, beside a call")
        async with beside_a_call(house, outcome, all_slots=False):
            hosts = (f"127.0.7.{index + 1}",)
            result = await fired(
                Shots("flood", house.address, count, rate, method, headers=headers, hosts=hosts)
            )
        outcome.figures |= {"datagrams/s": result.rate, "answers": result.answers}
        outcome.expect(outcome.figures["line memory +MB"] < 5.0, "the line's memory grew")
        outcome.expect(not any("200" in line for line in result.answers), "it was accepted")
        outcomes.append(outcome)
    return outcomes


UNSERVED: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("SUBSCRIBE", (("Event", "presence"), ("Expires", "600"))),
    ("MESSAGE", ()),
    ("NOTIFY", (("Event", "message-summary"), ("Subscription-State", "active"))),
    ("REFER", (("Refer-To", "<sip:x@127.0.0.1:9>"),)),
    ("PUBLISH", (("Event", "presence"),)),
    ("UPDATE", ()),
    ("INFO", ()),
)


# ------------------------------------------------------------------ slots


async def abandoned(house: Target, names: tuple[str, ...] = ()) -> list[Outcome]:
    """INVITEs that take every slot and are never brought to an end; until four calls work again."""
    outcomes = []
    for index, (name, ringing, change) in enumerate(ABANDONED):
        if names and name not in names:
            continue
        outcome = Outcome(f"abandoned: {name}", "8 INVITEs at once, then nothing more")
        house.answering = not ringing
        host = f"127.0.8.{index + 1}"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((host, 0))
            dice = random.Random(index)  # noqa: S311  repeatable
            stranger = Stranger(house.address, f"{host}:{sock.getsockname()[1]}", dice=dice)
            began_s, calls, crashes = time.monotonic(), len(house.answerers), house.crashes
            for _ in range(8):
                request = stranger.request(
                    "INVITE", more=change if isinstance(change, tuple) else ()
                )
                if isinstance(change, str):
                    _distort(request, change)
                at, _, port = house.address.rpartition(":")
                sock.sendto(request.encode(), loopback_address(at, int(port)))
            await asyncio.sleep(0.3)
            taken = len(house.answerers) - calls
            await house.empty()
            await slots_free(house)
        seconds = time.monotonic() - began_s
        outcome.figures = {"slots taken": taken, "four calls work after s": round(seconds, 1)}
        outcome.expect(seconds <= SLOTS_WITHIN_S, "slots were not free within 10 s")
        outcome.expect(house.crashes == crashes, "the line crashed")
        outcomes.append(outcome)
    return outcomes


ABANDONED: tuple[tuple[str, bool, str | tuple[tuple[str, str], ...]], ...] = (
    ("never acknowledged", False, ()),
    ("left while it rings", True, ()),
    ("100rel, never acknowledged by PRACK, ringing", True, _100REL),
    ("100rel, never acknowledged by PRACK, answered", False, _100REL),
    ("without an offer", False, "no offer"),
    ("with a session timer", False, _TIMER),
    ("one Call-ID, other tags and branches", False, "one call-id"),
    ("Contact of a closed port", False, "closed contact"),
    ("Contact of a name that nobody has", False, "unknown contact"),
    ("Via of a closed port", False, "closed via"),
)


def _distort(request: Request, change: str) -> None:
    values = {
        "one call-id": ("Call-ID", lambda _value: "the-same"),
        "closed contact": ("Contact", lambda _value: "<sip:x@127.0.0.1:9>"),
        "unknown contact": ("Contact", lambda _value: "<sip:x@nobody.invalid>"),
        "closed via": ("Via", lambda value: value.replace(":", ":9;x=", 1).replace(";rport", "")),
    }
    if change == "no offer":
        request.body = ""
        request.headers = [pair for pair in request.headers if pair[0] != "Content-Type"]
        return
    wanted, new = values[change]
    request.headers = [(n, new(v)) if n == wanted else (n, v) for n, v in request.headers]


def kernel_drops(address: str) -> int:
    """Datagrams that the system threw away because the line hadn't read the earlier ones."""
    port = f":{int(address.rpartition(':')[2]):04X}"
    with open("/proc/net/udp", encoding="ascii") as table:  # noqa: PTH123  no file to speak of
        rows = [line.split() for line in table.readlines()[1:]]
    return sum(int(row[-1]) for row in rows if row[1].endswith(port))
