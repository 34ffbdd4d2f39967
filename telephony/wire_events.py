"""From a line's message to the event that a leg's listener gets. Pure."""

from typing import Final

import numpy as np

from telephony.legs import (
    Answered,
    AudioReceived,
    Cleared,
    Digit,
    Ended,
    Held,
    LegEvent,
    Played,
    Ringing,
    TransferProgress,
)
from telephony.messages import (
    LegAnswered,
    LegAudio,
    LegCleared,
    LegDigit,
    LegEnded,
    LegHeld,
    LegPlayed,
    LegRinging,
    LegTransfer,
)
from voxdesk.kernel.audio import AudioFrame, Pcm
from voxdesk.kernel.call import EndCause, UtteranceId
from voxdesk.kernel.errors import ProtocolError

LegMessage = (
    LegAudio
    | LegPlayed
    | LegCleared
    | LegDigit
    | LegRinging
    | LegAnswered
    | LegHeld
    | LegTransfer
    | LegEnded
)

_PCM: Final = np.dtype("<i2")


def pcm_from_wire(data: bytes) -> Pcm:
    """Bytes of int16 little-endian as samples; read-only, they share the message's memory."""
    return np.frombuffer(data, _PCM).astype(np.int16, copy=False)


def pcm_to_wire(pcm: Pcm) -> bytes:
    """Samples as bytes of int16 little-endian."""
    return pcm.astype(_PCM, copy=False).tobytes()


def leg_event(message: LegMessage) -> LegEvent:  # noqa: C901, PLR0911  one line a message
    """The same thing in the words of `telephony.legs`.

    Raises:
        ProtocolError: the line gives a cause that there is not.
    """
    match message:
        case LegAudio(_, offset, heard, sent):
            frame = AudioFrame(pcm_from_wire(heard), offset)
            return AudioReceived(frame, pcm_from_wire(sent) if sent else None)
        case LegPlayed(_, utterance, position_ms, finished, at_ms):
            return Played(UtteranceId(utterance), position_ms, finished, at_ms)
        case LegCleared(_, utterance, position_ms, at_ms):
            return Cleared(UtteranceId(utterance), position_ms, at_ms)
        case LegDigit(_, digit, method, at_ms):
            return Digit(digit, method, at_ms)
        case LegRinging(_, code):
            return Ringing(code)
        case LegAnswered(_, codec, secure):
            return Answered(codec, secure)
        case LegHeld(_, on):
            return Held(on)
        case LegTransfer(_, code, final):
            return TransferProgress(code, final)
        case LegEnded(_, cause, sip_code, by_us, lost_frames):
            try:
                return Ended(EndCause(cause), sip_code, by_us, lost_frames)
            except ValueError as error:
                raise ProtocolError(f"a leg ended by {cause[:40]!r}, which is no cause") from error
