"""One call at the line: commands in, messages out. Lives in the SIP thread."""

import contextlib
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

import pjsua2 as pj

from telephony.causes import cause_of
from telephony.line.call import (
    NO_CALL,
    DigitNote,
    LineCall,
    MediaNote,
    Note,
    StateNote,
    TransferNote,
)
from telephony.line.digits import KEYS, DigitGate
from telephony.line.media import Emit, LegMedia, PortPool
from telephony.line.media_door import MediaDoor
from telephony.line.patience import hardly_any_patience
from telephony.line.settings import LineSettings
from telephony.line.sip_text import safe_headers
from telephony.line.watch import NO_ACK, LegWatch, Overdue
from telephony.messages import (
    Answer,
    Dial,
    Hangup,
    Hold,
    LegAnswered,
    LegDigit,
    LegEnded,
    LegHeld,
    LegRinging,
    LegTransfer,
    Reject,
    Ring,
    SendDigits,
    Transfer,
)
from voxdesk.kernel.call import EndCause

LegCommand = Ring | Answer | Reject | Hangup | SendDigits | Transfer | Hold
FINAL_MARK: Final = "X-Voxdesk-Final"
"""On a chosen rejection, so that no front door tries the next line."""
_RINGING, _SESSION_PROGRESS, _OK, _CANCELLED, _TIMED_OUT = 180, 183, 200, 487, 408
_DECLINED, _UNAVAILABLE, _BAD_REQUEST = 603, 503, 400
_REJECTIONS: Final = range(300, 700)


def call_parameters(code: int = 0, headers: Mapping[str, str] | None = None) -> Any:
    """pjsua2's parameters for one audio stream, a status and headers of ours."""
    parameters = pj.CallOpParam(True)  # noqa: FBT003  pjsua2's: with the default settings
    parameters.opt.audioCount = 1
    parameters.opt.videoCount = 0
    parameters.statusCode = code
    for name, value in safe_headers(headers or {}):
        header = pj.SipHeader()
        header.hName, header.hValue = name, value
        parameters.txOption.headers.append(header)
    return parameters


class LineLeg:
    """A leg of this line, from INVITE to the end.

    Attributes:
        number: its name on the wire.
        media: its audio.
        outbound: we dialled it.
        codec: as in `LegAnswered`, once it is answered.
        secure: as in `LegAnswered`.
        ended: it is over, and `LegEnded` is sent.
        source: host that the INVITE came from; empty for a leg that we dialled.
        never_acknowledged: it had its answer, and said nothing.
    """

    def __init__(
        self,
        number: int,
        limits: LineSettings,
        emit: Emit,
        ports: PortPool,
        wake: Callable[[], None],
        *,
        dialled: Dial | None = None,
    ) -> None:
        self.number = number
        self.media = LegMedia(number, emit)
        self.ended = False
        self.source = self._signalled = ""
        self.never_acknowledged = False
        self._door = MediaDoor()
        self._call: LineCall | None = None
        self._emit = emit
        self.outbound = dialled is not None
        self.codec, self.secure = "", False
        self._watch = LegWatch(limits, time.monotonic(), dialled.timeout_s if dialled else None)
        self._notes: deque[Note] = deque()
        self._wake = wake
        self._gate = DigitGate()
        self._confirmed = self._agreed = self._streaming = self._early = False
        self._held_by_them = self._held_by_us = False
        self._told_held = self._told_held_by_them = False  # to the watch; to the engine
        self._ending: tuple[EndCause, int] | None = None  # ours
        self._transfer_deadline_s: float | None = None
        self._transferred = False
        self._ringing_code = 0
        self._ports = ports
        self._port = ports.lend(self.media)

    @property
    def gone_number(self) -> int | None:
        """pjsua2's number of a call that is over but not yet let go."""
        call = self._call
        return call.number if call is not None and call.gone else None

    @property
    def held(self) -> bool:
        """The far end holds us."""
        return self._told_held_by_them

    @property
    def acknowledged(self) -> bool:
        """The far end has answered, or has taken our answer."""
        return self._confirmed

    def accept(self, account: pj.Account, call_id: int, source: str, caller: str = "") -> None:
        """This leg is that incoming call, from "host:port"; behind a door, of that caller."""
        self.source = source.rpartition(":")[0]
        self._signalled = (caller or source).rpartition(":")[0]
        self._call = LineCall(account, call_id, self._take_note)

    def dial(self, account: pj.Account, order: Dial, local_uri: str, identity: str) -> None:
        """Send the INVITE."""
        self._call = call = LineCall(account, NO_CALL, self._take_note)
        headers = dict(order.headers)
        if identity:
            headers["P-Asserted-Identity"] = identity
        parameters = call_parameters(0, headers)
        if local_uri:
            parameters.txOption.localUri = local_uri
        try:
            call.makeCall(order.uri, parameters)
        except pj.Error:
            call.gone = True
            self._finish(EndCause.FAILED, _UNAVAILABLE, by_us=False)

    # ------------------------------------------------------------------ commands

    def obey(self, command: LegCommand) -> None:
        """What the engine asks; what no longer makes sense is left undone."""
        if self.ended or self._call is None or self._call.gone:
            return
        try:
            self._obey(self._call, command)
        except pj.Error:
            # The far end was faster: the call changed under our hands. Its own events tell.
            if isinstance(command, Transfer):
                self._transfer_over(_UNAVAILABLE)

    def _obey(self, call: LineCall, command: LegCommand) -> None:
        match command:
            case Ring(_, early_media):
                self._ring(call, early_media=early_media)
            case Answer(_, headers):
                if not self.outbound and not self._confirmed and not self._ending:
                    self._watch.answering(time.monotonic())
                    call.answer(call_parameters(_OK, headers))
            case Reject(_, code, headers):
                if not self.outbound and not self._confirmed and not self._ending:
                    self._reject(call, code if code in _REJECTIONS else _DECLINED, headers)
            case Hangup(_, headers):
                self._hangup(call, EndCause.HUNG_UP, _DECLINED, headers)
            case SendDigits(_, digits):
                call.dialDtmf("".join(digit for digit in digits.upper() if digit in KEYS))
            case Transfer(_, target, timeout_s):
                self._transfer_deadline_s = time.monotonic() + timeout_s
                call.xfer(target, call_parameters())
            case Hold(_, on):
                self._hold(call, on=on)

    def _ring(self, call: LineCall, *, early_media: bool) -> None:
        if self.outbound or self._confirmed or self._ending:
            return
        self._watch.ringing(time.monotonic())
        self._early = self._early or early_media
        call.answer(call_parameters(_SESSION_PROGRESS if early_media else _RINGING))
        self._update_flow()

    def _reject(self, call: LineCall, code: int, headers: Mapping[str, str]) -> None:
        self._ending = (EndCause.REJECTED, code)
        call.answer(call_parameters(code, {**headers, FINAL_MARK: "yes"}))

    def _hangup(
        self, call: LineCall, cause: EndCause, code: int, headers: Mapping[str, str] | None = None
    ) -> None:
        if self._ending is None:
            self._ending = (cause, 0 if self._confirmed else code)
        call.hangup(call_parameters(code, headers))

    def _hold(self, call: LineCall, *, on: bool) -> None:
        if not self._confirmed or on == self._held_by_us:
            return
        if on:
            call.setHold(call_parameters())
        else:
            parameters = call_parameters()
            parameters.opt.flag = pj.PJSUA_CALL_UNHOLD
            call.reinvite(parameters)
        self._held_by_us = on
        self._update_flow()

    def end(self, cause: EndCause, code: int = _UNAVAILABLE) -> None:
        """The line itself ends the leg."""
        if self._call is not None and not self._call.gone and not self.ended:
            try:
                self._hangup(self._call, cause, code)
            except pj.Error:
                return  # it is ending by itself

    def abandon(self) -> None:
        """Something is wrong with this leg that we don't understand."""
        self.end(EndCause.ERROR)
        if not self.ended:
            self._finish(EndCause.ERROR, _UNAVAILABLE, by_us=True)

    # ------------------------------------------------------------------ time

    def tick(self) -> None:
        """Some time has passed: read the notes, look at the clock."""
        while self._notes:
            self._read(self._notes.popleft())
        if self.ended:
            return
        now_s = time.monotonic()
        if self._transfer_deadline_s is not None and now_s >= self._transfer_deadline_s:
            self._transfer_over(_TIMED_OUT)
        self._look_at_door(now_s)
        overdue = self._watch.due(now_s)
        if overdue is not None:
            self._end_overdue(overdue)

    def disbelieve(self) -> None:
        """Nobody is at the other end who means it: not another second for an ACK."""
        if not self.ended and not self._confirmed:
            self._end_overdue(NO_ACK)

    def _end_overdue(self, overdue: Overdue) -> None:
        if self._ending is None:
            self.never_acknowledged = overdue is NO_ACK
            with hardly_any_patience() if overdue is NO_ACK else contextlib.nullcontext():
                self.end(overdue.cause, overdue.sip_code or _DECLINED)
            self._ending = (overdue.cause, overdue.sip_code)

    def _look_at_door(self, now_s: float) -> None:
        if self._streaming and self._call is not None and not self._call.gone:
            with contextlib.suppress(pj.Error):  # between two streams
                self._door.look(self._call, now_s)

    def count_packets(self) -> None:
        """Once a second: whether the far end still sends RTP."""
        call = self._call
        if self._streaming and call is not None and not call.gone:
            try:
                packets = call.getStreamStat(0).rtcp.rxStat.pkt
            except pj.Error:
                return  # between two streams
            self._watch.packets(packets, time.monotonic())

    # ------------------------------------------------------------------ notes

    def _take_note(self, note: Note) -> None:
        self._notes.append(note)
        self._wake()  # a key comes from another thread than `tick`'s

    def _read(self, note: Note) -> None:
        if self.ended:
            return
        match note:
            case StateNote(state, sip_code):
                self._state(state, sip_code)
            case MediaNote():
                self._media_changed()
            case DigitNote(digit, method):
                if digit in KEYS and self._gate.accept(digit, method, time.monotonic()):
                    self._emit(LegDigit(self.number, digit, method, self.media.now_ms))
            case TransferNote(code, final):
                if final:
                    self._transfer_over(code)
                elif self._transfer_deadline_s is not None:
                    self._emit(LegTransfer(self.number, code, final=False))

    def _state(self, state: int, sip_code: int) -> None:
        if state == pj.PJSIP_INV_STATE_EARLY and self.outbound:
            if sip_code != self._ringing_code:
                self._ringing_code = sip_code
                self._emit(LegRinging(self.number, sip_code))
        elif state == pj.PJSIP_INV_STATE_CONFIRMED:
            self._confirmed = True
            self._update_flow()
        elif state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self._disconnected(sip_code)

    def _disconnected(self, sip_code: int) -> None:
        if self._transferred:
            self._finish(EndCause.TRANSFERRED, sip_code, by_us=self._ending is not None)
        elif self._ending is not None:
            self._finish(*self._ending, by_us=True)
        elif self._confirmed:
            ordinary = sip_code in (0, _OK)
            cause = EndCause.CALLER_HUNG_UP if ordinary else EndCause.FAILED
            self._finish(cause, sip_code, by_us=False)
        elif self.outbound:
            self._finish(cause_of(sip_code), sip_code, by_us=False)
        else:
            cancelled = sip_code == _CANCELLED
            cause = EndCause.CANCELLED if cancelled else EndCause.FAILED
            self._finish(cause, sip_code, by_us=False)

    def _media_changed(self) -> None:
        call = self._call
        if call is None or call.gone:
            return
        try:
            info = call.getInfo()
            media = info.media[0] if len(info.media) else None
            status = media.status if media is not None else pj.PJSUA_CALL_MEDIA_NONE
            self._agreed = status not in (pj.PJSUA_CALL_MEDIA_NONE, pj.PJSUA_CALL_MEDIA_ERROR)
            self._streaming = status == pj.PJSUA_CALL_MEDIA_ACTIVE
            if self._streaming:
                stream = call.getAudioMedia(0)
                stream.startTransmit(self._port)
                self._port.startTransmit(stream)
        except pj.Error:
            self._streaming = False
            self._update_flow()
            return
        if status != pj.PJSUA_CALL_MEDIA_LOCAL_HOLD:
            self._held_by_them = status == pj.PJSUA_CALL_MEDIA_REMOTE_HOLD
        self._update_flow()
        if self._streaming:
            with contextlib.suppress(pj.Error):  # the next change says more
                self._door.begin(call, self._signalled, time.monotonic())

    def _update_flow(self) -> None:
        if self._confirmed and self._agreed and not self.media.answered:
            self._answered()
        held = self._held_by_us or self._held_by_them
        if self.media.answered and held != self._told_held:
            self._told_held = held
            self._watch.held(time.monotonic(), on=held)
        if self.media.answered and self._held_by_them != self._told_held_by_them:
            self._told_held_by_them = self._held_by_them
            self._emit(LegHeld(self.number, self._held_by_them))
        audible = self._streaming and not held
        self.media.hearing = audible
        self.media.flowing = audible and (self.media.answered or self._early)

    def _answered(self) -> None:
        call = self._call
        if call is None or call.gone:
            return  # answered and hung up in one breath
        try:
            info = call.getStreamInfo(0)
        except pj.Error:
            return  # its stream is gone already; so will be the call
        self.secure = bool(info.proto & pj.PJMEDIA_TP_PROFILE_SRTP)
        self.codec = f"{info.codecName}/{info.codecClockRate}"
        self._watch.up(time.monotonic())
        self._emit(LegAnswered(self.number, self.codec, self.secure))
        self.media.answered = True

    def _transfer_over(self, code: int) -> None:
        if self._transfer_deadline_s is None:
            return
        self._transfer_deadline_s = None
        self._transferred = code in range(_OK, 300)
        self._emit(LegTransfer(self.number, code, final=True))

    def _finish(self, cause: EndCause, sip_code: int, *, by_us: bool) -> None:
        self.ended = True
        self.media.answered = self.media.flowing = False
        self._ports.take_back(self._port)
        lost = self._call.lost_packets if self._call is not None else 0
        self._emit(LegEnded(self.number, cause.value, sip_code, by_us, lost))

    def let_call_go(self) -> LineCall | None:
        """Give pjsua2's call back; the caller decides what becomes of it."""
        call, self._call = self._call, None
        return call
