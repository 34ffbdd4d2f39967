"""The audio of one call as SIP negotiates it: offers, answers, holds, and the stream behind."""

from voxdesk.kernel.errors import ProtocolError
from voxdesk.testing.rtp_clock import MediaThread
from voxdesk.testing.rtp_codec import CODECS
from voxdesk.testing.rtp_stream import RtpStream
from voxdesk.testing.sip_message import NotLoopback, loopback_address
from voxdesk.testing.sip_sdp import EVENT_PAYLOAD_TYPE, OPPOSITE, SessionDescription, describe


class CallMedia:
    """Keeps a stream in step with what both sides have described.

    Attributes:
        stream: the RTP.
        direction: what we say of ourselves: sendrecv, sendonly, recvonly or inactive.
        held_by_them: whether the far end put us on hold.
        problem: why the last description couldn't be taken.
    """

    def __init__(
        self, stream: RtpStream, thread: MediaThread, *, host: str, codecs: tuple[str, ...]
    ) -> None:
        self.stream = stream
        self.direction = "sendrecv"
        self.held_by_them = False
        self.problem = ""
        self._thread = thread
        self._host = host
        self._codecs = codecs
        self._version = 0
        self._event_type = EVENT_PAYLOAD_TYPE
        self._runs = False
        self._closed = False

    def describe(self, direction: str | None = None) -> str:
        """Our next offer or answer; a direction given here stays."""
        self.direction = direction or self.direction
        self._version += 1
        return describe(
            self._host,
            self.stream.port,
            self._codecs,
            version=self._version,
            direction=self.direction,
            event_payload_type=self._event_type,
        )

    def apply(self, body: str) -> bool:
        """Take the far end's description; False, with a `problem`, when it can't be talked to."""
        try:
            theirs = SessionDescription.parse(body)
            # A hold by 0.0.0.0 (RFC 2543) has no address to send to; the direction says the rest.
            silent = theirs.host == "0.0.0.0"  # noqa: S104 compared, never bound
            remote = None if silent else loopback_address(theirs.host, theirs.port)
        except (ProtocolError, NotLoopback, ValueError) as error:
            self.problem = f"media: {error}"
            return False
        common = [(n, name) for n, name in theirs.codecs if name in self._codecs and name in CODECS]
        if not theirs.port or not common or self._closed:
            self.problem = "media: no codec in common"
            return False
        number, name = common[0]
        self.stream.codec, self.stream.payload_type = CODECS[name], number
        self.stream.decoders = {n: CODECS[each] for n, each in common}
        self.stream.event_payload_type = theirs.event_payload_type
        self._event_type = theirs.event_payload_type or self._event_type
        self.stream.remote = remote
        self.held_by_them = silent or theirs.direction in ("sendonly", "inactive")
        self.direction = OPPOSITE[theirs.direction]
        # Who holds sends nothing either: this phone has no music.
        self.stream.sending = self.direction == "sendrecv"
        if not self._runs:
            self._runs = True
            self._thread.add(self.stream)
        return True

    def close(self) -> None:
        """Stop and free the sockets."""
        if self._closed:
            return
        self._closed = True
        if self._runs:
            self._thread.remove(self.stream)
        self.stream.close()
