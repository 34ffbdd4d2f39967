"""Replaying calls as the people do who run the hotline: by a command."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from fixtures.flow_house import SHOP, House
from fixtures.written_logs import ANSWERED_AT, written
from typer.testing import CliRunner

from crm.calls.entries import change
from crm.calls.repository import store
from crm.customers.phone import plan_of
from crm.sample_data import load_sample_data
from dialog.text_call import TextCall
from recordings.library import recording_path
from recordings.wav_file import WavFile
from voxdesk.app.commands.flow import app
from voxdesk.app.database import opened
from voxdesk.app.replaying import running
from voxdesk.kernel.audio import SAMPLES_PER_MS, AudioFrame
from voxdesk.kernel.call import CallId, EventKind
from voxdesk.kernel.clock import SystemClock
from voxdesk.kernel.errors import (
    DatabaseError,
    FlowError,
    RecognizerFailed,
    SettingsError,
    VoxdeskError,
)
from voxdesk.kernel.speech import Expectation, Hypothesis, Transcript

pytestmark = pytest.mark.integration
Voxdesk = Callable[..., str]
DRAFT = SHOP.replace("then: people}\n  returns", "then: bye}\n  returns")
ORDERS = {("order", "8364"): {"number": "8364", "status": "underway"}}


@pytest.fixture
def house(tmp_path: Path) -> House:
    found = House(tmp_path)
    found.keep_version()
    (found.flows / "shop.yaml").write_text(DRAFT)
    return found


@pytest.fixture
def voxdesk(house: House, monkeypatch: pytest.MonkeyPatch) -> Voxdesk:
    monkeypatch.chdir(house.folder)
    monkeypatch.setenv("VOXDESK_STATE_DIR", str(house.folder / "var"))
    monkeypatch.setenv("VOXDESK_CONFIG_DIR", "config")
    monkeypatch.delenv("VOXDESK_CONFIG", raising=False)

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["replay", *arguments], env={"COLUMNS": "140"})
        if isinstance(result.exception, VoxdeskError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def lost_and_found(house: House) -> None:
    house.keep("aa11", house.call(records=ORDERS).says("orders").says("8364"))
    house.keep("bb22", house.call().says("orders").says("8364").comes_back("connected"))


def test_calls_that_would_end_elsewhere_are_told_with_where_and_how(
    house: House, voxdesk: Voxdesk
) -> None:
    lost_and_found(house)

    told = voxdesk("shop")

    assert re.search(r"The same course +1 +50%", told)
    assert re.search(r"Another end +1 +50% +1 better", told)
    assert re.search(r"1 +gone +people +bye +person → done: 1 +bb22", told)


def test_the_version_that_calls_ran_on_changes_nothing(house: House, voxdesk: Voxdesk) -> None:
    lost_and_found(house)
    (house.folder / "same.yaml").write_text(SHOP)

    told = voxdesk("shop", "--draft", "same.yaml")

    assert re.search(r"The same course +2 +100%", told)


def test_a_draft_with_examples_understands_what_callers_said_then(
    house: House, voxdesk: Voxdesk
) -> None:
    house.keep("cc44", house.call().says("I would like my money back").says("returns"))
    orders = "phrases: [orders], examples: [where is my stuff, has it been sent, is it under way]"
    returns = (
        "phrases: [returns], examples: [give me my money back, it doesn't fit, I don't want it]"
    )
    draft = SHOP.replace("phrases: [orders]", orders).replace("phrases: [returns]", returns)
    (house.flows / "shop.yaml").write_text(draft)

    (replay,) = json.loads(voxdesk("shop", "--json"))["replays"]

    assert replay["before"]["steps"] == ["menu", "returns", "bye"]
    assert replay["kind"] != "same", "the menu isn't asked again"


def test_programs_get_all_of_it(house: House, voxdesk: Voxdesk) -> None:
    lost_and_found(house)

    found = json.loads(voxdesk("shop", "--json"))

    assert found["calls"] == 2
    assert found["kinds"] == {"same": 1, "words": 0, "way": 0, "end": 1, "not_replayed": 0}
    assert found["ends"] == [{"before": "person", "after": "done", "count": 1}]
    (parting,) = found["partings"]
    assert (parting["step"], parting["before"], parting["after"]) == ("gone", "people", "bye")
    other = next(one for one in found["replays"] if one["call"] == "bb22")
    assert other["after"]["steps"] == ["menu", "number", "find", "gone", "bye"]


def test_a_page_shows_it_without_a_word_of_a_caller(house: House, voxdesk: Voxdesk) -> None:
    lost_and_found(house)
    private = ("8364", "Wilhelmina", "underway")

    quiet = [voxdesk("shop", "--html", "report.html"), voxdesk("shop", "--json")]
    page = (house.folder / "report.html").read_text()
    chinese = voxdesk("shop", "--html", "zh.html", "--language", "zh")

    for text in (*quiet, page, chinese):
        assert not any(word in text for word in private)
    assert page.startswith("<!doctype html>")
    assert "prefers-color-scheme:dark" in page
    assert "<script" not in page
    assert 'src="' not in page
    assert 'data-from="gone" data-to="bye"' in page
    assert "▲ 1 more" in page
    assert "结局不同" in (house.folder / "zh.html").read_text()


def test_words_are_shown_to_whoever_asks_for_them(house: House, voxdesk: Voxdesk) -> None:
    lost_and_found(house)

    told = voxdesk("shop", "--words", "--html", "report.html", "--call", "bb")
    page = (house.folder / "report.html").read_text()

    assert "says “8364”" in told
    assert "says “8364”" in page
    assert "personal data" in page


def test_what_flows_and_callers_wrote_is_only_text(house: House, voxdesk: Voxdesk) -> None:
    house.keep("cc33", house.call().says("orders").says("</li><b>8364</b>").is_silent(9))

    voxdesk("shop", "--words", "--html", "report.html")

    assert "<b>8364" not in (house.folder / "report.html").read_text()


def test_calls_are_chosen_by_day_number_and_id(house: House, voxdesk: Voxdesk) -> None:
    house.keep("aa11", house.call().says("returns"), datetime.fromisoformat("2026-11-01T12:00Z"))
    house.keep("aa22", house.call().says("returns"), datetime.fromisoformat("2026-11-02T12:00Z"))
    house.keep("bb33", house.call().says("returns"), datetime.fromisoformat("2026-11-03T12:00Z"))

    def chosen(*arguments: str) -> list[str]:
        found = json.loads(voxdesk("shop", "--json", *arguments))
        return [one["call"] for one in found["replays"]]

    assert chosen() == ["bb33", "aa22", "aa11"]
    assert chosen("--last", "2") == ["bb33", "aa22"]
    assert chosen("--since", "2026-11-02") == ["bb33", "aa22"]
    assert chosen("--since", "2026-11-02", "--until", "2026-11-02") == ["aa22"]
    assert chosen("--call", "aa", "--call", "bb3") == ["bb33", "aa22", "aa11"]
    assert chosen("--call", "aa1") == ["aa11"]


def test_a_version_that_is_gone_is_said(house: House, voxdesk: Voxdesk) -> None:
    lost_and_found(house)
    for kept in (house.folder / "var" / "flows").glob("*/*.yaml"):
        kept.unlink()

    found = json.loads(voxdesk("shop", "--json"))

    assert found["kinds"]["not_replayed"] == 2
    assert found["not_replayed"][0]["cause"] == "no_version"
    assert "is gone" in voxdesk("shop")


def test_a_published_version_is_there_for_good(house: House, voxdesk: Voxdesk) -> None:
    lost_and_found(house)
    (house.flows / "shop.yaml").write_text(SHOP)
    published = CliRunner().invoke(
        app, ["publish", "shop", "--reason", "First.", "--author", "ann", "--yes"]
    )
    assert published.exit_code == 0, published.output
    (house.flows / "shop.yaml").write_text(DRAFT)
    for kept in (house.folder / "var" / "flows").glob("*/*.yaml"):
        kept.unlink()

    assert json.loads(voxdesk("shop", "--json"))["kinds"]["not_replayed"] == 0


def test_the_crm_answers_what_was_not_looked_up_only_where_it_may(
    house: House, voxdesk: Voxdesk
) -> None:
    (house.flows / "shop.yaml").write_text(SHOP.replace('"{{ nr }}"', '"4711"'))
    with opened(house.url) as database, database.transaction() as session:
        load_sample_data(session, SystemClock().now(), plan_of("US"))
    house.keep("aa11", house.call(records=ORDERS).says("orders").says("8364"))

    unknown = json.loads(voxdesk("shop", "--json"))
    known = json.loads(voxdesk("shop", "--json", "--crm"))

    assert unknown["not_replayed"] == [
        {"cause": "lookup", "step": "find", "what": "order", "count": 1}
    ]
    assert known["kinds"]["not_replayed"] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("shop",), "no finished calls"),
        (("shop", "--language", "fr"), "en or zh"),
        (("nothing",), "nothing.yaml"),
        (("shop", "--draft", "gone.yaml"), "gone.yaml"),
        (("../shop",), "no name of a flow"),
    ],
)
def test_what_cannot_be_done_is_said(
    voxdesk: Voxdesk, arguments: tuple[str, ...], told: str
) -> None:
    with pytest.raises((SettingsError, FlowError), match=told):
        voxdesk(*arguments)


def test_a_draft_with_mistakes_is_told_by_line(house: House, voxdesk: Voxdesk) -> None:
    lost_and_found(house)
    (house.flows / "shop.yaml").write_text(DRAFT.replace("then: find}", "then: fnid}"))

    with pytest.raises(FlowError, match='goes to "fnid"'):
        voxdesk("shop")


def test_a_page_that_cannot_be_written_is_said(house: House, voxdesk: Voxdesk) -> None:
    lost_and_found(house)

    with pytest.raises(SettingsError, match="can't be written"):
        voxdesk("shop", "--html", "nowhere/report.html")


# ------------------------------------------------------------------ by ear


class Parrot:
    """A recognizer that hears what it is taught, and remembers what it was told to expect."""

    name = "parrot"

    def __init__(self, *words: str) -> None:
        self.words = list(words)
        self.asked: list[Expectation] = []
        self.samples: list[int] = []

    def open_turn(self, _call: CallId, expected: Expectation, *, start_s: float) -> "Parrot":
        del start_s
        self.asked.append(expected)
        self.samples.append(0)
        return self

    def accept(self, frame: AudioFrame) -> None:
        self.samples[-1] += len(frame.pcm)

    async def finish(self, _end_s: float) -> Transcript:
        if not self.words:
            raise RecognizerFailed("is tired", engine=self.name)
        return Transcript((Hypothesis(self.words.pop(0), 0.9),), engine=self.name)

    def cancel(self) -> None:
        pass

    async def close(self) -> None:
        pass


def recorded_call(house: House, call_id: str, call: TextCall, *, silent: bool = False) -> None:
    """A call whose recording has a tone where the caller spoke."""
    house.keep(call_id, call)
    log = written(call, house.flow, house.dialogue.languages, call_id=call_id)
    name = recording_path(CallId(call_id), ANSWERED_AT)
    file = WavFile(house.folder / "var" / "recordings" / name, 16_000)
    for event in log:
        if event.kind is EventKind.HEARD:
            start = int(event.data["speech_start_ms"]) * SAMPLES_PER_MS
            end = int(event.data["speech_end_ms"]) * SAMPLES_PER_MS
            tone = np.full((end - start, 2), 0 if silent else 900, np.int16)
            file.write(start, tone)
    file.extend(60_000 * SAMPLES_PER_MS)
    file.close()
    with opened(house.url) as database, database.transaction() as session:
        store(session, [change(call_id, {"recording_path": name})])


@pytest.fixture
def teach(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Parrot]:
    def taught(*words: str) -> Parrot:
        parrot = Parrot(*words)
        monkeypatch.setattr(running, "load_recognizer", lambda *_: parrot)
        return parrot

    return taught


def test_recordings_are_heard_anew_with_what_the_draft_expects(
    house: House, voxdesk: Voxdesk, teach: Callable[..., Parrot]
) -> None:
    recorded_call(house, "aa11", house.call(records=ORDERS).says("orders").says("8364"))
    parrot = teach("Orders.", "eight three six four")

    found = json.loads(voxdesk("shop", "--audio", "--json"))

    assert found["recognizer"] == "parrot"
    assert found["heard"] == {"turns": 2, "otherwise": 1, "without_sound": 0, "failed": 0}
    assert found["kinds"]["words"] == 1
    assert [choice.value for choice in parrot.asked[0].choices] == ["orders", "returns"]
    assert parrot.asked[1].min_digits == 4
    # Words of 0.4 s, with what comes before and after them.
    assert all(samples == 1000 * SAMPLES_PER_MS for samples in parrot.samples)


def test_a_turn_that_is_heard_otherwise_may_lead_elsewhere(
    house: House, voxdesk: Voxdesk, teach: Callable[..., Parrot]
) -> None:
    recorded_call(house, "aa11", house.call(records=ORDERS).says("orders").says("8364"))
    teach("returns")

    told = voxdesk("shop", "--audio")

    assert re.search(r"1 +menu +number +returns", told)
    assert "1 turns were heard otherwise" in told


def test_what_has_no_sound_goes_by_what_was_heard_then_and_is_said(
    house: House, voxdesk: Voxdesk, teach: Callable[..., Parrot]
) -> None:
    recorded_call(
        house, "aa11", house.call(records=ORDERS).says("orders").says("8364"), silent=True
    )
    house.keep("bb22", house.call().says("returns"))
    teach()

    found = json.loads(voxdesk("shop", "--audio", "--json"))

    assert found["kinds"]["same"] == 2
    assert found["heard"] == {"turns": 0, "otherwise": 0, "without_sound": 3, "failed": 0}


def test_a_recognizer_that_fails_is_said(
    house: House, voxdesk: Voxdesk, teach: Callable[..., Parrot]
) -> None:
    recorded_call(house, "aa11", house.call().says("returns"))
    teach()

    assert "1 failed" in voxdesk("shop", "--audio")


def test_a_replay_that_was_stopped_goes_on_where_it_was(
    house: House, voxdesk: Voxdesk, teach: Callable[..., Parrot], monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded_call(house, "aa11", house.call().says("returns"))
    recorded_call(house, "bb22", house.call(records=ORDERS).says("orders").says("8364"))
    parrot = teach("returns", "orders", "8364")
    finish = parrot.finish

    async def stopped_at_the_last(end_s: float) -> Transcript:
        if len(parrot.words) == 1:
            raise KeyboardInterrupt
        return await finish(end_s)

    parrot.finish = stopped_at_the_last  # type: ignore[method-assign]
    first = CliRunner().invoke(app, ["replay", "shop", "--audio"])
    kept = [path.stat().st_mode for path in (house.folder / "var" / "replays").glob("*.jsonl")]
    again = teach("8364")
    found = json.loads(voxdesk("shop", "--audio", "--json"))

    assert first.exit_code == 130
    assert "goes on where it was" in first.output
    assert [mode & 0o777 for mode in kept] == [0o600]
    assert len(again.asked) == 1, "what was heard before is not heard again"
    assert found["heard"]["turns"] == 3
    assert not list((house.folder / "var" / "replays").glob("*.jsonl")), "nothing of it stays"


def test_a_database_that_is_away_is_said(
    house: House, voxdesk: Voxdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_folder = house.flows / "shop.yaml"
    monkeypatch.setenv("VOXDESK_DATABASE__URL", f"sqlite:///{no_folder}/calls.db")

    with pytest.raises(DatabaseError):
        voxdesk("shop")


def test_keys_of_a_number_are_one_line(house: House, voxdesk: Voxdesk) -> None:
    house.keep("bb22", house.call().says("orders").presses("8364#").comes_back("connected"))
    house.keep("cc33", house.call().says("orders").presses("83").says("8364"))

    told = voxdesk("shop", "--words")

    assert "presses 8 3 6 4 #" in told


def test_a_subflow_comes_along_and_its_step_may_get_another_name(
    house: House, voxdesk: Voxdesk
) -> None:
    (house.flows / "ask.yaml").write_text(
        "steps:\n  nr: {ask: digits, prompt: Your number?, then: done}\n  done: {return: done}\n"
    )
    text = "steps:\n  check: {subflow: ask, outcomes: {done: bye}}\n  bye: {end: Goodbye.}\n"
    (house.flows / "shop.yaml").write_text(text)
    house.read()
    house.keep("aa11", house.call().says("8 3 6 4"))
    house.keep_version()
    (house.flows / "shop.yaml").write_text(text.replace("check", "verify"))

    found = json.loads(voxdesk("shop", "--json"))

    assert found["kinds"]["same"] == 1, found["replays"]
    assert found["replays"][0]["before"]["steps"] == ["check", "check/nr", "check/done", "bye"]
