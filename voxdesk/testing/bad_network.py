"""A bad network, made on purpose and the same each time. Pure: time comes in, moments go out.

What it does to a packet, in the order in which a real way does it: an outage swallows it, or loss
does; else it waits in a queue that is now longer and now shorter (jitter, which never lets one
packet pass another), may be sent around another way (reordering), and may come twice.
"""

import heapq
import math
import random
from dataclasses import dataclass

_TWICE_S = 0.001  # the copy of a packet comes right behind it


@dataclass(frozen=True, slots=True)
class Impairments:
    """How bad. Nothing of it is the default.

    Attributes:
        loss_share: of packets, 0..1, that never arrive.
        burst_packets: how many in a row a loss takes, on average: Gilbert's model of two states,
            in one of which everything is lost. 1 is loss without a memory.
        jitter_ms: each packet waits 0..jitter_ms in a queue.
        reorder_share: of packets, 0..1, that are overtaken.
        reorder_ms: so much later than it should does such a packet come.
        duplicate_share: of packets, 0..1, that come twice.
        outage_after_s: when an outage begins, from the first packet on; never by default.
        outage_s: how long it lasts.
        both_ways: what the phone receives goes through such a network too, not only what it sends.
        seed: of the dice.
    """

    loss_share: float = 0.0
    burst_packets: float = 1.0
    jitter_ms: float = 0.0
    reorder_share: float = 0.0
    reorder_ms: float = 50.0
    duplicate_share: float = 0.0
    outage_after_s: float = math.inf
    outage_s: float = 0.0
    both_ways: bool = False
    seed: int = 7

    @property
    def is_perfect(self) -> bool:
        """Whether a packet comes out as it went in, at once."""
        return not (
            self.loss_share
            or self.jitter_ms
            or self.reorder_share
            or self.duplicate_share
            or (self.outage_s and self.outage_after_s < math.inf)
        )


PERFECT = Impairments()


class Way:
    """One direction of one call through such a network.

    Args:
        impairments: how bad it is.
        seed: further dice than those of the other direction.
    """

    def __init__(self, impairments: Impairments, *, seed: int = 0) -> None:
        self._bad = impairments
        self._dice = random.Random(f"{impairments.seed} {seed}")  # noqa: S311  repeatable faults
        self._began_s: float | None = None
        self._losing = False
        self._queue_until_s = -math.inf

    def deliver(self, now_s: float) -> tuple[float, ...]:
        """When a packet that enters now comes out: not at all, once, or twice."""
        bad = self._bad
        if self._began_s is None:
            self._began_s = now_s
        if 0.0 <= now_s - self._began_s - bad.outage_after_s < bad.outage_s:
            return ()
        if self._loses():
            return ()
        out_s = max(now_s + self._dice.random() * bad.jitter_ms / 1000, self._queue_until_s)
        if bad.jitter_ms:
            self._queue_until_s = out_s
        if self._says(bad.reorder_share):
            out_s += bad.reorder_ms / 1000
        return (out_s, out_s + _TWICE_S) if self._says(bad.duplicate_share) else (out_s,)

    def _loses(self) -> bool:
        """Gilbert's model: the chances to go from one state to the other give share and length."""
        bad = self._bad
        if bad.loss_share <= 0.0:
            return False
        if bad.burst_packets <= 1.0:
            return self._says(bad.loss_share)
        leave = 1.0 / bad.burst_packets
        enter = leave * bad.loss_share / max(1e-9, 1.0 - bad.loss_share)
        self._losing = not self._says(leave) if self._losing else self._says(enter)
        return self._losing

    def _says(self, share: float) -> bool:
        return share > 0.0 and self._dice.random() < share


class Underway:
    """Packets between two ends of a way; those that are due come out in the order of arrival."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._packets: list[tuple[float, int, bytes]] = []
        self._count = 0

    def put(self, packet: bytes, now_s: float) -> None:
        """A packet enters."""
        for out_s in self._way.deliver(now_s):
            self._count += 1
            heapq.heappush(self._packets, (out_s, self._count, packet))

    def take(self, now_s: float) -> list[tuple[float, bytes]]:
        """What has come out by now, each with its moment."""
        out = []
        while self._packets and self._packets[0][0] <= now_s:
            out_s, _, packet = heapq.heappop(self._packets)
            out.append((out_s, packet))
        return out

    @property
    def next_s(self) -> float:
        """When the next packet comes out; infinity when none is under way."""
        return self._packets[0][0] if self._packets else math.inf
