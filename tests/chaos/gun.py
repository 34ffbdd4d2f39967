"""Sends many datagrams from a process of its own, so that it doesn't disturb who measures.

    python -m tests.chaos.gun '{"kind": "flood", "to": "127.0.0.1:5060", "count": 1000}'

It prints one line of JSON: what was sent, how fast, and what was answered.
"""

import asyncio
import contextlib
import json
import random
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from tests.chaos.mutants import Mutants
from tests.chaos.requests import USER_AGENT, Stranger
from voxdesk.testing.sip_message import loopback_address

KINDS = ("fuzz", "flood")
_ROUND_S = 0.01
_LISTEN_S = 0.3


@dataclass(frozen=True, slots=True)
class Shots:
    """What to send.

    Attributes:
        kind: "fuzz" (broken messages) or "flood" (correct ones).
        to: "host:port", on the loopback.
        count: how many datagrams.
        rate: so many a second; 0: as fast as it goes.
        method: of a flood.
        headers: more of them, of a flood's requests.
        dialog: Call-ID and both tags, theirs first, of a call that a flood goes on in.
        body: of a flood's requests, "" for what belongs to the method.
        content_type: of the body.
        hosts: loopback addresses to send from, in turn.
        user_agent: of a flood's requests.
        seed: of the dice.
        first: number of the first datagram, to make some again.
    """

    kind: str
    to: str
    count: int
    rate: float = 0.0
    method: str = "INVITE"
    headers: tuple[tuple[str, str], ...] = ()
    dialog: tuple[str, str, str] | None = None
    body: str = ""
    content_type: str = "application/sdp"
    hosts: tuple[str, ...] = ("127.0.0.66",)
    user_agent: str = USER_AGENT
    seed: int = 1
    first: int = 0


@dataclass(slots=True)
class Fired:
    """What came of it.

    Attributes:
        sent: datagrams.
        seconds: that it took.
        rate: datagrams a second.
        cpu_s: the gun's own.
        answers: how many of each first line of an answer, e.g. "SIP/2.0 486 Busy Here".
    """

    sent: int
    seconds: float
    rate: float
    cpu_s: float
    answers: dict[str, int] = field(default_factory=dict)


def fire(shots: Shots) -> Fired:
    """Send them all; returns a moment after the last one.

    Raises:
        NotLoopback: `to` or one of the hosts is another machine.
    """
    host, _, port = shots.to.rpartition(":")
    target = loopback_address(host, int(port))
    sockets = [_open(host) for host in shots.hosts]
    makers = [_maker(shots, sock) for sock in sockets]
    answers: Counter[str] = Counter()
    began_s, cpu_s, sent = time.monotonic(), time.process_time(), 0
    while sent < shots.count:
        due = shots.count
        if shots.rate:
            due = min(due, int((time.monotonic() - began_s) * shots.rate) + 1)
        for number in range(sent, due):
            index = number % len(sockets)
            with contextlib.suppress(OSError):  # too long, or the kernel has no room: it is lost
                sockets[index].sendto(makers[index](shots.first + number), target)
            if number % 50 == 0:
                _read(sockets, answers)
        sent = due
        _read(sockets, answers)
        if shots.rate:
            time.sleep(_ROUND_S)
    seconds, cpu_s = time.monotonic() - began_s, time.process_time() - cpu_s
    time.sleep(_LISTEN_S)
    _read(sockets, answers)
    for sock in sockets:
        sock.close()
    return Fired(sent, round(seconds, 2), round(sent / seconds), round(cpu_s, 2), dict(answers))


async def fired(shots: Shots) -> Fired:
    """Send them from another process.

    Raises:
        RuntimeError: that process failed.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.chaos.gun", json.dumps(asdict(shots)),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        output, complaint = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        raise
    if process.returncode:
        raise RuntimeError(f"the gun failed: {complaint.decode()[-1000:]}")
    return Fired(**json.loads(output))


def _open(host: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(loopback_address(host, 0))
    sock.setblocking(False)  # noqa: FBT003  its only argument
    return sock


def _maker(shots: Shots, sock: socket.socket) -> Callable[[int], bytes]:
    host, port = sock.getsockname()
    here = f"{host}:{port}"
    if shots.kind == "fuzz":
        return Mutants(shots.to, here, shots.seed).datagram
    dice = random.Random(f"{shots.seed}:{port}")  # noqa: S311  repeatable, no secret
    stranger = Stranger(shots.to, here, user_agent=shots.user_agent, dice=dice)

    def make(number: int) -> bytes:
        request = stranger.request(
            shots.method,
            in_dialog=shots.dialog,
            sequence=number + 1,
            more=shots.headers,
            body=shots.body or None,
            content_type=shots.content_type,
        )
        return request.encode()

    return make


def _read(sockets: list[socket.socket], answers: Counter[str]) -> None:
    for sock in sockets:
        for _ in range(500):
            try:
                line = sock.recv(65_536).partition(b"\r\n")[0].decode("latin-1")
            except (BlockingIOError, ConnectionRefusedError):
                break
            is_answer = line.startswith("SIP/2.0 ")
            answers[line[:60] if is_answer else line.partition(" ")[0]] += 1


if __name__ == "__main__":
    order = json.loads(sys.argv[1])
    order["headers"] = tuple((name, value) for name, value in order.get("headers", ()))
    order["dialog"] = tuple(order["dialog"]) if order.get("dialog") else None
    sys.stdout.write(json.dumps(asdict(fire(Shots(**order)))) + "\n")
