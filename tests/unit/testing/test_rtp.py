import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from voxdesk.kernel.errors import ProtocolError
from voxdesk.testing.rtp_codec import CODECS, PCMU, Codec
from voxdesk.testing.rtp_packet import RtpPacket, key_events, read_event
from voxdesk.testing.rtp_receive import ReceivedAudio

pytestmark = pytest.mark.unit

LOUD = PCMU.encode(np.full(160, 8000, np.int16))
QUIET = PCMU.encode(np.zeros(160, np.int16))


def packet(index: int, payload: bytes = LOUD, *, source: int = 1, stamp: int = 1000) -> RtpPacket:
    return RtpPacket(0, index, (stamp + 160 * index) % (1 << 32), source, payload)


@pytest.mark.parametrize(("name", "subtype"), [("PCMU", "ULAW"), ("PCMA", "ALAW")])
def test_g711_is_what_libsndfile_says(name: str, subtype: str) -> None:
    codec = CODECS[name]
    every_code = bytes(range(256))

    theirs, _ = soundfile.read(
        io.BytesIO(every_code),
        dtype="int16",
        samplerate=8000,
        channels=1,
        format="RAW",
        subtype=subtype,
    )

    assert np.array_equal(codec.decode(every_code), theirs)


@pytest.mark.parametrize("codec", CODECS.values(), ids=lambda codec: codec.name)
def test_g711_picks_the_nearest_step(codec: Codec) -> None:
    every_sample = np.arange(-32768, 32768, dtype=np.int32).astype(np.int16)

    error = np.abs(codec.decode(codec.encode(every_sample)).astype(int) - every_sample)

    # Half a step, which grows with magnitude (mu-law adds 132 to it) from 8 near zero (A-law).
    assert (error <= np.maximum((np.abs(every_sample.astype(int)) + 132) / 31, 9)).all()


@given(
    st.integers(0, 127).filter(lambda t: not 72 <= t <= 76),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.binary(max_size=320),
)
def test_packets_survive_the_wire(kind: int, sequence: int, stamp: int, payload: bytes) -> None:
    sent = RtpPacket(kind, sequence, stamp, 42, payload, marker=sequence % 2 == 0)

    assert RtpPacket.parse(sent.encode()) == sent


@given(st.binary(max_size=60))
def test_any_datagram_is_taken_or_left(datagram: bytes) -> None:
    RtpPacket.parse(datagram)


def test_a_key_is_pressed_and_let_go() -> None:
    events = [read_event(payload) for payload in key_events("#")]

    assert events[0] == ("#", False)
    assert events[-3:] == [("#", True)] * 3
    with pytest.raises(ProtocolError):
        next(key_events("x"))


def test_lost_packets_are_silence_and_the_rest_keeps_its_place() -> None:
    audio = ReceivedAudio()
    for index in (0, 1, 4, 3):
        audio.accept(packet(index), PCMU, 10.0 + 0.02 * index)

    loud = audio.heard.pcm.reshape(-1, 160).any(axis=1)

    assert loud.tolist() == [True, True, False, True, True]
    assert audio.report.lost == 1
    assert audio.report.late_order == 1


def test_timestamps_that_wrap_are_no_gap() -> None:
    audio = ReceivedAudio()
    for index in range(5):
        audio.accept(packet(index, stamp=(1 << 32) - 320), PCMU, 10.0 + 0.02 * index)

    assert len(audio.heard.pcm) == 800
    assert audio.heard.pcm.all()


def test_audio_is_heard_when_it_comes_not_when_it_was_due() -> None:
    audio = ReceivedAudio()
    for index in range(10):
        audio.accept(packet(index, QUIET), PCMU, 10.0 + 0.02 * index)
    audio.accept(packet(10), PCMU, 10.2 + 0.090)  # held up by 90 ms

    assert audio.first_audible(0.0) == pytest.approx(10.290)


def test_a_burst_is_heard_one_piece_after_the_other() -> None:
    audio = ReceivedAudio()
    for index in range(5):
        audio.accept(packet(index), PCMU, 10.0)

    assert audio.audible() == pytest.approx([10.0, 10.02, 10.04, 10.06, 10.08])
    assert audio.last_audible_end() == pytest.approx(10.10)


def test_silence_absorbs_earlier_lateness() -> None:
    audio = ReceivedAudio()
    audio.accept(packet(0), PCMU, 10.0)
    audio.accept(packet(1), PCMU, 10.120)  # 100 ms late
    for index in range(2, 12):
        audio.accept(packet(index, QUIET), PCMU, max(10.120, 10.0 + 0.02 * index))
    audio.accept(packet(12), PCMU, 10.24)

    assert audio.audible()[-1] == pytest.approx(10.24)


def test_a_new_stream_goes_on_where_the_clock_is() -> None:
    audio = ReceivedAudio()
    audio.accept(packet(0), PCMU, 10.0)
    audio.accept(packet(7, source=2, stamp=900_000), PCMU, 11.0)

    heard = audio.heard

    assert heard.between(11.0, 11.02).pcm.all()
    assert not heard.between(10.5, 10.9).pcm.any()


@given(st.lists(st.floats(0.0, 0.3), min_size=2, max_size=60), st.data())
def test_however_the_network_behaves_nothing_is_heard_before_it_came(
    delays_s: list[float], data: st.DataObject
) -> None:
    audio = ReceivedAudio()
    arrivals = sorted((0.02 * i + delay, i) for i, delay in enumerate(delays_s))
    kept = [a for a in arrivals if data.draw(st.booleans()) or a is arrivals[0]]
    for arrival_s, index in kept:
        audio.accept(packet(index), PCMU, 100.0 + arrival_s)

    moments = audio.audible()

    assert len(moments) == len(kept)
    assert moments == sorted(moments)
    assert moments[0] >= 100.0 + kept[0][0] - 1e-9
    assert moments[-1] <= 100.0 + kept[-1][0] + 0.02 * len(kept)
