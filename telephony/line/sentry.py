"""Whom a line listens to, decided before pjsip acts on a message. Pure; time comes in.

A line that stands in the open is found by scanners within minutes. Three things keep its calls
going: requests that no line serves are refused at once (pjsua would accept subscriptions and
messages of anybody, and keep 40 KB of each); a source and a dialog have a rate; and who asks for
far more, or takes slots and never acknowledges, is shut out for a while.

Whoever is trusted (the front door, a trunk) is only held to the rate of one dialog: others' calls
come from the same address.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

SETUPS_PER_S: Final = 60.0
SETUPS_AT_ONCE: Final = 200.0
STRANGERS_PER_S: Final = 200.0
STRANGERS_AT_ONCE: Final = 400.0
"""Of all sources together that are neither trusted nor in a call."""
IN_DIALOG_PER_S: Final = 30.0
IN_DIALOG_AT_ONCE: Final = 80.0
"""Of one dialog: somebody who types very fast by INFO sends 10 a second."""
MESSAGES_PER_S: Final = 600.0
MESSAGES_AT_ONCE: Final = 1200.0
"""Of one source in all its dialogs, answers included."""
REFUSALS_PER_S: Final = 50.0
REFUSALS_AT_ONCE: Final = 50.0
SHUT_OUT_AFTER: Final = 100.0
"""Packets beyond its rate, after which a source is no longer listened to at all."""
SHUT_OUT_S: Final = 10.0
MAX_SHUT_OUT_S: Final = 60.0
"""Not longer: a packet's source address can be forged, and it may be a customer's."""
STRIKES: Final = 4
MAX_KEPT: Final = 4096

_SERVED_OUTSIDE: Final = frozenset({b"INVITE", b"ACK", b"CANCEL", b"OPTIONS"})
_SERVED_INSIDE: Final = _SERVED_OUTSIDE | {
    b"BYE",
    b"PRACK",
    b"UPDATE",
    b"INFO",
    b"NOTIFY",
    b"REFER",
}
_METHOD: Final = re.compile(rb"[\r\n]*([A-Z]{2,16}) ")
_TO_TAG: Final = re.compile(rb"\n(?:to|t)[ \t]*:[^\r\n]*;[ \t]*tag[ \t]*=", re.IGNORECASE)
_CALL_ID: Final = re.compile(rb"\n(?:call-id|i)[ \t]*:[ \t]*([^\r\n]{1,128})", re.IGNORECASE)


class Verdict(Enum):
    """What becomes of a packet."""

    PASS = "pass"  # noqa: S105  no password
    DROP = "drop"
    REFUSE = "refuse"


@dataclass(slots=True)
class _Bucket:
    """A rate with a reserve."""

    rate: float
    room: float
    level: float
    at_s: float

    def take(self, now_s: float) -> bool:
        self.level = min(self.room, self.level + (now_s - self.at_s) * self.rate)
        self.at_s = now_s
        if self.level < 1.0:
            return False
        self.level -= 1.0
        return True


def _bucket(rate: float, room: float, now_s: float) -> _Bucket:
    return _Bucket(rate, room, room, now_s)


@dataclass(slots=True)
class _Source:
    """What one address did lately."""

    setups: _Bucket
    messages: _Bucket
    beyond: float = 0.0
    strikes: int = 0
    calls: int = 0
    shut_until_s: float = 0.0
    shut_s: float = SHUT_OUT_S


@dataclass(slots=True)
class Counts:
    """What the sentry kept from pjsip, since the line began."""

    dropped: int = 0
    refused: int = 0
    shut_out: int = 0


@dataclass(slots=True)
class Sentry:
    """Decides on each packet.

    Args:
        trusted: addresses that are never held to a rate, nor shut out.

    Attributes:
        shut_out: addresses that aren't listened to now.
        counts: for whoever looks after the line.
    """

    trusted: frozenset[str] = frozenset()
    shut_out: set[str] = field(default_factory=set)
    counts: Counts = field(default_factory=Counts)
    _sources: OrderedDict[str, _Source] = field(default_factory=OrderedDict)
    _dialogs: OrderedDict[bytes, _Bucket] = field(default_factory=OrderedDict)
    _strangers: _Bucket | None = None
    _refusals: _Bucket | None = None

    def look(self, source: str, packet: bytes, now_s: float) -> Verdict:
        """Whether pjsip may act on it."""
        verdict = self._judge(source, packet, now_s)
        if verdict is Verdict.DROP:
            self.counts.dropped += 1
        elif verdict is Verdict.REFUSE:
            self.counts.refused += 1
        return verdict

    def took_call(self, source: str, now_s: float) -> None:
        """Somebody there acknowledged our answer: the address is no forged one."""
        known = self._source(source, now_s)
        known.calls += 1
        known.strikes = 0
        known.shut_s = SHUT_OUT_S

    def call_over(self, source: str, now_s: float) -> None:
        """A call that was announced by `took_call` has ended."""
        known = self._source(source, now_s)
        known.calls = max(0, known.calls - 1)

    def never_acknowledged(self, source: str, now_s: float) -> None:
        """It took a slot for nothing. Four times in a row, and it is shut out."""
        known = self._source(source, now_s)
        known.strikes += 1
        if known.strikes >= STRIKES:
            known.strikes = 0
            known.shut_s = MAX_SHUT_OUT_S
            self._shut(source, known, now_s)

    def tick(self, now_s: float) -> None:
        """Listen again to whom the time has come for."""
        for source in list(self.shut_out):
            known = self._sources.get(source)
            if known is None or now_s >= known.shut_until_s:
                self.shut_out.discard(source)

    def _judge(self, source: str, packet: bytes, now_s: float) -> Verdict:
        if source in self.shut_out:
            return Verdict.DROP
        found = _METHOD.match(packet)
        if found is None and not packet.lstrip(b"\r\n").startswith(b"SIP/2.0 "):
            return Verdict.DROP  # no method that anybody serves
        method = found[1] if found is not None else b""
        inside = found is not None and _TO_TAG.search(packet) is not None
        if inside and method != b"ACK" and not self._dialog(packet, now_s).take(now_s):
            return Verdict.DROP
        if source not in self.trusted and not self._within_rate(
            source, now_s, setup=found is not None and not inside
        ):
            return Verdict.DROP
        if found is not None and method not in (_SERVED_INSIDE if inside else _SERVED_OUTSIDE):
            return self._refusal(now_s)
        return Verdict.PASS

    def _within_rate(self, source: str, now_s: float, *, setup: bool) -> bool:
        known = self._source(source, now_s)
        within = (known.setups if setup else known.messages).take(now_s)
        if within and setup and not known.calls:
            if self._strangers is None:
                self._strangers = _bucket(STRANGERS_PER_S, STRANGERS_AT_ONCE, now_s)
            return self._strangers.take(now_s)
        if within:
            known.beyond = max(0.0, known.beyond - 1.0)
        else:
            known.beyond += 1.0
            if known.beyond >= SHUT_OUT_AFTER and not known.calls:
                self._shut(source, known, now_s)
        return within

    def _refusal(self, now_s: float) -> Verdict:
        if self._refusals is None:
            self._refusals = _bucket(REFUSALS_PER_S, REFUSALS_AT_ONCE, now_s)
        return Verdict.REFUSE if self._refusals.take(now_s) else Verdict.DROP

    def _shut(self, source: str, known: _Source, now_s: float) -> None:
        if source in self.trusted:
            return
        known.beyond = 0.0
        known.shut_until_s = now_s + known.shut_s
        known.shut_s = min(MAX_SHUT_OUT_S, 2 * known.shut_s)
        self.shut_out.add(source)
        self.counts.shut_out += 1

    def _source(self, source: str, now_s: float) -> _Source:
        known = self._sources.get(source)
        if known is None:
            known = self._sources[source] = _Source(
                _bucket(SETUPS_PER_S, SETUPS_AT_ONCE, now_s),
                _bucket(MESSAGES_PER_S, MESSAGES_AT_ONCE, now_s),
            )
            self._forget()
        self._sources.move_to_end(source)
        return known

    def _forget(self) -> None:
        """The address not heard of for longest, unless it is in a call."""
        if len(self._sources) <= MAX_KEPT:
            return
        for source, known in self._sources.items():
            if not known.calls:
                del self._sources[source]
                self.shut_out.discard(source)
                return

    def _dialog(self, packet: bytes, now_s: float) -> _Bucket:
        found = _CALL_ID.search(packet)
        name = found[1] if found is not None else b""
        bucket = self._dialogs.get(name)
        if bucket is None:
            bucket = self._dialogs[name] = _bucket(IN_DIALOG_PER_S, IN_DIALOG_AT_ONCE, now_s)
            if len(self._dialogs) > MAX_KEPT:
                self._dialogs.popitem(last=False)
        self._dialogs.move_to_end(name)
        return bucket
