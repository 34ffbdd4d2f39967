"""What becomes of a line's calls while there is no engine, and how the next one gets them."""

from dataclasses import dataclass
from typing import Final

from telephony.line.gate import Gate
from telephony.line.leg import LineLeg
from telephony.line.media import DropAll, WindUp
from telephony.line.playout import OWN_UTTERANCES
from telephony.line.settings import LineSettings
from telephony.line.vigil import (
    ANSWER_TRANSFER_WITHIN_S,
    SAY_SORRY_WITHIN_S,
    Duty,
    Vigil,
)
from telephony.messages import MOMENT, SORRY, Clip, Keep, LegKept, Play, Transfer, clip_name
from voxdesk.kernel.call import EndCause

_UNAVAILABLE: Final = 503


@dataclass(slots=True)
class _Charge:
    """A leg in our care, and what the engine wants to know of it again."""

    leg: LineLeg
    gate: Gate
    text: str = ""
    language: str = ""
    lost_ms: int = 0
    vigil: Vigil | None = None
    said: int = OWN_UTTERANCES
    leaving: bool = False  # on its way to the fallback number, or hearing our apology


class Solitude:
    """Every leg of the line, with an engine and without. Lives in the SIP thread."""

    def __init__(self, settings: LineSettings) -> None:
        self._settings = settings
        self._clips: dict[str, bytes] = {}
        self._charges: dict[int, _Charge] = {}
        self._began_s: float | None = None

    # ------------------------------------------------------------------ with an engine

    def take_charge(self, leg: LineLeg, gate: Gate) -> None:
        """A new leg; everything it says goes through the gate."""
        self._charges[leg.number] = _Charge(leg, gate)

    def learn(self, message: Clip | Keep) -> None:
        """Something for the time without an engine."""
        if isinstance(message, Clip):
            self._clips[message.name] = message.pcm
        elif charge := self._charges.get(message.leg):
            charge.text, charge.language = message.text, message.language

    def release(self, number: int) -> None:
        """The leg is over. One that ended while nobody had it is kept: the next engine is told."""
        charge = self._charges.get(number)
        if charge is not None and charge.vigil is None:
            del self._charges[number]

    # ------------------------------------------------------------------ without

    def begin(self, now_s: float) -> None:
        """The engine is lost. Answered calls go on, the others can't."""
        if self._began_s is None:
            self._began_s = now_s
        for number, charge in list(self._charges.items()):
            charge.gate.shut()
            if charge.vigil is not None:
                continue  # the second engine that was lost; nobody had this leg in between
            if charge.text and charge.leg.media.answered and not charge.leg.ended:
                charge.lost_ms = charge.leg.media.now_ms
                last_words_s = (
                    ANSWER_TRANSFER_WITHIN_S if self._settings.fallback else SAY_SORRY_WITHIN_S
                )
                charge.vigil = Vigil(now_s, self._settings.engine_timeout_s, last_words_s)
                charge.leg.media.inbox.append(WindUp())
            else:
                charge.leg.end(EndCause.ERROR, _UNAVAILABLE)
                del self._charges[number]

    def tick(self, now_s: float) -> None:
        """Some time has passed."""
        for charge in self._charges.values():
            if charge.vigil is None or charge.leg.ended:
                continue
            duty = charge.vigil.due(now_s)
            if duty is Duty.ASK_FOR_PATIENCE:
                self._say(charge, MOMENT)
            elif duty is Duty.GIVE_UP:
                self._give_up(charge)
            elif duty is Duty.END or (charge.leaving and self._is_heard(charge)):
                charge.leg.end(EndCause.ERROR)

    def _give_up(self, charge: _Charge) -> None:
        if self._settings.fallback:
            target = self._settings.fallback
            charge.leg.obey(Transfer(charge.leg.number, target, ANSWER_TRANSFER_WITHIN_S))
            return
        charge.leg.media.inbox.append(DropAll())
        self._say(charge, SORRY)
        charge.leaving = True

    def _is_heard(self, charge: _Charge) -> bool:
        media = charge.leg.media
        return not media.inbox and media.playout.idle

    def _say(self, charge: _Charge, what: str) -> None:
        pcm = self._clips.get(clip_name(what, charge.language))
        if pcm:
            charge.leg.media.inbox.append(Play(charge.leg.number, charge.said, pcm, last=True))
            charge.said += 1

    # ------------------------------------------------------------------ the next engine

    def welcomed(self) -> None:
        """An engine is there."""
        self._began_s = None

    def offers(self) -> list[LegKept]:
        """Every call that waits for an engine, those that ended meanwhile included."""
        return [
            LegKept(
                leg=number,
                keep=charge.text,
                outbound=charge.leg.outbound,
                codec=charge.leg.codec,
                secure=charge.leg.secure,
                lost_ms=charge.lost_ms,
                now_ms=charge.leg.media.now_ms,
                utterance=charge.leg.media.playout.newest,
                held=charge.leg.held,
            )
            for number, charge in self._charges.items()
            if charge.vigil is not None
        ]

    def hand_over(self, number: int) -> None:
        """An engine has this leg now, to go on with it or to end it."""
        charge = self._charges.get(number)
        if charge is None or charge.vigil is None:
            return
        charge.vigil = None
        charge.gate.open()
        if charge.leg.ended:
            del self._charges[number]

    @property
    def waiting(self) -> bool:
        """Whether a call waits for an engine."""
        return any(charge.vigil for charge in self._charges.values())

    def over(self, now_s: float) -> bool:
        """Nobody came for so long that nobody will, and no call is left."""
        if self._began_s is None:
            return False
        waiting = any(not charge.leg.ended for charge in self._charges.values())
        patience_s = self._settings.engine_timeout_s + SAY_SORRY_WITHIN_S
        return not waiting and now_s - self._began_s > patience_s
