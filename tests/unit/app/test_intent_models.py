# ruff: noqa: RUF001  Chinese text is Chinese
import asyncio
import io
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from asr.recognizer import Recognizer, TurnRecognition
from dialog.flow import Flow
from dialog.flow_file import load_flow
from dialog.understanding.intents.examples import Lesson, lessons_of
from voxdesk.app import flow_trial
from voxdesk.app.commands.flow import app
from voxdesk.app.intents.early import EarlyReading
from voxdesk.app.intents.keeper import IntentKeeper
from voxdesk.app.intents.on_demand import intents_of
from voxdesk.app.intents.store import IntentStore
from voxdesk.app.intents.training import read_report, train_apart
from voxdesk.app.settings import Settings
from voxdesk.kernel.audio import FRAME_SAMPLES, AudioFrame, silence
from voxdesk.kernel.call import CallId, new_call_id
from voxdesk.kernel.errors import ModelMissing
from voxdesk.kernel.speech import AnswerKind, Choice, Expectation, Hypothesis, Transcript

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[3]
# In Chinese: its encoder loads fastest.
FLOW = """
language: zh
steps:
  menu:
    menu: 查包裹，还是退货？
    options:
      parcel:
        phrases: [我的包裹]
        examples: [我的包裹到哪里了, 我想知道快递什么时候到, 上周买的东西还没有收到]
        then: bye
      return:
        phrases: [退货]
        examples: [这个灯坏了我想退掉, 我要把衣服退回去, 不合适可以退钱吗]
        then: bye
  bye: {end: 再见。}
"""
SENTENCE = "我不想要了，能退款吗"
PLAIN = "steps:\n  bye: {end: Goodbye.}\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "config" / "flows" / "shop.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(FLOW)
    return path


@pytest.fixture
def flow(source: Path) -> Flow:
    return load_flow(source)


def test_a_training_makes_models_that_are_there_for_those_examples_only(
    flow: Flow, tmp_path: Path
) -> None:
    (lesson,) = lessons_of(flow)

    report = train_apart([lesson], tmp_path / "var")

    store = IntentStore(tmp_path / "var")
    models = store.load(lesson)
    assert [(line.step, line.options, line.examples) for line in report] == [("menu", 2, 8)]
    assert models is not None
    assert list(models) == ["menu"]
    assert store.load(replace(lesson, flow="other")) is None
    assert store.load(replace(lesson, steps={"menu": {"parcel": ("在哪里",)}})) is None
    assert not list((tmp_path / "var").rglob("*.new"))


def test_a_flow_whose_prompts_change_keeps_what_it_learnt(source: Path, flow: Flow) -> None:
    source.write_text(FLOW.replace("再见", "谢谢，再见"))

    assert lessons_of(load_flow(source)) == lessons_of(flow)


def test_a_disk_that_says_no_is_told_in_a_sentence(flow: Flow, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where a folder should be")

    with pytest.raises(ModelMissing, match=r"can't be learnt: .*var"):
        train_apart(lessons_of(flow), tmp_path / "var")


@pytest.mark.parametrize("out", [b"nonsense", b"{}\n", b"[1]\n", b"\xff\n"])
def test_a_report_that_makes_no_sense_is_an_error(out: bytes) -> None:
    with pytest.raises(ModelMissing, match="nonsense"):
        read_report("shop", 0, out, b"")


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"\0" * 1000])
def test_a_file_that_is_no_model_is_named_with_what_to_do(
    flow: Flow, tmp_path: Path, content: bytes
) -> None:
    store = IntentStore(tmp_path)
    (lesson,) = lessons_of(flow)
    path = store.path(lesson)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)

    with pytest.raises(ModelMissing, match=r"shop\.zh\.\w+\.npz.*voxdesk flow train shop"):
        store.load(lesson)


def test_names_of_flows_and_languages_lead_nowhere_else(tmp_path: Path) -> None:
    path = IntentStore(tmp_path).path(Lesson("../../shop", "../en", {}))

    assert path.resolve().is_relative_to(tmp_path)


@given(
    st.text(),
    st.dictionaries(st.text(), st.dictionaries(st.text(), st.lists(st.text()).map(tuple))),
)
def test_a_lesson_reaches_its_process_as_it_is(
    name: str, steps: dict[str, dict[str, tuple[str, ...]]]
) -> None:
    lesson = Lesson(name, "en", steps)

    text = lesson.to_text()
    assert Lesson.from_text(text) == lesson
    assert "\n" not in text


# ---------------------------------------------------------------- for a command


def test_a_command_learns_a_draft_once_and_says_so(flow: Flow, tmp_path: Path) -> None:
    said: list[str] = []

    for _ in range(2):
        model = intents_of(flow, tmp_path, said.append)
        assert model is not None
        found = model.classify("menu", "zh", SENTENCE)
        assert found is not None
        assert found[0] == "return"

    assert len(said) == 1
    assert "shop: learning its 8 examples" in said[0]


def test_a_damaged_model_is_learnt_anew_for_a_command(flow: Flow, tmp_path: Path) -> None:
    (lesson,) = lessons_of(flow)
    path = IntentStore(tmp_path).path(lesson)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"nonsense")
    said: list[str] = []

    assert intents_of(flow, tmp_path, said.append) is not None
    assert len(said) == 1


def test_what_is_published_was_learnt_before_and_its_tests_know_it(
    source: Path, flow: Flow, tmp_path: Path
) -> None:
    (source.parents[1] / "prompts").symlink_to(ROOT / "config" / "prompts")
    source.with_name("shop.tests.yaml").write_text(
        f"tests:\n  refund:\n    conversation:\n      - {{caller: {SENTENCE}, step: bye}}\n"
    )
    settings = Settings.model_validate(
        {"state_dir": tmp_path / "var", "config_dir": source.parents[1]}
    )

    report = flow_trial.run_trial(flow, source, settings)

    assert report.passed, report.details
    assert report.summary == "1 test passed"
    (lesson,) = lessons_of(flow)
    assert IntentStore(tmp_path / "var").load(lesson) is not None


# ---------------------------------------------------------------- in an engine


def test_an_engine_trains_what_is_missing_and_calls_understand_by_phrases_until_then(
    flow: Flow, tmp_path: Path
) -> None:
    async def run() -> None:
        keeper = IntentKeeper(tmp_path / "var")
        model = keeper.of(flow)
        assert model is not None
        assert model.classify("menu", "zh", SENTENCE) is None

        await keeper.settled()

        found = model.classify("menu", "zh", SENTENCE)
        assert found is not None
        assert found[0] == "return"
        assert model.classify("menu", "en", SENTENCE) is None
        assert model.classify("other", "zh", SENTENCE) is None
        assert keeper.troubles == {}
        await keeper.close()

    asyncio.run(run())


def test_a_flow_that_is_ready_is_understood_by_its_first_call(flow: Flow, tmp_path: Path) -> None:
    async def run() -> None:
        keeper = IntentKeeper(tmp_path / "var")

        await keeper.ready(flow)

        model = keeper.of(flow)
        assert model is not None
        assert model.classify("menu", "zh", SENTENCE) is not None
        await keeper.close()

    asyncio.run(run())


def test_a_version_that_was_live_is_forgotten_when_its_last_call_ends(
    flow: Flow, tmp_path: Path
) -> None:
    intents_of(flow, tmp_path, lambda _: None)

    async def run() -> None:
        keeper = IntentKeeper(tmp_path)
        old = keeper.of(flow)
        gone = weakref.ref(old)
        for version in ("2", "3", "4"):
            await keeper.ready(replace(flow, version=version))
        assert old is not None
        assert old.classify("menu", "zh", SENTENCE) is not None

        del old

        assert gone() is None
        await keeper.close()

    asyncio.run(run())


def test_a_damaged_model_is_made_anew(flow: Flow, tmp_path: Path) -> None:
    store = IntentStore(tmp_path / "var")
    (lesson,) = lessons_of(flow)
    path = store.path(lesson)
    path.parent.mkdir(parents=True)
    buffer = io.BytesIO()
    np.savez(buffer, header=np.zeros(3, np.uint8))
    path.write_bytes(buffer.getvalue())

    async def run() -> None:
        keeper = IntentKeeper(tmp_path / "var")
        await keeper.ready(flow)
        await keeper.close()

    asyncio.run(run())

    assert store.load(lesson) is not None


def test_a_training_that_fails_is_told_and_calls_go_on(flow: Flow, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where a folder should be")

    async def run() -> str:
        keeper = IntentKeeper(tmp_path / "var")
        model = keeper.of(flow)
        await keeper.settled()
        assert model is not None
        assert model.classify("menu", "zh", SENTENCE) is None
        await keeper.close()
        return keeper.troubles["shop"]

    assert "Callers of shop are understood by phrases only" in asyncio.run(run())


def test_an_engine_that_stops_does_not_wait_for_a_training(flow: Flow, tmp_path: Path) -> None:
    async def run() -> None:
        keeper = IntentKeeper(tmp_path / "var")
        keeper.of(flow)
        await asyncio.sleep(0)
        await keeper.close()

    asyncio.run(run())

    assert not list(tmp_path.rglob("*.npz"))


def test_a_flow_without_examples_needs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "plain.yaml"
    path.write_text(PLAIN)

    async def run() -> None:
        keeper = IntentKeeper(tmp_path)
        await keeper.ready(load_flow(path))
        assert keeper.of(load_flow(path)) is None

    asyncio.run(run())


# ---------------------------------------------------------------- before the dialogue asks


class HeardBefore(TurnRecognition):
    """A turn of which a recognizer always makes the same."""

    def __init__(self, transcript: Transcript | None) -> None:
        self.transcript = transcript
        self.frames = 0
        self.cancelled = False

    def accept(self, frame: AudioFrame) -> None:
        del frame
        self.frames += 1

    async def speculate(self, speech_end_s: float) -> Transcript | None:
        del speech_end_s
        return self.transcript

    async def finish(self, speech_end_s: float) -> Transcript:
        del speech_end_s
        return self.transcript or Transcript(())

    def cancel(self) -> None:
        self.cancelled = True


class Parrot(Recognizer):
    """A recognizer with one turn."""

    def __init__(self, turn: HeardBefore) -> None:
        self.turn = turn

    def open_turn(
        self, call_id: CallId, expectation: Expectation, *, start_s: float
    ) -> TurnRecognition:
        del call_id, expectation, start_s
        return self.turn


MENU = Expectation(
    kind=AnswerKind.CHOICE, choices=(Choice("return", ("a return",)),), sentences=True
)


@pytest.mark.parametrize(
    ("said", "expected", "read"),
    [
        (["the boots do not fit"], MENU, ["the boots do not fit"]),
        (
            ["the boots do not fit", "more", "and", "again"],
            MENU,
            ["the boots do not fit", "more", "and"],
        ),
        (["the boots do not fit", "a return", "more"], MENU, ["the boots do not fit"]),
        (["a return", "more"], MENU, []),
        (["no boots but a return", "a return"], MENU, ["no boots but a return"]),
        (["the boots do not fit"], replace(MENU, sentences=False), []),
        (["the boots do not fit"], Expectation(kind=AnswerKind.FREE), []),
        ([], MENU, []),
    ],
)
def test_sentences_are_read_before_the_dialogue_asks(
    said: list[str], expected: Expectation, read: list[str]
) -> None:
    seen: list[list[str]] = []
    transcript = Transcript(tuple(Hypothesis(text, 0.9) for text in said)) if said else None
    turn = HeardBefore(transcript)
    recognizer = EarlyReading(Parrot(turn), lambda _, texts: seen.append([*texts]))

    async def run() -> None:
        opened = recognizer.open_turn(new_call_id(), expected, start_s=0.0)
        opened.accept(AudioFrame(silence(FRAME_SAMPLES), 0))
        assert await opened.speculate(1.0) == transcript
        assert await opened.finish(1.0) == (transcript or Transcript(()))
        opened.cancel()

    asyncio.run(run())

    assert seen == ([read, read] if read else [])
    assert (turn.frames, turn.cancelled) == (1, True)


# ---------------------------------------------------------------- by command


def run_train(folder: Path, *arguments: str) -> tuple[int, str]:
    env = {
        "COLUMNS": "120",
        "VOXDESK_CONFIG_DIR": str(folder / "config"),
        "VOXDESK_STATE_DIR": str(folder / "var"),
    }
    result = CliRunner().invoke(app, ["train", *arguments], env=env)
    return result.exit_code, result.output


def test_the_command_trains_and_says_how_many_would_be_understood(
    source: Path, tmp_path: Path
) -> None:
    (source.parent / "plain.yaml").write_text(PLAIN)

    code, said = run_train(tmp_path)

    assert code == 0
    assert said.splitlines()[1].split()[:5] == ["shop", "zh", "menu", "2", "8"]
    assert said.rstrip().endswith("%")


def test_a_flow_without_examples_is_said_to_have_none(source: Path, tmp_path: Path) -> None:
    source.write_text(PLAIN)

    assert run_train(tmp_path, "shop") == (
        0,
        "No option of the flow shop has examples: there is nothing to learn.\n",
    )


def test_a_flow_that_is_not_there_is_answered_with_those_that_are(
    source: Path, tmp_path: Path
) -> None:
    code, said = run_train(tmp_path, "shopp")

    assert code == 1
    assert 'There is no flow "shopp"' in said
    assert 'Did you mean "shop"?' in said
