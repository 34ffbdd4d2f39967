"""Session descriptions (RFC 4566, offer/answer of RFC 3264) for one audio stream. Pure."""

import re
from dataclasses import dataclass

from voxdesk.kernel.errors import ProtocolError

# Names with which a call can be offered. The phone itself speaks only the first two; the others
# are for seeing how the far end takes an offer that it can't serve.
PAYLOAD_TYPES = {
    "PCMU": (0, "PCMU/8000"),
    "PCMA": (8, "PCMA/8000"),
    "G722": (9, "G722/8000"),
    "G729": (18, "G729/8000"),
    "opus": (96, "opus/48000/2"),
    "AMR": (97, "AMR/8000"),
}
EVENT_PAYLOAD_TYPE = 101

OPPOSITE = {
    "sendrecv": "sendrecv",
    "sendonly": "recvonly",
    "recvonly": "sendonly",
    "inactive": "inactive",
}


@dataclass(frozen=True, slots=True)
class SessionDescription:
    """What one side says about its audio.

    Attributes:
        host: where it wants RTP.
        port: 0 when it refuses the stream.
        codecs: payload type and encoding name ("PCMU"), in order of preference.
        event_payload_type: of RFC 4733 events, or None.
        direction: sendrecv, sendonly, recvonly or inactive, as that side sees it.
        profile: RTP/AVP or RTP/SAVP.
    """

    host: str
    port: int
    codecs: tuple[tuple[int, str], ...]
    event_payload_type: int | None = None
    direction: str = "sendrecv"
    profile: str = "RTP/AVP"

    @classmethod
    def parse(cls, body: str) -> "SessionDescription":
        """Read the first audio stream.

        Raises:
            ProtocolError: there is none.
        """
        session, _, media = body.replace("\r\n", "\n").partition("\nm=audio ")
        if not media:
            raise ProtocolError("a session description without audio")
        media = media.partition("\nm=")[0]
        first, *lines = media.split("\n")
        port, profile, *types = first.split()
        names = {number: name.split("/")[0].upper() for name, (number, _) in PAYLOAD_TYPES.items()}
        names = {number: names[number] for number in (0, 8, 9, 18)}
        event: int | None = None
        for number, encoding in re.findall(
            r"^a=rtpmap:(\d+) (\S+)", "\n".join(lines), re.MULTILINE
        ):
            names[int(number)] = encoding.split("/")[0]
            if encoding.lower().startswith("telephone-event/8000"):
                event = int(number)
        everything = f"{session}\n{chr(10).join(lines)}"
        connection = re.findall(r"^c=IN IP4 (\S+)", everything, re.MULTILINE)
        direction = re.findall(
            r"^a=(sendrecv|sendonly|recvonly|inactive)\s*$", everything, re.MULTILINE
        )
        return cls(
            host=connection[-1] if connection else "0.0.0.0",  # noqa: S104 never bound
            port=int(port),
            codecs=tuple((int(t), names.get(int(t), "unknown")) for t in types if int(t) != event),
            event_payload_type=event,
            direction=direction[-1] if direction else "sendrecv",
            profile=profile,
        )


def describe(
    host: str,
    port: int,
    codecs: tuple[str, ...],
    *,
    version: int = 1,
    direction: str = "sendrecv",
    events: bool = True,
    event_payload_type: int = EVENT_PAYLOAD_TYPE,
) -> str:
    """An offer or answer with these codecs, in order.

    Raises:
        ProtocolError: a codec's name is unknown.
    """
    unknown = [name for name in codecs if name not in PAYLOAD_TYPES]
    if unknown:
        raise ProtocolError(
            f"codec {unknown[0]} can't be offered; known: {', '.join(PAYLOAD_TYPES)}"
        )
    types = [PAYLOAD_TYPES[name] for name in codecs]
    numbers = [str(number) for number, _ in types] + ([str(event_payload_type)] if events else [])
    lines = [
        "v=0",
        f"o=phone {port} {version} IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {' '.join(numbers)}",
        *(f"a=rtpmap:{number} {encoding}" for number, encoding in types),
    ]
    if events:
        lines += [
            f"a=rtpmap:{event_payload_type} telephone-event/8000",
            f"a=fmtp:{event_payload_type} 0-15",
        ]
    return "\r\n".join([*lines, "a=ptime:20", f"a={direction}", ""])
