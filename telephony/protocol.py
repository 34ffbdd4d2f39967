"""`messages` as bytes on a unix stream socket, between a line and the engine.

Pure: no sockets, no threads, no pjsua2, no numpy. The engine listens, a line connects.

On the wire, all integers big-endian::

    uint32 length of what follows | uint8 kind | body

    kind 0  control  UTF-8 JSON object; "t" names the message, the other keys are its fields
    kind 1  LegAudio   uint32 leg, uint64 offset, uint16 bytes of `heard`, heard, sent
    kind 2  Play       uint32 leg, uint32 utterance, uint8 last, pcm
    kind 3  LiveAudio  uint32 leg, pcm
    kind 4  Clip       uint8 bytes of `name`, name (UTF-8), pcm

PCM is mono int16 little-endian at 16 kHz. Legs are numbered within one line: odd numbers are
given by the line to incoming calls, even ones by the engine to calls that it dials.

A conversation::

    line    Hello(version, capacity, addresses)      or Failed(line, message), and the line exits
    engine  Welcome(version)
    line    LegIncoming(1) …        engine  Answer(1), Play(1, …), …
    line    LegAnswered(1), LegAudio(1) 50 times a second, …, LegEnded(1)

When the engine dies, the line keeps its answered legs and knocks at the same socket::

    line    Hello …                 engine  Welcome
    line    LegKept(1, …), LegsKept(1)
    engine  Adopt(1), Keep(1, …), Play(1, …) …

`PROTOCOL_VERSION` grows with every change; the two sides must be of the same one.
"""

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, fields
from typing import Any, Final, get_type_hints

from telephony.messages import Clip, LegAudio, LiveAudio, Message, Play
from voxdesk.kernel.errors import ProtocolError

PROTOCOL_VERSION: Final = 2
MAX_MESSAGE_BYTES: Final = 1 << 20
"""Length limit of one message, its kind byte included."""
_LENGTH = struct.Struct(">I")
_AUDIO = struct.Struct(">IQH")
_AUDIO_HEAD = struct.Struct(">IBIQH")
_PLAY = struct.Struct(">IIB")
_LIVE = struct.Struct(">I")
_CONTROL_KIND, _AUDIO_KIND, _PLAY_KIND, _LIVE_KIND, _CLIP_KIND = range(5)
_MAX_NAME: Final = 255
_MAX_INT: Final = 2**53


def encode(message: Message) -> bytes:
    """One message as bytes.

    Raises:
        ProtocolError: it is longer than `MAX_MESSAGE_BYTES`.
    """
    match message:
        case LegAudio(leg, offset, heard, sent):
            return encode_audio(leg, offset, heard, sent)
        case Play():
            head = _PLAY.pack(message.leg, message.utterance, message.last)
            kind, body = _PLAY_KIND, head + message.pcm
        case LiveAudio():
            kind, body = _LIVE_KIND, _LIVE.pack(message.leg) + message.pcm
        case Clip():
            name = message.name.encode()[:_MAX_NAME]
            kind, body = _CLIP_KIND, bytes((len(name),)) + name + message.pcm
        case _:
            content = {"t": type(message).__name__, **asdict(message)}
            text = json.dumps(content, separators=(",", ":"), allow_nan=False)
            kind, body = _CONTROL_KIND, text.encode()
    if len(body) >= MAX_MESSAGE_BYTES:
        raise ProtocolError(f"{type(message).__name__} of {len(body)} bytes is too long to send")
    return _LENGTH.pack(len(body) + 1) + bytes((kind,)) + body


def encode_audio(leg: int, offset: int, heard: bytes, sent: bytes) -> bytes:
    """`LegAudio` as bytes, without making one: this runs for each 20 ms of each leg.

    Raises:
        ProtocolError: it is longer than `MAX_MESSAGE_BYTES`.
    """
    length = 1 + _AUDIO.size + len(heard) + len(sent)
    if length > MAX_MESSAGE_BYTES:
        raise ProtocolError(f"LegAudio of {length} bytes is too long to send")
    head = _AUDIO_HEAD.pack(length, _AUDIO_KIND, leg, offset, len(heard))
    return head + heard + sent


class Decoder:
    """Cuts a stream of bytes, in chunks of any size, into messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._broken = False

    def feed(self, chunk: bytes) -> list[Message]:
        """The messages that this chunk completes, in order.

        Raises:
            ProtocolError: the stream makes no sense; nothing after it can be read.
        """
        if self._broken:
            raise ProtocolError("the stream was already broken")
        buffer = self._buffer
        buffer += chunk
        messages: list[Message] = []
        start = 0
        try:
            while len(buffer) - start >= _LENGTH.size:
                (length,) = _LENGTH.unpack_from(buffer, start)
                if not 1 <= length <= MAX_MESSAGE_BYTES:
                    raise ProtocolError(f"a message of {length} bytes is announced")  # noqa: TRY301  one exit marks the stream broken
                end = start + _LENGTH.size + length
                if len(buffer) < end:
                    break
                body = start + _LENGTH.size + 1
                messages.append(_decode(buffer[body - 1], bytes(buffer[body:end])))
                start = end
        except ProtocolError:
            self._broken = True
            raise
        del buffer[:start]
        return messages


def _decode(kind: int, body: bytes) -> Message:
    try:
        if kind == _AUDIO_KIND:
            leg, offset, heard_bytes = _AUDIO.unpack_from(body)
            cut = _AUDIO.size + heard_bytes
            heard, sent = _pcm(body[_AUDIO.size : cut]), _pcm(body[cut:])
            if len(heard) != heard_bytes:
                raise ProtocolError("LegAudio is cut short")
            return LegAudio(leg, offset, heard, sent)
        if kind == _PLAY_KIND:
            leg, utterance, last = _PLAY.unpack_from(body)
            return Play(leg, utterance, _pcm(body[_PLAY.size :]), bool(last))
        if kind == _LIVE_KIND:
            (leg,) = _LIVE.unpack_from(body)
            return LiveAudio(leg, _pcm(body[_LIVE.size :]))
        if kind == _CLIP_KIND:
            return _clip(body)
    except struct.error as error:
        raise ProtocolError(f"a message of kind {kind} is too short") from error
    if kind == _CONTROL_KIND:
        return _decode_control(body)
    raise ProtocolError(f"there is no message of kind {kind}")


def _clip(body: bytes) -> Clip:
    end = 1 + body[0] if body else 1
    if len(body) < end:
        raise ProtocolError("Clip is cut short")
    try:
        return Clip(body[1:end].decode(), _pcm(body[end:]))
    except UnicodeDecodeError as error:
        raise ProtocolError("the name of a Clip is no text") from error


def _pcm(data: bytes) -> bytes:
    if len(data) % 2:
        raise ProtocolError("half a sample of PCM")
    return data


def _decode_control(body: bytes) -> Message:
    try:
        content = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("a control message is not JSON") from error
    name = content.pop("t", None) if isinstance(content, dict) else None
    described = _CONTROL.get(name) if isinstance(name, str) else None
    if described is None:
        raise ProtocolError("a control message has no known name")
    message_type, readers, required = described
    if not required <= content.keys() <= readers.keys():
        raise ProtocolError(f"{name} has the fields {sorted(content)[:20]}")
    values = {key: _read(readers[key], value, f"{name}.{key}") for key, value in content.items()}
    message: Message = message_type(**values)
    return message


def _read(reader: Callable[[Any], Any], value: object, where: str) -> object:
    try:
        return reader(value)
    except (TypeError, ValueError) as error:
        raise ProtocolError(f"{where} is of the wrong type or size") from error


def _no_constant(text: str) -> object:
    raise ValueError(text)


def _read_int(value: object) -> int:
    if type(value) is not int or not 0 <= value <= _MAX_INT:
        raise TypeError
    return value


def _read_float(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= _MAX_INT:
        raise TypeError
    return float(value)


def _read_bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _read_str(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _read_strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_read_str(item) for item in value)


def _read_headers(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError
    return {_read_str(name): _read_str(text) for name, text in value.items()}


_READERS: Final[dict[Any, Callable[[Any], Any]]] = {
    int: _read_int,
    float: _read_float,
    bool: _read_bool,
    str: _read_str,
    tuple[str, ...]: _read_strings,
    Mapping[str, str]: _read_headers,
}


def _describe(message_type: Any) -> tuple[Any, dict[str, Callable[[Any], Any]], set[str]]:
    hints = get_type_hints(message_type)
    readers = {item.name: _READERS[hints[item.name]] for item in fields(message_type)}
    required = {
        item.name
        for item in fields(message_type)
        if item.default is MISSING and item.default_factory is MISSING
    }
    return message_type, readers, required


_CONTROL: Final = {
    message_type.__name__: _describe(message_type)
    for message_type in Message.__args__
    if message_type not in (LegAudio, Play, LiveAudio, Clip)
}
