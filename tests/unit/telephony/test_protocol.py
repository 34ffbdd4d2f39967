import contextlib
import json
import random
from dataclasses import fields
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony import messages, protocol
from telephony.messages import Clip, LegAudio, LiveAudio, Message, Play
from telephony.protocol import Decoder, encode
from voxdesk.kernel.errors import ProtocolError

pytestmark = pytest.mark.unit

u32 = st.integers(0, 2**32 - 1)
pcm = st.binary(max_size=700).map(lambda data: data[: len(data) // 2 * 2])
by_type: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(0, 2**53),
    float: st.floats(0, 1e6),
    bool: st.booleans(),
    str: st.text(max_size=40),
    tuple[str, ...]: st.lists(st.text(max_size=10)).map(tuple),
}


def of_type(message_type: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(message_type)
    headers = st.dictionaries(st.text(max_size=10), st.text(max_size=10))
    return st.builds(
        message_type,
        **{item.name: by_type.get(hints[item.name], headers) for item in fields(message_type)},
    )


binary = [
    st.builds(LegAudio, u32, st.integers(0, 2**64 - 1), pcm, pcm),
    st.builds(Play, u32, u32, pcm, st.booleans()),
    st.builds(LiveAudio, u32, pcm),
    st.builds(Clip, st.text(max_size=40), pcm),
]
in_binary = (LegAudio, Play, LiveAudio, Clip)
control = [of_type(kind) for kind in Message.__args__ if kind not in in_binary]
any_message = st.one_of(*binary, *control)


@given(st.lists(any_message, max_size=5), st.randoms(use_true_random=False))
def test_any_messages_cut_anywhere_come_out_as_they_went_in(
    sent: list[Message], chance: random.Random
) -> None:
    stream = b"".join(encode(message) for message in sent)
    cuts = sorted(chance.randrange(len(stream) + 1) for _ in range(chance.randrange(8)))
    decoder = Decoder()
    received: list[Message] = []

    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        received += decoder.feed(stream[start:end])

    assert received == sent


@given(st.binary(max_size=400))
def test_garbage_is_an_error_or_unfinished_but_never_a_crash(garbage: bytes) -> None:
    decoder = Decoder()
    try:
        decoder.feed(garbage)
    except ProtocolError:
        with pytest.raises(ProtocolError, match="broken"):
            decoder.feed(b"")


@given(any_message, st.data())
def test_one_flipped_byte_never_does_worse_than_a_protocol_error(sent: Message, data: Any) -> None:
    stream = bytearray(encode(sent))
    stream[data.draw(st.integers(0, len(stream) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(ProtocolError):
        Decoder().feed(bytes(stream))


def control_message(content: object) -> bytes:
    body = b"\0" + (content if isinstance(content, bytes) else json.dumps(content).encode())
    return len(body).to_bytes(4, "big") + body


@pytest.mark.parametrize(
    "content",
    [
        {"t": "Ring"},
        {"t": "Ring", "leg": "1"},
        {"t": "Ring", "leg": -1},
        {"t": "Ring", "leg": True},
        {"t": "Ring", "leg": 10**30},
        {"t": "Ring", "leg": 1, "colour": "red"},
        {"t": "Answer", "leg": 1, "headers": {"X-A": 1}},
        {"t": "Dial", "leg": 2, "uri": "sip:a@b", "timeout_s": -1},
        {"t": "Message"},
        {"leg": 1},
        [],
        b'{"t": "Dial", "leg": 2, "uri": "sip:a@b", "timeout_s": NaN}',
        b"\xff\xfe",
        b"[" * 100_000,
        b"",
    ],
)
def test_a_control_message_of_the_wrong_shape_is_refused(content: object) -> None:
    with pytest.raises(ProtocolError):
        Decoder().feed(control_message(content))


def test_an_announced_length_beyond_the_limit_is_refused_before_it_is_stored() -> None:
    with pytest.raises(ProtocolError, match="announced"):
        Decoder().feed((protocol.MAX_MESSAGE_BYTES + 1).to_bytes(4, "big"))


def test_a_message_too_long_to_be_read_is_not_sent() -> None:
    with pytest.raises(ProtocolError, match="too long"):
        encode(Play(1, 1, bytes(protocol.MAX_MESSAGE_BYTES)))


def test_missing_fields_with_defaults_are_filled_in() -> None:
    assert Decoder().feed(control_message({"t": "Ring", "leg": 7})) == [messages.Ring(7)]
