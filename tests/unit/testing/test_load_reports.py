"""What the load commands make of what they saw, on calls and samples made by hand."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from recordings.library import RecordingLibrary
from tests.bench.curve import Step, picture, read, write
from tests.bench.records import Record
from tests.soak.account import account
from tests.soak.growth import Sample, growth, name_of, percent_more
from tests.soak.traffic import Placed

pytestmark = pytest.mark.unit
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "2026/01/01/id.wav"
    path.parent.mkdir(parents=True)
    soundfile.write(path, np.zeros((5 * 16000, 2), np.int16), 16000, subtype="PCM_16")
    return path


def record(caller: str, recording: Path | None) -> Record:
    library = RecordingLibrary(recording.parents[3] if recording else Path())
    name = str(recording.relative_to(library.root)) if recording else ""
    return Record("id", caller, NOW, NOW, NOW, "caller_hung_up", (), name, library)


def talked(number: int, seconds: float = 5.0) -> Placed:
    return Placed("short", f"+1777{number:07}", answered_s=100.0, ended_s=100.0 + seconds)


def test_a_call_with_its_record_and_recording_is_accounted_for(recording: Path) -> None:
    found = account([talked(1)], [record("+17770000001", recording)])

    assert found.is_clean
    assert (found.dialled, found.answered) == (1, 1)
    assert found.causes == {"caller_hung_up": 1}


def test_each_thing_that_a_call_can_lack_is_found(recording: Path) -> None:
    whole = record("+17770000001", recording)
    records = [
        replace(whole, caller="+17770000002", ended_at=None, cause=""),
        replace(whole, caller="+17770000003", recording=""),
        replace(whole, caller="+17770000004"),
        replace(whole, caller="+17770000004"),
        replace(whole, caller="+17779999999"),
        replace(whole, caller="slot"),
    ]

    found = account([talked(1), talked(2), talked(3), talked(4, seconds=9.0)], records)

    assert not found.is_clean
    assert found.without_record == 1
    assert found.without_end == 1
    assert found.without_recording == 1
    assert found.wrong_length == 1
    assert found.double_records == 1
    assert found.unknown_records == 1


def test_a_refusal_and_a_call_taken_back_at_once_need_no_record() -> None:
    refused = Placed("short", "+17770000001", status=486)
    cancelled = Placed("cancelled", "+17770000002")

    found = account([refused, cancelled], [])

    assert found.is_clean
    assert found.refused == 1


def test_a_call_that_one_line_refused_late_and_the_next_took_may_have_two_records(
    recording: Path,
) -> None:
    refused = replace(record("+17770000001", None), answered_at=None, cause="error")

    assert account([talked(1)], [refused, record("+17770000001", recording)]).is_clean


def test_growth_is_by_the_hour_and_leaves_the_warming_up_out() -> None:
    samples = [
        Sample(at_s, "engine", 100 + (50 if at_s < 10 else 0) + at_s / 3600, 0.0, 7, 3)
        for at_s in map(float, range(100))
    ]

    grown = growth(samples)["engine"]

    assert grown["pss_mb"] == pytest.approx(1.0, abs=0.1)
    assert grown["descriptors"] == 0
    assert percent_more({"pss_mb": 200.0}, {"pss_mb": 210.0}) == {"pss_mb": 5.0}


def test_processes_have_names_that_people_know() -> None:
    assert name_of(["python", "-m", "telephony.line", "--name", "line-2"]) == "line-2"
    assert name_of(["python", "-m", "voxdesk.app.cli", "serve"]) == "engine"
    assert name_of(["/usr/sbin/kamailio", "-f", "x"]) == "kamailio"


def steps() -> list[Step]:
    one = Step(1, 1, 10, 6.5, 600, 700, 0, 0, 500, 0, 0, 21, 0, 20, 3, 1, 600, 700, 1, trusted=True)
    return [one, replace(one, callers=2, v2v_p95_ms=None), replace(one, callers=5, completed=4)]


def test_a_curve_is_kept_gone_on_with_and_drawn(tmp_path: Path) -> None:
    write(tmp_path / "curve.json", {"tiny.en": steps()}, seconds=75)

    assert read(tmp_path / "curve.json") == {"tiny.en": steps()}
    drawn = ET.fromstring(picture("tiny.en", steps()))  # noqa: S314  our own
    assert any("p95" in (text.text or "") for text in drawn.iter())


def test_a_curve_ends_where_calls_are_lost_or_nobody_is_answered() -> None:
    good, mute, lost = steps()

    assert not good.is_broken
    assert mute.is_broken
    assert lost.is_broken
