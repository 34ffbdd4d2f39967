"""Attacks on a call's audio: strangers' RTP, nonsense in RTP and RTCP."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np

from tests.chaos.house import House
from tests.chaos.report import Outcome
from tests.chaos.watched import beside_a_call
from tests.chaos.witness import FRAME_S, HOST, RATE_HZ, Witness, tune
from voxdesk.kernel.audio import Pcm
from voxdesk.testing.rtp_codec import PCMU
from voxdesk.testing.rtp_packet import SAMPLES_PER_PACKET, RtpPacket
from voxdesk.testing.signal_checks import find
from voxdesk.testing.sip_message import Address

STRANGER = "127.0.0.66"
HEARD_ABOVE = 0.3
_SPRAY = 23
"""So many sequence numbers, 2,900 apart, and one of them is near the caller's."""

Send = Callable[[socket.socket, Address, int], None]


@asynccontextmanager
async def sending(host: str, target: Address, send: Send) -> AsyncIterator[list[int]]:
    """Call `send` each 20 ms while the block runs; counts what comes back."""
    came = [0]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((host, 0))
        sock.setblocking(False)  # noqa: FBT003  its only argument

        async def go_on() -> None:
            number = 0
            while True:
                send(sock, target, number)
                number += 1
                await asyncio.sleep(FRAME_S)
                came[0] += _answers(sock)

        task = asyncio.create_task(go_on())
        try:
            yield came
        finally:
            task.cancel()


def speech_of(pcm: Pcm, *, copies: int, payload_type: int = 0) -> Send:
    """Says that, in as many streams as a stranger needs to hit upon the caller's place."""
    frames = pcm[: len(pcm) // SAMPLES_PER_PACKET * SAMPLES_PER_PACKET].reshape(
        -1, SAMPLES_PER_PACKET
    )
    dice = random.Random(5)  # noqa: S311  repeatable
    source, sequence = dice.getrandbits(32), dice.getrandbits(16)

    def send(sock: socket.socket, target: Address, number: int) -> None:
        frame = PCMU.encode(frames[number % len(frames)])
        for copy in range(copies):
            packet = RtpPacket(
                payload_type, sequence + number + 2900 * copy, 160 * number, source, frame
            )
            _put(sock, packet.encode(), target)

    return send


async def injection(
    house: House, *, host: str, silent: bool, copies: int = _SPRAY, seconds: float = 4.0
) -> Outcome:
    """A stranger speaks into the call; our end must not hear it, nor the stranger the call."""
    who = "another address" if host != HOST else "another port of the caller's address"
    state = "silent" if silent else "speaking"
    outcome = Outcome(f"RTP from {who}, caller {state}", f"{copies} streams at 50 packets/s each")
    words = tune(seconds, seed=99)
    async with beside_a_call(house, outcome, all_slots=False) as witness:
        await asyncio.sleep(1.5)
        witness.call.stream.sending = not silent
        await asyncio.sleep(0.3)
        target = _rtp_of(witness)
        async with sending(host, target, speech_of(words, copies=copies)) as came:
            await asyncio.sleep(seconds)
        witness.call.stream.sending = True
        await asyncio.sleep(0.5)
    heard = house.answerer("witness").heard
    match = max(
        find(words[at : at + RATE_HZ // 2], heard, RATE_HZ).correlation
        for at in range(0, len(words) - RATE_HZ // 2, RATE_HZ // 2)
    )
    outcome.figures |= {
        "stranger heard by us (correlation)": round(match, 3),
        "frames of the call that the stranger got": came[0],
    }
    outcome.expect(match < HEARD_ABOVE, "the stranger was heard")
    outcome.expect(not came[0], "the stranger heard the call")
    if not silent:
        _expect_heard(outcome)
    return outcome


async def nonsense(house: House) -> Outcome:
    """From the caller's own address: wrong payloads, lengths, sources, jumps; RTCP garbage."""
    outcome = Outcome("nonsense in RTP and RTCP", "200 packets/s, from the caller's own sockets")
    dice = random.Random(8)  # noqa: S311  repeatable
    async with beside_a_call(house, outcome) as witness:
        stream = witness.call.stream
        host, port = _rtp_of(witness)
        control = stream._control_socket
        for _ in range(300):
            for _ in range(3):
                _put(stream.socket, _odd_rtp(dice), (host, port))
            _put(control, _odd_rtcp(dice), (host, port + 1))
            await asyncio.sleep(FRAME_S)
    return outcome


async def closed_ports(house: House) -> Outcome:
    """RTP to ports where no call is, and to SIP's."""
    outcome = Outcome("RTP to closed ports and to SIP's", "2,500 packets/s")
    async with beside_a_call(house, outcome) as witness:
        _, port = _rtp_of(witness)
        sip = int(house.address.rpartition(":")[2])
        say = speech_of(tune(2.0, seed=3), copies=5)

        def send(sock: socket.socket, _target: Address, number: int) -> None:
            for each in (*range(port + 2, port + 20, 2), sip):
                say(sock, ("127.0.0.1", each), number)

        async with sending(STRANGER, ("127.0.0.1", sip), send):
            await asyncio.sleep(5.0)
    _expect_heard(outcome)
    return outcome


def _expect_heard(outcome: Outcome) -> None:
    quality = outcome.figures["the call beside it"]
    if quality["late_ms"] < 2000 * FRAME_S:  # the caller itself was on time
        outcome.expect_in_time((quality["heard_by_us"] or 0) > 0.9, "the caller was not heard well")


def _rtp_of(witness: Witness) -> Address:
    target = witness.call.stream.remote
    assert target is not None
    return target


def _odd_rtp(dice: random.Random) -> bytes:
    payload = dice.randbytes(dice.choice((0, 1, 159, 160, 161, 480, 1400)))
    packet = bytearray(
        RtpPacket(
            dice.randrange(128), dice.getrandbits(16), dice.getrandbits(32),
            dice.getrandbits(32), payload,
        ).encode()
    )  # fmt: skip
    if dice.random() < 0.5:
        packet[0] = dice.randrange(256)  # version, padding, extension, sources
    return bytes(packet[: dice.choice((0, 1, 4, 11, 12, 13, 9999))])


def _odd_rtcp(dice: random.Random) -> bytes:
    kind = dice.choice((200, 201, 202, 203, 204, 205, 206, 207, 0, 255))
    length = dice.choice((0, 1, 6, 7, 65_535))
    head = bytes((dice.choice((0x80, 0x81, 0x9F, 0xBF, 0)), kind)) + length.to_bytes(2, "big")
    return head + dice.randbytes(dice.choice((0, 4, 24, 28, 400)))


def _put(sock: socket.socket, datagram: bytes, target: Address) -> None:
    try:
        sock.sendto(datagram, target)
    except OSError:  # a closed port refused the last one
        return


def _answers(sock: socket.socket) -> int:
    count = 0
    while True:
        try:
            count += bool(np.frombuffer(sock.recv(4096)[:12], np.uint8).size)
        except (BlockingIOError, ConnectionRefusedError):
            return count
