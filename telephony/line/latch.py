"""Where a leg's RTP may come from. Pure; time comes in.

pjmedia plays what anybody sends to a call's port, and after ten packets answers to there: whoever
guesses a port number speaks into the call, and hears it. So a leg listens to the address that its
session description names, or, behind NAT, to the first one that sends, and to no other one until a
new description says so. SRTP closes what this leaves open: who forges the caller's address, or is
faster than a caller behind NAT.
"""

import ipaddress
from dataclasses import dataclass
from typing import Final

Address = tuple[str, int]

OPEN_AFTER_S: Final = 0.4
SURE_OPEN_AFTER_S: Final = 4.0
"""Without a packet for so long, the caller is behind NAT; the second where nothing hints at it."""
SETTLE_S: Final = 1.0
"""So long the described port goes before another one of the same host."""
SILENT_S: Final = 8.0
"""After so much silence the caller's port may have changed; its host may not."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is let in; no host: anybody; no port: any of the host's."""

    host: str = ""
    port: int | None = None


class Latch:
    """The rule for one leg. Pure; time comes in.

    Args:
        described: where RTP comes from, says its session description.
        signalled: where its signalling came from, or empty.
        now_s: when media begins.

    Attributes:
        rule: now.
    """

    def __init__(self, described: Address, signalled: str, now_s: float) -> None:
        self.described = described
        self._begun_s = self._heard_s = now_s
        self._packets = 0
        self._settled = False
        self._sure = _is_sure(described[0], signalled)
        self.rule = Rule(_first_guess(described[0], signalled))

    def look(self, source: Address | None, packets: int, now_s: float) -> Rule:
        """Given the last packet's source and how many there were."""
        came = packets != self._packets
        if came:
            self._packets, self._heard_s = packets, now_s
        if not self._settled:
            self._settle(source if came else None, now_s)
        elif self.rule.port is not None and now_s - self._heard_s >= SILENT_S:
            self.rule = Rule(self.rule.host)
        elif self.rule.port is None and came and source and source[0] == self.rule.host:
            self.rule = Rule(*source)
        return self.rule

    def _settle(self, source: Address | None, now_s: float) -> None:
        waited_s = now_s - self._begun_s
        if source is None:
            open_after_s = SURE_OPEN_AFTER_S if self._sure else OPEN_AFTER_S
            # Since the last one: a packet may slip in from elsewhere before the rule is in force.
            if now_s - self._heard_s >= open_after_s:
                self.rule = Rule()
            return
        there = source[0] == self.rule.host or not self.rule.host
        if source == self.described or (there and (not self.rule.host or waited_s >= SETTLE_S)):
            self.rule = Rule(*source)
            self._settled = True


def _is_sure(described: str, signalled: str) -> bool:
    """Whether the description can be believed: no NAT between, as far as one can tell."""
    host, sender = _ip(described), _ip(signalled)
    if host is None or host.is_unspecified:
        return False
    if host.is_global or host.is_loopback or sender is None or host == sender:
        return True
    # Private: right in a network of our own, useless when the signalling comes from outside, and
    # a front door on this machine hides where it comes from.
    return not sender.is_global and not sender.is_loopback


def _first_guess(described: str, signalled: str) -> str:
    """Behind NAT, RTP comes most likely from where the signalling came from."""
    host, sender = _ip(described), _ip(signalled)
    behind_nat = sender is not None and sender.is_global and not _is_sure(described, signalled)
    if behind_nat:
        return signalled
    return "" if host is None or host.is_unspecified else described


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
