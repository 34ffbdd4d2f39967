"""pjsua2's call, reduced to notes of what happened.

pjsua2 calls back in the middle of its own work, and RFC 4733 digits come from its media thread.
So a callback only notes; `LineLeg` reads the notes when pjsua2 is at rest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pjsua2 as pj

NO_CALL: Final = pj.PJSUA_INVALID_ID
REFUSED: Final = 603


@dataclass(frozen=True, slots=True)
class StateNote:
    """The call's state (a pjsip invite session state) and the last SIP status."""

    state: int
    sip_code: int


@dataclass(frozen=True, slots=True)
class MediaNote:
    """Media began, changed or stopped."""


@dataclass(frozen=True, slots=True)
class DigitNote:
    """A key, perhaps not for the first time."""

    digit: str
    method: str


@dataclass(frozen=True, slots=True)
class TransferNote:
    """What the far end says of the transfer that we asked for."""

    code: int
    final: bool


Note = StateNote | MediaNote | DigitNote | TransferNote


class LineCall(pj.Call):  # type: ignore[misc]  # pjsua2 has no types
    """One SIP call. Keep a reference to it until it has disconnected, or pjsua2 hangs it up.

    And let it go soon afterwards: pjsua2 gives its number to the next call, and the end of this
    object hangs up whatever has its number then.

    Attributes:
        number: pjsua2's, of one of its slots; -1 before it has one.
        gone: it has disconnected; none of pjsua2's methods may be called any more.
        lost_packets: RTP packets that never came, of the streams that are over.
    """

    def __init__(self, account: pj.Account, call_id: int, note: Callable[[Note], None]) -> None:
        super().__init__(account, call_id)
        self.number = call_id
        self.gone = False
        self.lost_packets = 0
        self._note = note

    def onCallState(self, prm: Any) -> None:  # noqa: N802  pjsua2's name, as are those below
        """Signalling went on."""
        del prm
        info = self.getInfo()
        self.number = info.id
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.gone = True
        self._note(StateNote(info.state, info.lastStatusCode))

    def onCallMediaState(self, prm: Any) -> None:  # noqa: N802
        """Media changed."""
        del prm
        self._note(MediaNote())

    def onStreamDestroyed(self, prm: Any) -> None:  # noqa: N802
        """A stream's last figures."""
        self.lost_packets += self.getStreamStat(prm.streamIdx).rtcp.rxStat.loss

    def onDtmfDigit(self, prm: Any) -> None:  # noqa: N802
        """A key by either method."""
        by_info = prm.method == pj.PJSUA_DTMF_METHOD_SIP_INFO
        self._note(DigitNote(prm.digit, "info" if by_info else "rfc4733"))

    def onCallTransferStatus(self, prm: Any) -> None:  # noqa: N802
        """A NOTIFY on our REFER, or its refusal."""
        self._note(TransferNote(prm.statusCode, bool(prm.finalNotify)))
        prm.cont = not prm.finalNotify

    def onCallTransferRequest(self, prm: Any) -> None:  # noqa: N802
        """A caller may not make us dial whom they like at our cost."""
        prm.statusCode = REFUSED

    def onCallReplaceRequest(self, prm: Any) -> None:  # noqa: N802
        """Nor take over another's call."""
        prm.statusCode = REFUSED

    def onCallRedirected(self, prm: Any) -> int:  # noqa: N802
        """Nor send our outbound call elsewhere by a 3xx."""
        del prm
        refuse: int = pj.PJSIP_REDIRECT_REJECT
        return refuse
