"""One call of the test phone: its mouth, its ear, and how it takes a transfer."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import soundfile
import soxr

from voxdesk.kernel.audio import Pcm
from voxdesk.testing.rtp_codec import TELEPHONE_RATE_HZ
from voxdesk.testing.rtp_receive import Heard
from voxdesk.testing.rtp_stream import Playing
from voxdesk.testing.sip_call import SipCall
from voxdesk.testing.sip_message import Address, SipMessage, SipUri
from voxdesk.testing.sip_progress import CallFailed
from voxdesk.testing.sip_refer import FOLLOW, ReferPlan, notify_headers, status_fragment

_POLL_S = 0.01
_FINAL = 200
_MARGIN_S = 0.2


class Dials(Protocol):
    """Whoever can place the call that a transfer asks for."""

    async def call(self, uri: str) -> "PhoneCall":
        """Send an INVITE."""


class PhoneCall(SipCall):
    """One call, with a mouth and an ear.

    Attributes:
        on_refer: how a blind transfer is taken.
        referred: the call that a transfer made us place, or None.
    """

    on_refer: Callable[[str], ReferPlan] | None = None
    referred: "PhoneCall | None" = None
    phone: "Dials"

    # ------------------------------------------------------------------ mouth

    def say(self, pcm: Pcm, *, sample_rate_hz: int = TELEPHONE_RATE_HZ) -> Playing:
        """Queue int16 audio to be said after what is being said; returns at once.

        `Playing.sent_s[i]` is the moment at which its i-th 20 ms left.
        """
        if sample_rate_hz != TELEPHONE_RATE_HZ:
            pcm = soxr.resample(pcm, sample_rate_hz, TELEPHONE_RATE_HZ)
        return self.stream.say(pcm)

    async def say_all(self, pcm: Pcm, *, sample_rate_hz: int = TELEPHONE_RATE_HZ) -> Playing:
        """Say it and wait until its last 20 ms have left."""
        playing = self.say(pcm, sample_rate_hz=sample_rate_hz)
        await playing.done(len(pcm) / sample_rate_hz + 10.0)
        return playing

    def press(self, keys: str) -> None:
        """Press keys (RFC 4733), 100 ms each; returns at once. `press_by_info` is the other way.

        Raises:
            CallFailed: the far end takes no telephone events.
            ProtocolError: no phone has such a key.
        """
        if self.stream.event_payload_type is None:
            raise CallFailed("the far end takes no telephone events; use press_by_info()")
        self.stream.press(keys)

    async def pressed(self, timeout_s: float = 10.0) -> None:
        """Wait until every key has left."""
        async with asyncio.timeout(timeout_s):
            while self.stream.keys_pending:  # noqa: ASYNC110 the media thread has no events
                await asyncio.sleep(_POLL_S)

    # ------------------------------------------------------------------ ear

    @property
    def heard(self) -> Heard:
        """Everything received so far, by RTP timestamp, losses as silence."""
        return self.stream.received.heard

    def heard_since(self, moment_s: float) -> Heard:
        """What was received from a moment (`time.monotonic()`) on."""
        return self.heard.between(moment_s)

    async def hears_speech(self, timeout_s: float = 10.0, *, since_s: float | None = None) -> float:
        """Wait for the first audible 20 ms (above -50 dBFS) after `since_s` (default: now).

        Returns:
            The moment at which they could be heard.

        Raises:
            CallFailed: nothing came in time, or the call ended first.
        """
        start_s = time.monotonic() if since_s is None else since_s
        deadline_s = time.monotonic() + timeout_s
        while True:
            first_s = self.stream.received.first_audible(start_s)
            if first_s is not None:
                return first_s
            self._check_wait(deadline_s, f"heard nothing within {timeout_s:g} s")
            await asyncio.sleep(_POLL_S)

    async def quiet(self, for_s: float = 1.0, timeout_s: float = 30.0) -> float:
        """Wait until nothing audible has come for a while.

        Returns:
            The end of the last audible 20 ms, or the moment of asking when there were none.

        Raises:
            CallFailed: it never got quiet in time, or the call ended first.
        """
        asked_s = time.monotonic()
        deadline_s = asked_s + timeout_s
        while True:
            last_s = self.stream.received.last_audible_end()
            if time.monotonic() - max(last_s or 0.0, asked_s - for_s) >= for_s and (
                last_s is not None or time.monotonic() - asked_s >= for_s
            ):
                return last_s if last_s is not None else asked_s
            self._check_wait(deadline_s, f"was not quiet for {for_s:g} s within {timeout_s:g} s")
            await asyncio.sleep(_POLL_S)

    async def hears_prompt(
        self, timeout_s: float = 30.0, *, pause_s: float = 1.0, since_s: float | None = None
    ) -> Heard:
        """Wait for speech and then for its end (`pause_s` of silence).

        Returns:
            What was said, with 200 ms before it: audio that was late is heard after its place.
        """
        deadline_s = time.monotonic() + timeout_s
        first_s = await self.hears_speech(timeout_s, since_s=since_s)
        last_s = await self.quiet(pause_s, max(0.0, deadline_s - time.monotonic()))
        return self.heard.between(first_s - _MARGIN_S, last_s)

    async def wait_key(self, count: int = 1, timeout_s: float = 5.0) -> str:
        """Wait until the far end has pressed that many keys in all; all of them."""
        deadline_s = time.monotonic() + timeout_s
        while len(self.keys_heard) < count:
            self._check_wait(deadline_s, f"got {len(self.keys_heard)} of {count} keys")
            await asyncio.sleep(_POLL_S)
        return "".join(key.key for key in self.keys_heard)

    def save(self, path: Path) -> None:
        """Write what was heard as a WAV file."""
        heard = self.heard
        soundfile.write(path, heard.pcm, heard.sample_rate_hz, subtype="PCM_16")

    def _check_wait(self, deadline_s: float, message: str) -> None:
        if self.ended is not None:
            raise CallFailed(f"{message}: the call ended ({self.ended})", self.ended.code)
        if time.monotonic() >= deadline_s:
            raise CallFailed(message)

    # ------------------------------------------------------------------ being transferred

    def _on_refer(self, request: SipMessage, address: Address) -> None:
        target = request.get("Refer-To")
        plan = self.on_refer(target) if self.on_refer is not None else FOLLOW
        self._reply(request, address, plan.status)
        if plan.status < 300:  # noqa: PLR2004 taken on
            self.start_task(self._follow(plan, target))

    async def _follow(self, plan: ReferPlan, target: str) -> None:
        if plan.follow:
            await self._notify(100)
            self.referred = await self.phone.call(str(SipUri.parse(target)))
            with contextlib.suppress(CallFailed):
                await self.referred.answered(timeout_s=30.0)
            final = self.referred.final
            await self._notify(final.status if final is not None else 408)
        for status in plan.statuses:
            await asyncio.sleep(plan.pause_s)
            await self._notify(status)

    async def _notify(self, status: int) -> None:
        if self.vanished:
            return
        await self.ask(
            "NOTIFY",
            headers=notify_headers(final=status >= _FINAL),
            body=status_fragment(status),
            content_type="message/sipfrag;version=2.0",
        )


InviteHandler = Callable[[PhoneCall], Awaitable[None] | None]


def answer_after(
    ring_s: float = 0.0, then: Callable[[PhoneCall], Awaitable[None]] | None = None
) -> InviteHandler:
    """Ring that long, answer, and go on with `then`."""

    async def handle(call: PhoneCall) -> None:
        call.ring()
        await asyncio.sleep(ring_s)
        await call.answer()
        if then is not None:
            await then(call)

    return handle


def refuse_with(status: int = 486, *, after_s: float = 0.0) -> InviteHandler:
    """Refuse, at once or after ringing a while."""

    async def handle(call: PhoneCall) -> None:
        if after_s > 0:
            call.ring()
            await asyncio.sleep(after_s)
        call.refuse(status)

    return handle


def ring_forever() -> InviteHandler:
    """Ring and never answer."""

    def handle(call: PhoneCall) -> None:
        call.ring()

    return handle
