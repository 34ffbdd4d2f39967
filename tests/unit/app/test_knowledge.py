# ruff: noqa: RUF001  Chinese text is Chinese
import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from crm.calls.entries import LoggedEvent
from crm.calls.repository import store
from crm.questions.repository import Unanswered
from dialog.events import Search
from dialog.flow import Flow
from dialog.flow_file import load_flow
from dialog.knowledge.index import Wordings
from dialog.knowledge.library import library_of
from voxdesk.app.commands.knowledge import app
from voxdesk.app.database import opened
from voxdesk.app.knowledge.keeper import KnowledgeKeeper
from voxdesk.app.knowledge.on_demand import library_for
from voxdesk.app.knowledge.reading import read_apart
from voxdesk.app.knowledge.store import VectorStore
from voxdesk.app.knowledge.unanswered import summarize
from voxdesk.kernel.call import CallEvent, CallId, EventKind
from voxdesk.kernel.errors import ModelMissing

pytestmark = pytest.mark.unit

# In Chinese: its encoder loads fastest.
KNOWLEDGE = """
languages: [zh]
questions:
  period:
    question: 多久之内可以退货？
    variants: [几天内能退货, 买了一个月还能退吗]
    answer: 30天内。
  open:
    question: 几点开门？
    variants: [营业时间]
    answer: 九点。
"""
FLOW = """
language: zh
knowledge: shop
steps:
  ask: {answer: 您想知道什么？, then: bye, unknown: bye}
  bye: {end: 再见。}
"""
ASKED = Search(1, ("这个我不想要了，多久以内可以退",), "zh", ("shop",), "2026-11-21")
TODAY = "2026-11-21"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config folder with one flow and what it knows."""
    for folder, text in (("flows", FLOW), ("knowledge", KNOWLEDGE)):
        (tmp_path / "config" / folder).mkdir(parents=True)
        (tmp_path / "config" / folder / "shop.yaml").write_text(text)
    prompts = Path(__file__).parents[3] / "config" / "prompts"
    (tmp_path / "config" / "prompts").symlink_to(prompts)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOXDESK_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("VOXDESK_STATE_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("VOXDESK_CONFIG", raising=False)
    (tmp_path / "var").mkdir()
    return tmp_path / "config"


@pytest.fixture
def flow(config: Path) -> Flow:
    return load_flow(config / "flows" / "shop.yaml")


def wordings(flow: Flow) -> Wordings:
    return library_of(flow.knowledge).wordings("zh")


# ------------------------------------------------------------------ the store


def test_what_was_read_is_there_for_those_wordings_only(flow: Flow, tmp_path: Path) -> None:
    read_apart([wordings(flow)], tmp_path / "var")

    store = VectorStore(tmp_path / "var")
    vectors = store.load(wordings(flow))
    assert vectors is not None
    assert vectors.shape == (5, 512)
    assert store.load(Wordings("zh", (), ("别的",), ())) is None
    assert not list((tmp_path / "var").rglob("*.new"))


@pytest.mark.parametrize(
    "content",
    [b"", b"{}\n", b'{"dimensions": 2}\n', b'{"dimensions": -1}\n', b"\0" * 1000,
     b'{"dimensions": 1}\n' + np.full(5, np.nan, np.float16).tobytes()],
)  # fmt: skip
def test_a_file_that_has_something_else_is_named(
    flow: Flow, tmp_path: Path, content: bytes
) -> None:
    store = VectorStore(tmp_path)
    path = store.path(wordings(flow))
    path.parent.mkdir()
    path.write_bytes(content)

    with pytest.raises(ModelMissing, match=path.name):
        store.load(wordings(flow))


def test_a_disk_that_says_no_is_told_in_a_sentence(flow: Flow, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file where a folder should be")

    with pytest.raises(ModelMissing, match=r"The questions can't be read: .*file"):
        read_apart([wordings(flow)], tmp_path / "file")


# ------------------------------------------------------------------ an engine


def test_an_engine_answers_by_letters_at_once_and_by_meaning_soon(
    flow: Flow, tmp_path: Path
) -> None:
    async def scenario() -> None:
        keeper = KnowledgeKeeper(tmp_path / "var", lambda: TODAY)
        search = keeper.of(flow)
        assert search(Search(1, ("营业时间",), "zh", ("shop",), TODAY))[0].question == "shop/open"

        await keeper.ready(flow)

        assert search(ASKED)[0].question == "shop/period"
        assert keeper.troubles == {}
        await keeper.close()

    asyncio.run(scenario())
    assert VectorStore(tmp_path / "var").load(wordings(flow)) is not None


def test_a_call_keeps_what_it_began_with(flow: Flow, config: Path, tmp_path: Path) -> None:
    path = config / "knowledge" / "shop.yaml"
    path.write_text(KNOWLEDGE.replace("  open:", "  hours:"))
    later = load_flow(config / "flows" / "shop.yaml")
    assert later.version != flow.version

    async def scenario() -> None:
        keeper = KnowledgeKeeper(tmp_path / "var", lambda: TODAY)
        before, after = keeper.of(flow), keeper.of(later)
        await keeper.settled()

        hours = Search(1, ("营业时间",), "zh", ("shop",), TODAY)
        assert before(hours)[0].question == "shop/open"
        assert after(hours)[0].question == "shop/hours"
        await keeper.close()

    asyncio.run(scenario())


def test_what_cannot_be_read_is_told_and_letters_go_on(flow: Flow, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file where a folder should be")

    async def scenario() -> None:
        keeper = KnowledgeKeeper(tmp_path / "file", lambda: TODAY)
        await keeper.ready(flow)

        assert "shop are found by their letters only" in keeper.troubles["shop"]
        hours = Search(1, ("营业时间",), "zh", ("shop",), TODAY)
        assert keeper.of(flow)(hours)[0].question == "shop/open"
        await keeper.close()

    asyncio.run(scenario())


def test_closing_ends_a_reading(flow: Flow, tmp_path: Path) -> None:
    async def scenario() -> None:
        keeper = KnowledgeKeeper(tmp_path / "var", lambda: TODAY)
        keeper.hold(flow)
        await keeper.close()

    asyncio.run(asyncio.wait_for(scenario(), 30))


# ------------------------------------------------------------------ what nobody knew


def test_questions_without_an_answer_come_in_groups_without_those_answered_by_now(
    flow: Flow, tmp_path: Path
) -> None:
    def asked(text: str, call: str, minute: int) -> Unanswered:
        return Unanswered(text, "zh", "shop", call, datetime(2026, 11, 21, 12, minute, tzinfo=UTC))

    library = library_for(flow.knowledge, tmp_path / "var")
    questions = [
        asked("你们卖船吗", "a", 1),
        asked("你们有船卖吗", "b", 2),
        asked("你们卖船吗", "a", 3),
        asked("明天会下雨吗", "c", 4),
        asked("营业时间", "d", 5),
    ]

    found = summarize(questions, library, flow.knowledge, TODAY)

    assert found.answered_now == 1
    boats, rain = found.groups
    assert (boats.count, boats.calls, boats.last.minute) == (3, 2, 3)
    assert boats.texts == ("你们卖船吗", "你们有船卖吗")
    assert rain.texts == ("明天会下雨吗",)


# ------------------------------------------------------------------ commands


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "120"})
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_check_says_what_is_wrong_or_that_nothing_is(config: Path) -> None:
    assert run("check") == (
        0,
        "config/knowledge/shop.yaml  2 questions, in zh. Nothing is wrong.\n",
    )

    (config / "knowledge" / "shop.yaml").write_text(KNOWLEDGE.replace("answer", "anwser"))
    code, output = run("check", "shop")
    assert code == 1
    assert 'Did you mean "answer"?' in output

    code, output = run("check", "shpo")
    assert code == 1
    assert 'Did you mean "shop"?' in output


def test_list_names_the_flows_that_use_it_and_the_questions(config: Path) -> None:
    code, output = run("list")
    assert code == 0
    assert output.splitlines()[1].split() == ["shop", "zh", "2", "5", "shop", "ready"]

    path = config / "knowledge" / "shop.yaml"
    path.write_text(KNOWLEDGE.replace("answer: 九点。", "answer: 九点。\n    until: 2020-01-01"))
    code, output = run("list", "shop")
    assert code == 0
    assert "until 2020-01-01, not today" in output


def test_unanswered_shows_what_callers_missed_and_what_they_would_hear_now(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{config.parent / 'voxdesk.db'}"
    monkeypatch.setenv("VOXDESK_DATABASE__URL", url)
    code, output = run("unanswered")
    assert (code, output) == (0, "In 30 days no question was left without an answer.\n")

    asked = ["你们卖船吗", "你们有船卖吗", "营业时间", "明天会下雨\x1b[2J吗"]
    now = datetime.now(UTC)
    events = [
        CallEvent(CallId("a"), EventKind.QUESTION, now, data={"text": text, "language": "zh"})
        for text in asked
    ]
    with opened(url) as database, database.transaction() as session:
        store(session, [LoggedEvent(seq, event) for seq, event in enumerate(events)])

    code, output = run("unanswered")
    assert code == 0
    assert output.startswith("In 30 days 3 questions had no answer, of 2 kinds:\n   2x  zh")
    assert "1 call, last " in output
    assert "1 more would be answered now." in output
    assert "\x1b" not in output
    assert json.loads(run("unanswered", "--json")[1])["answered_now"] == 1
    assert "no question was left" in run("unanswered", "--language", "en")[1]


def test_ask_says_what_a_caller_would_hear(config: Path) -> None:
    code, output = run("ask", "营业时间", "--language", "zh")
    assert code == 0
    assert "shop/open" in output
    assert '"九点。"' in output

    code, output = run("ask", "明天会下雨吗", "--language", "zh")
    assert code == 1
    assert "There is no answer" in output

    code, output = run("ask", "opening hours")
    assert code == 1
    assert 'Nothing is known in "en"' in output

    code, output = run("ask", "营业时间", "--language", "zh", "--json")
    assert json.loads(output)[0]["question"] == "shop/open"
