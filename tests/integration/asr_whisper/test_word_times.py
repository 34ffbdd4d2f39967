"""When the words of a call were said, measured on the packaged voice's words at known places."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr.whisper_model import WhisperModel
from asr.whisper_models import find_model
from asr.word_times import Aligner
from crm.calls.call_log import CallLog
from crm.calls.entries import NewCall
from crm.calls.repository import events_of
from crm.transcripts.model import Side
from crm.transcripts.repository import transcript_of
from recordings.library import RecordingLibrary, recording_path
from tts.piper import PiperVoice
from voxdesk.app.database import prepare
from voxdesk.app.jobs.house import JobsHouse
from voxdesk.app.jobs.word_times import measure
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm, silence
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind
from voxdesk.kernel.clock import SystemClock

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

WORDS = ("delivery", "tomorrow", "please")
PAUSE_S = 0.8
NEAR_S = 0.25


def place(words: tuple[str, ...]) -> tuple[Pcm, list[tuple[float, float]]]:
    """The words with pauses between, and where each is."""
    voice = PiperVoice()
    parts, places, at = [], [], 0
    for word in words:
        pcm = np.concatenate(list(voice.synthesize(word)))
        loud = np.flatnonzero(np.abs(pcm) > 600)
        pcm = pcm[loud[0] : loud[-1]]
        places.append((at / SAMPLE_RATE_HZ, (at + len(pcm)) / SAMPLE_RATE_HZ))
        pause = silence(round(PAUSE_S * SAMPLE_RATE_HZ))
        parts += [pcm, pause]
        at += len(pcm) + len(pause)
    voice.close()
    return np.concatenate(parts), places


@pytest.fixture(scope="module")
def placed() -> tuple[Pcm, list[tuple[float, float]]]:
    return place(WORDS)


def test_words_are_found_where_they_were_said(
    placed: tuple[Pcm, list[tuple[float, float]]], tmp_path: Path
) -> None:
    pcm, places = placed
    prepare(f"sqlite:///{tmp_path / 'voxdesk.db'}")
    settings = Settings(state_dir=tmp_path)
    database = Database(settings.database_url)
    call_id, began = CallId("c1"), datetime(2026, 3, 1, 12, tzinfo=UTC)
    name = recording_path(call_id, began)
    (tmp_path / "recordings" / name).parent.mkdir(parents=True)
    lead = silence(SAMPLE_RATE_HZ)
    left = np.concatenate([lead, pcm])
    sound = np.stack([left, np.zeros_like(left)], 1)
    soundfile.write(tmp_path / "recordings" / name, sound, SAMPLE_RATE_HZ, subtype="PCM_16")
    log = CallLog(database, tmp_path / "spool")
    log.open_call(NewCall(call_id, Direction.INBOUND, began, language="en"))
    end_ms = round(1000 * (1 + places[-1][1]))
    heard = {"text": " ".join(WORDS), "speech_start_ms": 1000, "speech_end_ms": end_ms}
    log.record(CallEvent(call_id, EventKind.HEARD, began, end_ms, heard))
    log.update_call(call_id, recording_path=name)
    log.close()
    library = RecordingLibrary(tmp_path / "recordings")

    measure(JobsHouse(settings, database, SystemClock(), library), call_id)

    with database.reading() as session:
        [said] = transcript_of(session, call_id, events_of(session, call_id))
    database.close()
    assert said.side is Side.CALLER
    assert tuple(word.text for word in said.words) == WORDS
    for word, (start_s, end_s) in zip(said.words, places, strict=True):
        assert abs(word.start_ms / 1000 - 1 - start_s) < NEAR_S
        # Attention may give a word the silence after it, never the next word's beginning.
        assert end_s - NEAR_S < word.end_ms / 1000 - 1 < end_s + PAUSE_S


def test_what_cant_be_measured_is_left() -> None:
    aligner = Aligner(WhisperModel(find_model("tiny.en", models_dir=Path("var")), name="tiny.en"))
    second = np.full(SAMPLE_RATE_HZ, 300, np.int16)
    assert aligner.align(silence(SAMPLE_RATE_HZ), ["hello"], language="en") is None
    assert aligner.align(second[:100], ["hello"], language="en") is None
    assert aligner.align(second, [], language="en") is None
    assert aligner.align(np.tile(second, 30), ["hello"], language="en") is None
    assert not aligner.understands("zh-CN")
