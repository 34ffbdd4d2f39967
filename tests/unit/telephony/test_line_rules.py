"""The line's rules that need no SIP: time limits, throttle, settings, causes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony import messages
from telephony.causes import cause_of
from telephony.line import throttle, watch
from telephony.line.settings import LineSettings, TrunkSettings
from telephony.line.throttle import SetupThrottle
from telephony.line.watch import LegWatch
from telephony.messages import LegAudio, LegEnded
from telephony.wire_events import leg_event, pcm_from_wire, pcm_to_wire
from voxdesk.kernel import audio
from voxdesk.kernel.call import EndCause
from voxdesk.kernel.errors import ProtocolError

pytestmark = pytest.mark.unit

LIMITS = LineSettings(
    react_timeout_s=5, ring_timeout_s=60, ack_timeout_s=8, media_timeout_s=20, max_call_s=100
)


def test_an_engine_has_five_seconds_to_react_and_the_caller_a_minute_to_ring() -> None:
    leg = LegWatch(LIMITS, 10.0)
    assert leg.due(14.9) is None
    assert leg.due(15.0) == watch.NO_REACTION

    leg.ringing(14.0)
    leg.ringing(40.0)
    assert leg.due(73.9) is None
    assert leg.due(74.0) == watch.RANG_TOO_LONG


def test_an_answer_without_ack_is_given_up() -> None:
    leg = LegWatch(LIMITS, 0.0)
    leg.answering(1.0)
    assert leg.due(8.9) is None
    assert leg.due(9.0) == watch.NO_ACK


def test_a_call_lives_as_long_as_packets_come_and_no_longer_than_its_cap() -> None:
    leg = LegWatch(LIMITS, 0.0)
    leg.up(0.0)
    for second in range(1, 40):
        leg.packets(50 * second, float(second))
        assert leg.due(float(second)) is None

    for second in range(40, 59):
        leg.packets(50 * 39, float(second))
        assert leg.due(float(second)) is None
    assert leg.due(59.0) == watch.MEDIA_LOST

    leg.packets(1, 59.0)  # a new stream counts from the beginning
    assert leg.due(59.0) is None
    assert leg.due(100.0) == watch.TOO_LONG


def test_on_hold_silence_is_expected_and_afterwards_the_wait_begins_anew() -> None:
    leg = LegWatch(replace(LIMITS, max_call_s=1000), 0.0)
    leg.up(0.0)
    leg.held(10.0, on=True)
    assert leg.due(500.0) is None
    leg.held(500.0, on=False)
    assert leg.due(519.0) is None
    assert leg.due(520.0) == watch.MEDIA_LOST


def test_dialling_has_its_own_limit_and_ringing_does_not_stretch_it() -> None:
    leg = LegWatch(LIMITS, 0.0, dial_timeout_s=30.0)
    leg.ringing(20.0)
    assert leg.due(29.9) is None
    assert leg.due(30.0) == watch.NOT_ANSWERED


@given(st.lists(st.floats(0, 0.2), max_size=200))
def test_never_more_set_ups_in_a_window_than_there_are_sockets_for(pauses: list[float]) -> None:
    gate = SetupThrottle()
    now_s, begun = 0.0, []
    for pause in pauses:
        now_s += pause
        if not gate.crowded(now_s):
            gate.begin(now_s)
            begun.append(now_s)
    for moment in begun:
        recent = [b for b in begun if moment - throttle.WINDOW_S < b <= moment]
        assert len(recent) <= throttle.SETUPS


def test_settings_cross_to_the_line_and_hide_the_password() -> None:
    settings = LineSettings(
        codecs=("PCMA", "G722"),
        srtp="mandatory",
        trunk=TrunkSettings("sip:trunk.example", "us", "s3cret"),
    )

    assert LineSettings.from_json(settings.to_json()) == settings
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    "wrong",
    [{"codecs": ()}, {"codecs": ("opus",)}, {"transports": ("tls",)}, {"srtp": "maybe"}],
)
def test_a_wrong_setting_names_itself(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        LineSettings(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (486, EndCause.BUSY),
        (600, EndCause.BUSY),
        (408, EndCause.NO_ANSWER),
        (480, EndCause.NO_ANSWER),
        (503, EndCause.FAILED),
        (404, EndCause.REFUSED),
        (603, EndCause.REFUSED),
    ],
)
def test_what_a_refusal_means(code: int, cause: EndCause) -> None:
    assert cause_of(code) is cause


def test_the_line_and_the_engine_count_audio_alike() -> None:
    assert messages.SAMPLE_RATE_HZ == audio.SAMPLE_RATE_HZ
    assert messages.FRAME_MS == audio.FRAME_MS
    assert messages.FRAME_BYTES == 2 * audio.FRAME_SAMPLES


@given(st.binary(max_size=64).map(lambda data: data[: len(data) // 2 * 2]))
def test_samples_survive_the_wire(data: bytes) -> None:
    assert pcm_to_wire(pcm_from_wire(data)) == data


def test_silence_sent_is_none_and_a_cause_that_there_is_not_is_refused() -> None:
    event = leg_event(LegAudio(1, 320, bytes(640)))
    assert event.sent is None  # type: ignore[union-attr]
    with pytest.raises(ProtocolError, match="no cause"):
        leg_event(LegEnded(1, "tired"))
