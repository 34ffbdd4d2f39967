"""The signalling of one call, either side: INVITE to BYE, hold, digits, session timers.

The audio is `RtpStream`'s; what a test says and listens to is `softphone.PhoneCall`'s.
"""

import asyncio
import contextlib
import time
from collections.abc import Mapping

from voxdesk.testing.rtp_stream import KeyHeard, RtpStream
from voxdesk.testing.sip_auth import Credentials, answer_challenge
from voxdesk.testing.sip_dialog import Dialog
from voxdesk.testing.sip_media import CallMedia
from voxdesk.testing.sip_message import Address, SipMessage, build_response
from voxdesk.testing.sip_progress import CallEnd, CallFailed, CallProgress, CallState
from voxdesk.testing.sip_transport import T1_S, T2_S, TRANSACTION_S

_GOODBYE_S = 3.0
_PENDING_TRIES = 4
_PENDING_WAIT_S = 0.2
_MIN_REFUSAL = 300


class SipCall(CallProgress):
    """One call.

    Attributes:
        dialog: identities and sequence numbers.
        source: where an incoming call's INVITE came from.
        media: its audio as negotiated; `stream` is the RTP in it.
        final: the final answer to our INVITE, or None.
        requests: every request of the far end in this call, the INVITE first.
        keys_heard: keys of the far end, RFC 4733 and INFO, in order.
        invited_s: `time.monotonic()` at which the INVITE left or came.
    """

    def __init__(
        self,
        dialog: Dialog,
        media: CallMedia,
        *,
        state: CallState,
        credentials: Credentials | None = None,
        send_ack: bool = True,
        source: Address = ("127.0.0.1", 0),
    ) -> None:
        super().__init__(state)
        self.dialog = dialog
        self.source = source
        self.media = media
        self.final: SipMessage | None = None
        self.requests: list[SipMessage] = []
        self.keys_heard: list[KeyHeard] = []
        self.invited_s = time.monotonic()
        self.vanished = False
        self._credentials = credentials
        self._send_ack = send_ack
        self._acked = asyncio.Event()
        self._giving_up = False
        self._reinviting = False
        self._cancel: tuple[SipMessage, Address] | None = None

    @property
    def stream(self) -> RtpStream:
        """Its RTP."""
        return self.media.stream

    @property
    def held_by_them(self) -> bool:
        """Whether the far end put us on hold."""
        return self.media.held_by_them

    # ------------------------------------------------------------------ calling

    async def invite(self, headers: Mapping[str, str], *, body: str | None) -> None:
        """Send the INVITE and see it through; runs as a task of its own."""
        extra = list(headers.items())
        content = self.media.describe() if body is None else body
        response = await self._ask_invite(extra, content)
        if response.status in (401, 407) and self._credentials is not None:
            extra.append(self._authorization(response, "INVITE"))
            response = await self._ask_invite(extra, content)
        self.final = response
        if response.status >= _MIN_REFUSAL:
            by = "us" if self._giving_up else "them" if response.get("Via") else "network"
            self._end(CallEnd(by, response.status, response.reason))
            return
        self.dialog.learn(response)
        understood = self.media.apply(response.body)
        # Their offer came in the 200 when ours didn't in the INVITE; then the ACK answers it.
        self._acknowledge(response, "" if content else self.media.describe())
        if not understood:
            await self._bye(reason=self.media.problem)
            return
        self.answered_s = time.monotonic()
        self._come_up()
        if self._giving_up:  # the answer crossed our CANCEL
            await self._bye()

    async def _ask_invite(self, headers: list[tuple[str, str]], body: str) -> SipMessage:
        request = self.dialog.request("INVITE", headers=headers, body=body)
        address = self.dialog.next_hop
        cancel = self.dialog.request("CANCEL", sequence=request.cseq, branch=request.branch)
        self._cancel = (cancel, address)
        transaction = self.dialog.transport.ask(
            request,
            address,
            on_provisional=self._on_provisional,
            on_repeat=self._acknowledge,
            send_ack=self._send_ack,
        )
        return await transaction.final

    def _on_provisional(self, response: SipMessage) -> None:
        self.provisional.append(response.status)
        if response.to_tag and not self.dialog.remote_tag:
            self.dialog.learn(response)
        if response.body:
            self.media.apply(response.body)
        if self._giving_up:
            self._send_cancel()

    def _send_cancel(self) -> None:
        if self._cancel is not None:
            self.dialog.transport.ask(*self._cancel)
            self._cancel = None

    def _acknowledge(self, response: SipMessage, body: str = "") -> None:
        if self._send_ack and not self.vanished:
            ack = self.dialog.request("ACK", sequence=response.cseq, body=body)
            self.dialog.transport.send(ack, self.dialog.next_hop)

    def _authorization(self, challenge: SipMessage, method: str) -> tuple[str, str]:
        assert self._credentials is not None  # noqa: S101 asked for by the caller
        proxy = challenge.status == 407  # noqa: PLR2004 Proxy Authentication Required
        value = challenge.get("Proxy-Authenticate" if proxy else "WWW-Authenticate")
        answer = answer_challenge(value, self._credentials, method, self.dialog.remote_target)
        return ("Proxy-Authorization" if proxy else "Authorization", answer)

    # ------------------------------------------------------------------ being called

    @property
    def invite_request(self) -> SipMessage:
        """The INVITE of an incoming call."""
        return self.requests[0]

    def ring(self, headers: Mapping[str, str] | None = None) -> None:
        """180."""
        self._respond(180, headers)

    def early_media(self) -> None:
        """183 with an answer: audio flows both ways before the call is answered."""
        if self.media.apply(self.invite_request.body):
            self._respond(183, body=self.media.describe())

    def refuse(self, status: int = 486, headers: Mapping[str, str] | None = None) -> None:
        """A final refusal."""
        if self.state is CallState.INCOMING:
            self._respond(status, headers)
            self._end(CallEnd("us", status))

    async def answer(self, headers: Mapping[str, str] | None = None) -> None:
        """200, repeated until its ACK; 488 when there is no codec in common.

        Raises:
            CallFailed: the call is over by now, or no ACK came.
        """
        if self.state is not CallState.INCOMING:
            raise CallFailed(f"can't answer: {self.ended or self.state}")
        invite = self.invite_request
        if invite.body and not self.media.apply(invite.body):
            self._respond(488)
            self._end(CallEnd("us", 488))
            raise CallFailed("no codec in common", 488)
        self._acked.clear()
        extra = dict(headers or {}) | _session_timer(invite)
        self.answered_s = time.monotonic()
        self._come_up()
        if not await self._answer_until_acked(invite, self.source, extra):
            self._end(CallEnd("network"))
            raise CallFailed("our 200 got no ACK")

    async def _answer_until_acked(
        self, invite: SipMessage, address: Address, headers: Mapping[str, str]
    ) -> bool:
        response = self._response(invite, 200, headers, self.media.describe())
        deadline_s = time.monotonic() + TRANSACTION_S
        wait_s = T1_S
        while time.monotonic() < deadline_s and self.state is not CallState.ENDED:
            self.dialog.transport.send(response, address)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._acked.wait()
                    return True
            wait_s = min(T2_S, wait_s * 2)
        return self.state is CallState.ENDED

    def _respond(
        self, status: int, headers: Mapping[str, str] | None = None, body: str = ""
    ) -> None:
        if self.state is CallState.INCOMING:
            message = self._response(self.invite_request, status, headers or {}, body)
            self.dialog.transport.send(message, self.source)

    def _response(
        self, request: SipMessage, status: int, headers: Mapping[str, str], body: str = ""
    ) -> SipMessage:
        fields = [("Contact", self.dialog.contact), *headers.items()]
        if body:
            fields.append(("Content-Type", "application/sdp"))
        return build_response(
            request, status, to_tag=self.dialog.local_tag, headers=fields, body=body
        )

    # ------------------------------------------------------------------ while it is up

    async def hold(self) -> None:
        """Put the far end on hold (re-INVITE, sendonly); our audio stops."""
        await self._reinvite("sendonly")

    async def resume(self) -> None:
        """Take the far end back."""
        await self._reinvite("sendrecv")

    async def _reinvite(self, direction: str) -> None:
        for _ in range(_PENDING_TRIES):
            self._reinviting = True
            try:
                response = await self.ask("INVITE", body=self.media.describe(direction))
            finally:
                self._reinviting = False
            if response.status < _MIN_REFUSAL:
                self._acknowledge(response)
                self.media.apply(response.body)
                return
            if response.status != 491:  # noqa: PLR2004 both sides asked at once: again, later
                break
            await asyncio.sleep(_PENDING_WAIT_S)
        raise CallFailed(f"re-INVITE refused: {response.status}", response.status)

    async def ask(
        self,
        method: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: str = "",
        content_type: str = "application/sdp",
    ) -> SipMessage:
        """Any request in this call; its final answer, after one try with credentials."""
        fields = list((headers or {}).items())
        for _ in range(2):
            request = self.dialog.request(
                method, headers=fields, body=body, content_type=content_type
            )
            transaction = self.dialog.transport.ask(request, self.dialog.next_hop)
            response = await transaction.final
            if response.status not in (401, 407) or self._credentials is None:
                break
            fields.append(self._authorization(response, method))
        return response

    async def press_by_info(self, keys: str) -> None:
        """Keys by INFO, one after the other.

        Raises:
            CallFailed: the far end doesn't take them.
        """
        for key in keys:
            response = await self.ask(
                "INFO",
                body=f"Signal={key}\r\nDuration=160\r\n",
                content_type="application/dtmf-relay",
            )
            if response.status >= _MIN_REFUSAL:
                raise CallFailed(f"INFO refused: {response.status}", response.status)

    async def hang_up(self, headers: Mapping[str, str] | None = None) -> None:
        """End the call in whatever state it is: CANCEL, refusal or BYE. Harmless twice."""
        if self.state is CallState.INCOMING:
            self.refuse(603, headers)
        elif self.state is CallState.UP:
            await self._bye(headers)
        elif self.state is CallState.CALLING:
            self._giving_up = True
            if self.provisional:
                self._send_cancel()
            with contextlib.suppress(CallFailed):
                await self.wait_ended(_GOODBYE_S)
            self._end(CallEnd("us", 487))

    def vanish(self) -> None:
        """Fall silent without a goodbye, as a phone whose battery died."""
        self.vanished = True
        self._end(CallEnd("us"))

    async def _bye(self, headers: Mapping[str, str] | None = None, *, reason: str = "") -> None:
        self._end(CallEnd("us", reason=reason))
        with contextlib.suppress(TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(_GOODBYE_S):
                await self.ask("BYE", headers=headers)

    # ------------------------------------------------------------------ what the far end asks

    def take_request(self, request: SipMessage, address: Address) -> None:
        """One request of the far end in this call, or the CANCEL of its INVITE."""
        if self.vanished:
            return
        self.requests.append(request)
        handler = {
            "ACK": self._on_ack,
            "BYE": self._on_bye,
            "CANCEL": self._on_cancel,
            "INVITE": self._on_reinvite,
            "UPDATE": self._on_update,
            "INFO": self._on_info,
            "REFER": self._on_refer,
            "OPTIONS": self._on_plain,
            "NOTIFY": self._on_plain,
            "MESSAGE": self._on_plain,
        }.get(request.method)
        if handler is None:
            self._reply(request, address, 405)
        else:
            handler(request, address)

    def _reply(self, request: SipMessage, address: Address, status: int) -> None:
        self.dialog.transport.send(self._response(request, status, {}), address)

    def _on_plain(self, request: SipMessage, address: Address) -> None:
        self._reply(request, address, 200)

    def _on_ack(self, request: SipMessage, _address: Address) -> None:
        if request.body:
            self.media.apply(request.body)
        self._acked.set()

    def _on_bye(self, request: SipMessage, address: Address) -> None:
        self._reply(request, address, 200)
        self._end(CallEnd("them", 0, request.get("Reason")))

    def _on_cancel(self, request: SipMessage, address: Address) -> None:
        self._reply(request, address, 200)
        self._respond(487)
        if self.state is CallState.INCOMING:
            self._end(CallEnd("them", 487, "cancelled"))

    def _on_reinvite(self, request: SipMessage, address: Address) -> None:
        if self._reinviting:
            self._reply(request, address, 491)
        elif request.body and not self.media.apply(request.body):
            self._reply(request, address, 488)
        else:
            self._acked.clear()
            self.start_task(self._finish_reinvite(request, address))

    async def _finish_reinvite(self, request: SipMessage, address: Address) -> None:
        await self._answer_until_acked(request, address, _session_timer(request))

    def _on_update(self, request: SipMessage, address: Address) -> None:
        timer = _session_timer(request)
        if request.body and not self.media.apply(request.body):
            self._reply(request, address, 488)
            return
        body = self.media.describe() if request.body else ""
        self.dialog.transport.send(self._response(request, 200, timer, body), address)

    def _on_info(self, request: SipMessage, address: Address) -> None:
        self._reply(request, address, 200)
        for line in request.body.splitlines():
            name, _, value = line.partition("=")
            if name.strip().lower() == "signal":
                self.on_key(KeyHeard(value.strip(), "info", time.monotonic()))

    def _on_refer(self, request: SipMessage, address: Address) -> None:
        self._reply(request, address, 603)  # a phone that knows how to follow overrides this

    def on_key(self, key: KeyHeard) -> None:
        """A key of the far end arrived."""
        self.keys_heard.append(key)

    def _let_go(self) -> None:
        self.media.close()


def _session_timer(request: SipMessage) -> dict[str, str]:
    """The answer to a session timer that the far end asked for: yes, and you refresh (RFC 4028)."""
    value = request.get("Session-Expires")
    if not value or "timer" not in ",".join(request.all("Supported")):
        return {}
    if "refresher" not in value:
        value += ";refresher=uac"
    return {"Require": "timer", "Session-Expires": value}
