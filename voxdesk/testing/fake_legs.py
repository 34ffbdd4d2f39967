"""Call legs without SIP, in virtual time: whole calls test in milliseconds.

    network = FakeNetwork()
    near, far = network.lines("ivr"), network.lines("phone")
    near.on_incoming(start_session)
    caller = far.dial("sip:100@ivr", caller="+15550100")
    caller.listen(heard.append)
    network.run(seconds=2.0)

Nothing happens outside of `tick`; each is 20 ms. A listener is never called from within a method
of a leg, as with a real line. Audio between two fake legs is bit-exact and not late.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from telephony.causes import cause_of
from telephony.legs import (
    Answered,
    AudioReceived,
    Digit,
    Ended,
    Held,
    Leg,
    LegEvent,
    LegListener,
    Ringing,
    TransferProgress,
)
from telephony.line.playout import Playout
from telephony.messages import LegCleared, LegPlayed
from telephony.sip_uri import check_sip_uri
from telephony.wire_events import leg_event, pcm_from_wire, pcm_to_wire
from voxdesk.kernel.audio import FRAME_MS, FRAME_SAMPLES, SAMPLES_PER_MS, AudioFrame, Pcm, silence
from voxdesk.kernel.call import Direction, EndCause, Invite, LegId, UtteranceId
from voxdesk.kernel.errors import NoLegFree

CODEC: Final = "L16/16000"
REACT_WITHIN_MS: Final = 5000
TRANSFER_STEP_MS: Final = 100
REFUSED_TRANSFER: Final = (603,)

_Signal = Callable[[], None]


class FakeNetwork:
    """Virtual time, and every line that can be dialled in it."""

    def __init__(self) -> None:
        self.now_ms = 0
        self._lines: dict[str, FakeLines] = {}
        self._timers: list[tuple[int, int, _Signal]] = []
        self._order = itertools.count()

    def lines(self, host: str, *, capacity: int = 4) -> "FakeLines":
        """Lines that answer to sip:anything@host."""
        made = self._lines[host] = FakeLines(self, host, capacity)
        return made

    def find(self, uri: str) -> "FakeLines | None":
        """Who answers at this URI."""
        host = uri.rpartition("@")[2].removeprefix("sip:").partition(";")[0].partition(":")[0]
        return self._lines.get(host)

    def later(self, delay_ms: int, signal: _Signal) -> None:
        """Do this at the first tick after the delay; 0 is the next tick."""
        self._timers.append((self.now_ms + delay_ms, next(self._order), signal))

    def tick(self) -> None:
        """20 ms pass: signalling first, then one frame each way on every leg that is up."""
        self.now_ms += FRAME_MS
        due = sorted(timer for timer in self._timers if timer[0] < self.now_ms)
        self._timers = [timer for timer in self._timers if timer[0] >= self.now_ms]
        for _, _, signal in due:
            signal()
        legs = [leg for lines in self._lines.values() for leg in lines.legs]
        sent = {leg: leg.next_frame() for leg in legs}
        for leg in legs:
            leg.frame_passed(sent[leg], sent.get(leg.peer) if leg.peer else None)

    def run(self, seconds: float) -> None:
        """Let so much time pass."""
        for _ in range(round(seconds * 1000 / FRAME_MS)):
            self.tick()

    async def run_async(self, seconds: float, *, yields: int = 5) -> None:
        """The same, and let the tasks of the running loop go on between any two ticks."""
        for _ in range(round(seconds * 1000 / FRAME_MS)):
            self.tick()
            for _ in range(yields):
                await asyncio.sleep(0)


class FakeLines:
    """`Lines` on a `FakeNetwork`.

    Attributes:
        address: SIP URI to dial.
        legs: those in use.
        offered: what to reject the next incoming legs with (SIP codes), before the handler is
            asked; empty for none.
    """

    def __init__(self, network: FakeNetwork, host: str, capacity: int) -> None:
        self.address = f"sip:{host}"
        self.legs: list[FakeLeg] = []
        self.offered: deque[int] = deque()
        self.network = network
        self._host = host
        self._capacity = capacity
        self._handler: Callable[[Leg], None] | None = None
        self._numbers = itertools.count(1)

    def on_incoming(self, handler: Callable[[Leg], None]) -> None:
        """Call this for each incoming leg."""
        self._handler = handler

    def dial(
        self,
        uri: str,
        *,
        caller: str | None = None,
        caller_name: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 30.0,
    ) -> "FakeLeg":
        """Call another line of the network.

        Raises:
            NoLegFree: every leg is in use.
            TelephonyError: no SIP URI.
        """
        check_sip_uri(uri)
        leg = self._new_leg(Direction.OUTBOUND, None)
        user, at, _ = uri.removeprefix("sip:").partition("@")
        invite = Invite(
            caller=caller or "voxdesk",
            callee=user if at else "",
            caller_name=caller_name or "",
            source=f"{self._host}:5060",
            sip_call_id=f"{leg.id}@{self._host}",
            headers=dict(headers or {}),
        )
        self.network.later(0, lambda: self._deliver(uri, leg, invite))
        self.network.later(round(timeout_s * 1000), leg.dial_timed_out)
        return leg

    def _deliver(self, uri: str, leg: "FakeLeg", invite: Invite) -> None:
        if leg.ended:
            return
        there = self.network.find(uri)
        if there is None:
            leg.finish(Ended(EndCause.REFUSED, 404))
        else:
            there.receive(leg, invite)

    def receive(self, calling: "FakeLeg", invite: Invite) -> None:
        """An INVITE arrives."""
        if self.offered:
            code = self.offered.popleft()
            calling.finish(Ended(cause_of(code), code))
            return
        if self._handler is None:
            calling.finish(Ended(EndCause.FAILED, 503))
            return
        try:
            leg = self._new_leg(Direction.INBOUND, invite)
        except NoLegFree:
            calling.finish(Ended(EndCause.BUSY, 486))
            return
        leg.connect(calling)
        self.network.later(REACT_WITHIN_MS, leg.nobody_reacted)
        self._handler(leg)

    def _new_leg(self, direction: Direction, invite: Invite | None) -> "FakeLeg":
        if len(self.legs) >= self._capacity:
            raise NoLegFree(f"All {self._capacity} legs of {self._host} are in use.")
        leg = FakeLeg(self, LegId(f"{self._host}-{next(self._numbers)}"), direction, invite)
        self.legs.append(leg)
        return leg


class FakeLeg:
    """`Leg` on a `FakeNetwork`.

    Attributes:
        peer: the other end, once the INVITE has arrived there.
        kept: what the next engine would be given.
        transfer_replies: what this end says to a transfer that the other end asks for: SIP codes,
            the last one final, 100 ms apart; empty: never anything.
    """

    def __init__(
        self, lines: FakeLines, leg_id: LegId, direction: Direction, invite: Invite | None
    ) -> None:
        self.id = leg_id
        self.direction = direction
        self.invite = invite
        self.ended = False
        self.kept = ""
        self.transfer_replies: Sequence[int] = REFUSED_TRANSFER
        self._lines = lines
        self._network = lines.network
        self.peer: FakeLeg | None = None
        self._listener: LegListener | None = None
        self._playout = Playout(0, self._played)
        self._reacted = False
        self._early = False
        self._up = False
        self._held = False  # by either side
        self._offset = 0  # samples since answer
        self._transferring = False

    def listen(self, listener: LegListener | None) -> None:
        """Events go here from now on."""
        self._listener = listener

    def keep(self, text: str, *, language: str = "") -> None:
        """For the next engine."""
        del language
        self.kept = text

    def ring(self, *, early_media: bool = False) -> None:
        """180 or 183."""
        self._later(lambda: self._ring(early_media=early_media))

    def answer(self, headers: Mapping[str, str] | None = None) -> None:
        """200."""
        del headers  # nothing in the contract shows them to the other end
        self._later(self._answer)

    def reject(self, code: int, headers: Mapping[str, str] | None = None) -> None:
        """A final 3xx-6xx."""
        del headers
        self._later(lambda: self._reject(code))

    def hangup(self, headers: Mapping[str, str] | None = None) -> None:
        """End it, whatever its state."""
        del headers
        self._later(self._hangup)

    def play(self, utterance: UtteranceId, pcm: Pcm, *, last: bool) -> None:
        """Append audio."""
        wire = pcm_to_wire(pcm)
        self._later(lambda: self._playout.append(utterance, wire, last=last))

    def pause(self, utterance: UtteranceId) -> None:
        """Hold playing."""
        self._later(lambda: self._playout.pause(utterance))

    def resume(self, utterance: UtteranceId) -> None:
        """Go on."""
        self._later(lambda: self._playout.resume(utterance))

    def clear(self, utterance: UtteranceId) -> None:
        """Drop the rest."""
        self._later(lambda: self._playout.clear(utterance))

    def live(self, *, on: bool) -> None:
        """Live mode."""
        self._later(lambda: self._playout.set_live(on=on))

    def send_live(self, pcm: Pcm) -> None:
        """20 ms of it."""
        wire = pcm_to_wire(pcm)
        self._later(lambda: self._playout.push_live(wire))

    def send_digits(self, digits: str) -> None:
        """One each 100 ms."""
        for index, digit in enumerate(digits):
            self._later(partial(self._to_peer_digit, digit), index * 100)

    def transfer(self, target: str, *, timeout_s: float = 30.0) -> None:
        """The other end answers as its `transfer_replies` say."""
        del target
        self._later(lambda: self._transfer(timeout_s))

    def hold(self, *, on: bool) -> None:
        """Hold the other end."""
        self._later(lambda: self._hold(on=on))

    # ------------------------------------------------------------------ for tests

    def press(self, digits: str, method: str = "rfc4733") -> None:
        """As a phone would: the other end gets these keys at the next tick."""
        for digit in digits:
            self._later(partial(self._to_peer_digit, digit, method))

    def vanish(self, cause: EndCause = EndCause.LINE_LOST) -> None:
        """This leg ends by itself, by this cause; its other end is hung up on."""
        self._later(lambda: self._both_end(Ended(cause, by_us=True), EndCause.CALLER_HUNG_UP))

    @property
    def up(self) -> bool:
        """Answered, and not ended."""
        return self._up and not self.ended

    def connect(self, calling: "FakeLeg") -> None:
        """This incoming leg is the other end of that outbound one."""
        self.peer, calling.peer = calling, self

    def finish(self, ended: Ended) -> None:
        """The leg is gone."""
        if self.ended:
            return
        self.ended = True
        self._lines.legs.remove(self)
        self._tell(ended)

    def dial_timed_out(self) -> None:
        """Nobody answered in time."""
        if not self._up:
            self._both_end(Ended(EndCause.NO_ANSWER, 408, by_us=True), EndCause.CANCELLED, 487)

    def nobody_reacted(self) -> None:
        """The handler did nothing with the leg."""
        if not self._reacted:
            self._both_end(Ended(EndCause.ERROR, 503, by_us=True), EndCause.FAILED, 503)

    def _later(self, signal: _Signal, delay_ms: int = 0) -> None:
        def unless_ended() -> None:
            if not self.ended:
                signal()

        if not self.ended:
            self._network.later(delay_ms, unless_ended)

    def _tell(self, event: LegEvent) -> None:
        if self._listener is not None:
            self._listener(event)

    def _played(self, message: LegPlayed | LegCleared) -> None:
        self._tell(leg_event(message))

    def _ring(self, *, early_media: bool) -> None:
        self._reacted = True
        self._early = early_media
        if self.peer and not self._up:
            self.peer._tell(Ringing(183 if early_media else 180))  # noqa: SLF001

    def _answer(self) -> None:
        self._reacted = True
        if self._up or self.peer is None or self.direction is Direction.OUTBOUND:
            return
        self._up = self.peer._up = True  # noqa: SLF001
        self._tell(Answered(CODEC))
        self.peer._tell(Answered(CODEC))  # noqa: SLF001

    def _reject(self, code: int) -> None:
        self._reacted = True
        if not self._up and self.direction is Direction.INBOUND:
            self._both_end(Ended(EndCause.REJECTED, code, by_us=True), cause_of(code), code)

    def _hangup(self) -> None:
        self._reacted = True
        ours = Ended(EndCause.HUNG_UP, by_us=True)
        if self._up:
            self._both_end(ours, EndCause.CALLER_HUNG_UP)
        elif self.direction is Direction.OUTBOUND:
            self._both_end(ours, EndCause.CANCELLED, 487)
        else:
            self._both_end(ours, EndCause.REFUSED, 603)

    def _both_end(self, ours: Ended, theirs: EndCause, code: int = 0) -> None:
        self.finish(ours)
        if self.peer:
            self.peer.finish(Ended(theirs, code))

    def _to_peer_digit(self, digit: str, method: str = "rfc4733") -> None:
        if self._up and self.peer:
            self.peer._tell(Digit(digit, method, self.peer._now_ms))  # noqa: SLF001

    def _hold(self, *, on: bool) -> None:
        if self._up and self.peer:
            self._held = self.peer._held = on  # noqa: SLF001
            self.peer._tell(Held(on))  # noqa: SLF001

    def _transfer(self, timeout_s: float) -> None:
        self._transferring = True
        replies = self.peer.transfer_replies if self.peer else ()
        for index, code in enumerate(replies, 1):
            final = index == len(replies)
            self._later(partial(self._progress, code, final=final), index * TRANSFER_STEP_MS)
        self._later(lambda: self._progress(408, final=True), round(timeout_s * 1000))

    def _progress(self, code: int, *, final: bool) -> None:
        if self._transferring:
            self._transferring = not final
            self._tell(TransferProgress(code, final))

    @property
    def _now_ms(self) -> int:
        return self._offset // SAMPLES_PER_MS

    def next_frame(self) -> bytes | None:
        """What this end sends in this tick."""
        if self._held or not (self._up or self._early):
            return None
        return self._playout.next_frame(self._now_ms)

    def frame_passed(self, sent: bytes | None, heard: bytes | None) -> None:
        """20 ms each way."""
        if not self.up:
            return
        frame = AudioFrame(pcm_from_wire(heard) if heard else silence(FRAME_SAMPLES), self._offset)
        self._offset += FRAME_SAMPLES
        self._tell(AudioReceived(frame, pcm_from_wire(sent) if sent else None))
