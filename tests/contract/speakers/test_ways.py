"""Every way of telling speakers apart keeps the same promises; only how well differs."""

import functools
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soxr
from fixtures.small_pyannote import make_folder

from asr.speaker_encoder import MfccVoices, SpeakerEncoder
from asr.speaker_encoder import is_installed as is_encoder_installed
from recordings.speakers import by_pyannote
from recordings.speakers.apart import D_VECTOR, MFCC, Turn
from recordings.speakers.by_pyannote import PyannoteWay
from recordings.speakers.way import Way
from tts.piper import PiperVoice
from voxdesk.app.imports.separating import ByVoices
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm

pytestmark = [pytest.mark.contract, pytest.mark.timeout(300)]
SAID = (
    "Good morning, this is the bank, how may I help you today?",
    "My parcel is missing, and nobody has told me where it is.",
    "I would like to speak to somebody about my account, please.",
)


@functools.cache
def voices() -> dict[str, list[Pcm]]:
    """Two people: a voice, and a higher one."""
    voice = PiperVoice()
    try:
        low = [np.concatenate(list(voice.synthesize(text))) for text in SAID]
    finally:
        voice.close()
    return {"low": low, "high": [soxr.resample(pcm, 21_000, 16_000) for pcm in low]}


@functools.cache
def conversation() -> Pcm:
    """They take turns, three each, with pauses."""
    pause = np.zeros(SAMPLE_RATE_HZ // 2, np.int16)
    turns = itertools.chain.from_iterable(
        zip(voices()["low"], voices()["high"], strict=True),
    )
    return np.concatenate([part for pcm in turns for part in (pcm, pause)])


def by_mfcc(_: Path) -> Way:
    return ByVoices(MfccVoices(), MFCC)


def by_d_vectors(_: Path) -> Way:
    if not is_encoder_installed():
        pytest.skip("needs the extra speakers: pip install 'voxdesk[speakers]'")
    return ByVoices(SpeakerEncoder(), D_VECTOR)


def by_pipeline(folder: Path) -> Way:
    if not by_pyannote.is_installed():
        pytest.skip("needs pyannote.audio, with torch: pip install 'voxdesk[diarize]'")
    make_folder(folder, voices(), steps=30)
    return PyannoteWay(folder)


WAYS: dict[str, Callable[[Path], Way]] = {
    "mfcc": by_mfcc,
    "d-vector": by_d_vectors,
    "pyannote": by_pipeline,
}


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Way:
    made = WAYS[request.param](tmp_path_factory.mktemp("pipeline"))
    assert made.name == request.param
    return made


def test_turns_are_in_order_one_at_a_time_and_numbered_as_first_heard(way: Way) -> None:
    sound = conversation()
    told: list[float] = []
    turns = way.turns(sound, told.append)

    assert turns
    assert all(isinstance(turn, Turn) for turn in turns)
    assert all(0 <= turn.start_s < turn.end_s for turn in turns)
    assert turns[-1].end_s <= len(sound) / SAMPLE_RATE_HZ + 0.1
    assert all(one.end_s <= other.start_s + 1e-6 for one, other in itertools.pairwise(turns))
    heard = list(dict.fromkeys(turn.speaker for turn in turns))
    assert heard == list(range(len(heard)))
    assert len(heard) <= 6
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
    assert way.turns(sound) == turns


@pytest.mark.parametrize("seconds", [0.0, 0.03, 2.0])
def test_where_nobody_speaks_there_is_no_turn(way: Way, seconds: float) -> None:
    assert way.turns(np.zeros(round(seconds * SAMPLE_RATE_HZ), np.int16)) == []


def test_who_is_told_how_far_it_is_may_end_the_work(way: Way) -> None:
    def cancelled(_: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        way.turns(conversation(), cancelled)
