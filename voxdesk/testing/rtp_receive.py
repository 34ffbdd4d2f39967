"""What a phone hears: received audio placed by timestamp, and when each 20 ms was audible.

Two views of the same packets:

- `pcm`: every sample where its RTP timestamp puts it, losses as silence. For listening to *what*
  was said (correlation, level, recordings).
- `pieces`: each 20 ms with the moment at which a phone *without* jitter buffer would have started
  to play it. For measuring *when*. A piece plays at the latest of: its arrival, its place in time
  (by timestamp, from the packet that travelled fastest), and the end of the audible piece before
  it. Silence between words absorbs earlier lateness, as it does in a phone.
"""

import threading
from array import array
from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass

import numpy as np

from voxdesk.kernel.audio import Pcm, level_dbfs
from voxdesk.testing.rtp_codec import TELEPHONE_RATE_HZ, Codec
from voxdesk.testing.rtp_packet import SAMPLES_PER_PACKET, STAMP_MODULUS, RtpPacket

AUDIBLE_DBFS = -50.0
PIECE_S = SAMPLES_PER_PACKET / TELEPHONE_RATE_HZ
_JUMP_S = 1.0  # a timestamp this far from the clock starts a new segment (RFC 3550 A.1 restarts)
_LONG_GAP_S = 0.040


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of received audio with its place in time.

    Attributes:
        pcm: int16, 8 kHz, shape (n,).
        start_s: `time.monotonic()` at which the first sample could be heard.
    """

    pcm: Pcm
    start_s: float
    sample_rate_hz: int = TELEPHONE_RATE_HZ

    @property
    def duration_s(self) -> float:
        """Its length."""
        return len(self.pcm) / self.sample_rate_hz

    @property
    def end_s(self) -> float:
        """Moment of its end."""
        return self.start_s + self.duration_s

    @property
    def level_dbfs(self) -> float:
        """RMS level of all of it."""
        return level_dbfs(self.pcm)

    def between(self, start_s: float, end_s: float = float("inf")) -> "Heard":
        """The part between two moments."""
        first = max(0, round((start_s - self.start_s) * self.sample_rate_hz))
        last = max(first, round((min(end_s, self.end_s) - self.start_s) * self.sample_rate_hz))
        return Heard(self.pcm[first:last], self.start_s + first / self.sample_rate_hz)


@dataclass(slots=True)
class ReceptionReport:
    """Counts of one call's incoming RTP.

    Attributes:
        packets: audio packets placed.
        lost: sequence numbers that never came.
        late_order: packets that came after a younger one.
        foreign: packets of a payload type that wasn't agreed.
        longest_gap_s: longest wait between two packets.
        gaps: waits above 40 ms.
    """

    packets: int = 0
    lost: int = 0
    late_order: int = 0
    foreign: int = 0
    longest_gap_s: float = 0.0
    gaps: int = 0


class ReceivedAudio:
    """Fills from the media thread, is read from any other.

    Args:
        keep_pcm: False for long load runs, where only the moments matter.
    """

    def __init__(self, *, keep_pcm: bool = True) -> None:
        self.report = ReceptionReport()
        self._keep_pcm = keep_pcm
        self._lock = threading.Lock()
        self._pcm: Pcm = np.zeros(TELEPHONE_RATE_HZ * 30 if keep_pcm else 0, np.int16)
        self._length = 0
        self._starts = array("d")
        self._audible = array("d")
        self._source: int | None = None
        self._anchor_stamp = 0
        self._anchor_index = 0
        self._anchor_s = 0.0
        self._origin_s = 0.0
        self._newest = 0  # samples since the anchor
        self._sequence = 0
        self._arrival_s = 0.0
        self._loud_until_s = 0.0

    def accept(self, packet: RtpPacket, codec: Codec, arrival_s: float) -> None:
        """Place one audio packet."""
        pcm = codec.decode(packet.payload)
        with self._lock:
            self.report.packets += 1
            offset = self._place(packet, arrival_s)
            if self._keep_pcm:
                self._store(self._anchor_index + offset, pcm)
            self._hear(offset, pcm, arrival_s)

    def pass_over(self, packet: RtpPacket, arrival_s: float) -> None:
        """A packet that is no audio (a key): it only counts as not lost."""
        with self._lock:
            if self._source == packet.source:
                self._count(packet, arrival_s, first=False)

    @property
    def heard(self) -> Heard:
        """A copy of everything so far."""
        with self._lock:
            return Heard(self._pcm[: self._length].copy(), self._origin_s)

    def position(self, moment_s: float) -> int | None:
        """Index in `pcm` of what belongs to a moment; None before the first packet."""
        with self._lock:
            if self._source is None:
                return None
            return round((moment_s - self._origin_s) * TELEPHONE_RATE_HZ)

    def samples(self, start: int, count: int) -> Pcm:
        """So many samples from an index on; what has not come is silence."""
        with self._lock:
            first, last = max(0, start), max(0, min(self._length, start + count))
            part = self._pcm[first:last].copy()
        whole = np.zeros(count, np.int16)
        if len(part):
            whole[first - start : first - start + len(part)] = part
        return whole

    def audible(self, since_s: float = 0.0, until_s: float = float("inf")) -> list[float]:
        """Starts of the audible pieces (above -50 dBFS) in [since_s, until_s), in order."""
        with self._lock:
            first = bisect_left(self._audible, since_s)
            return list(self._audible[first : bisect_left(self._audible, until_s)])

    def first_audible(self, since_s: float) -> float | None:
        """Start of the first audible piece at or after a moment."""
        with self._lock:
            index = bisect_left(self._audible, since_s)
            return self._audible[index] if index < len(self._audible) else None

    def last_audible_end(self, before_s: float = float("inf")) -> float | None:
        """End of the last audible piece that started at or before a moment."""
        with self._lock:
            index = bisect_right(self._audible, before_s)
            return self._audible[index - 1] + PIECE_S if index else None

    def pieces(self, since_s: float, until_s: float) -> int:
        """How many 20 ms pieces, audible or not, started in [since_s, until_s)."""
        with self._lock:
            return bisect_left(self._starts, until_s) - bisect_left(self._starts, since_s)

    def _place(self, packet: RtpPacket, arrival_s: float) -> int:
        """Samples from the anchor to this packet; moves the anchor where a stream (re)starts."""
        offset = _distance(packet.timestamp, self._anchor_stamp)
        expected_s = self._anchor_s + offset / TELEPHONE_RATE_HZ
        fresh = self._source is None
        if fresh or packet.source != self._source or abs(arrival_s - expected_s) > _JUMP_S:
            if fresh:
                self._origin_s = arrival_s
            self._source = packet.source
            self._anchor_stamp = packet.timestamp
            self._anchor_s = arrival_s
            index = round((arrival_s - self._origin_s) * TELEPHONE_RATE_HZ)
            self._anchor_index = max(index, self._length)
            self._newest = -1
            offset = 0
        elif arrival_s < expected_s:  # the fastest packet so far says where time begins
            self._anchor_s -= expected_s - arrival_s
            if self._anchor_index == 0:
                self._origin_s = self._anchor_s
        self._count(packet, arrival_s, first=self._newest < 0)
        return offset

    def _count(self, packet: RtpPacket, arrival_s: float, *, first: bool) -> None:
        report = self.report
        if not first:
            step = (packet.sequence - self._sequence + 0x8000 & 0xFFFF) - 0x8000
            if step <= 0:
                report.late_order += 1
                report.lost = max(0, report.lost - 1)
                return
            report.lost += step - 1
            gap_s = arrival_s - self._arrival_s
            report.longest_gap_s = max(report.longest_gap_s, gap_s)
            report.gaps += gap_s > _LONG_GAP_S
        self._sequence = packet.sequence
        self._arrival_s = arrival_s

    def _store(self, index: int, pcm: Pcm) -> None:
        if index < 0:  # older than the first packet
            return
        end = index + len(pcm)
        if end > len(self._pcm):
            self._pcm = np.concatenate([self._pcm, np.zeros(max(end, len(self._pcm)), np.int16)])
        self._pcm[index:end] = pcm
        self._length = max(self._length, end)

    def _hear(self, offset: int, pcm: Pcm, arrival_s: float) -> None:
        start_s = max(arrival_s, self._anchor_s + offset / TELEPHONE_RATE_HZ)
        if offset > self._newest:
            start_s = max(start_s, self._loud_until_s)
            self._newest = offset
        for first in range(0, len(pcm), SAMPLES_PER_PACKET):
            moment = start_s + first / TELEPHONE_RATE_HZ
            _append_sorted(self._starts, moment)
            if level_dbfs(pcm[first : first + SAMPLES_PER_PACKET]) > AUDIBLE_DBFS:
                _append_sorted(self._audible, moment)
                self._loud_until_s = moment + PIECE_S


def _append_sorted(moments: "array[float]", moment: float) -> None:
    if not moments or moment >= moments[-1]:
        moments.append(moment)
    else:
        insort(moments, moment)


def _distance(stamp: int, anchor: int) -> int:
    """Signed samples from anchor to stamp, across the wrap at 2**32."""
    half = STAMP_MODULUS // 2
    return (stamp - anchor + half) % STAMP_MODULUS - half
