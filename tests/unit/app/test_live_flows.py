"""Which flow the next call runs: what is published, whatever becomes of files and programs."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm.flows import service
from crm.flows.service import NewVersion
from dialog.flow import Flow
from dialog.flow_file import check_text
from dialog.prompts import Prompts
from voxdesk.app import database as schema
from voxdesk.app.bootstrap import warm_flow
from voxdesk.app.doctor.finding import Level, Machine
from voxdesk.app.doctor.flows import check_flows
from voxdesk.app.drafts import hash_of
from voxdesk.app.flow_archive import FlowArchive
from voxdesk.app.flow_loading import load_flows
from voxdesk.app.flow_watch import FlowWatch
from voxdesk.app.live_flows import LiveFlows, LoadedFlow
from voxdesk.app.published_flows import PublishedFlows
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.errors import DatabaseError, FlowError, SettingsError, SynthesisFailed

pytestmark = pytest.mark.unit
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WRONG = "steps:\n  hi: {sing: Hello., then: bye}\n  bye: {end: Goodbye.}\n"
Publish = Callable[..., None]


def saying(words: str) -> str:
    return f"steps:\n  bye: {{end: {words}}}\n"


def said_by(flow: Flow) -> str:
    return flow.steps["bye"].prompt.template("en")


def read(text: str, number: int = 0, name: str = "shop") -> LoadedFlow:
    flow = check_text(text.encode(), name=name, path=f"{name}.yaml").flow
    assert flow is not None
    return LoadedFlow(flow, text.encode(), number)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "config" / "flows"
    folder.mkdir(parents=True)
    (folder / "shop.yaml").write_text(saying("From the file."))
    state_dir = tmp_path / "var"
    state_dir.mkdir()
    return Settings.model_validate(
        {"state_dir": state_dir, "config_dir": folder.parent, "calls": {"flow": "shop"}}
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    schema.prepare(settings.database_url)
    opened = Database(settings.database_url)
    yield opened
    opened.close()


@pytest.fixture
def publish(database: Database) -> Publish:
    """Publishes without any check, as a program of another version may."""

    def made(text: str, number: int, *, flow: str = "shop", hash_: str = "") -> None:
        new = NewVersion(
            flow=flow,
            text=text,
            hash=hash_ or hash_of(text.encode()),
            author="ann",
            reason="Because.",
            base=number - 1,
        )
        with database.transaction() as session:
            service.publish(session, new, now=NOW)

    return made


@pytest.fixture
def published(database: Database) -> PublishedFlows:
    return PublishedFlows(database)


def draft(settings: Settings, text: str, name: str = "shop") -> None:
    (settings.config_dir / "flows" / f"{name}.yaml").write_text(text)


# ------------------------------------------------------------------ at the start


def test_without_anything_published_calls_run_the_files(
    settings: Settings, published: PublishedFlows
) -> None:
    draft(settings, "tests: {}\n", "shop.tests")

    flows = load_flows(settings, published)

    assert list(flows) == ["shop"]
    assert said_by(flows["shop"]) == "From the file."
    assert flows.number("shop") == 0


def test_a_file_and_the_subflows_that_it_runs_are_kept_for_calls_in_progress(
    settings: Settings, published: PublishedFlows, tmp_path: Path
) -> None:
    draft(settings, "steps:\n  go: {subflow: ask, then: bye}\n  bye: {end: Goodbye.}\n")
    asks = "steps:\n  ask: {ask: free, prompt: Who?, then: back}\n  back: {return: }\n"
    draft(settings, asks, "ask")
    (loaded,) = [one for one in load_flows(settings, published).loaded if one.flow.name == "shop"]
    FlowArchive(tmp_path / "kept").keep(loaded.flow, loaded.data)
    draft(settings, asks.replace("Who?", "Whom?"), "ask")

    kept = FlowArchive(tmp_path / "kept").find("shop", loaded.flow.version)

    assert kept is not None
    assert kept.steps["go/ask"].prompt.template("en") == "Who?"
    assert load_flows(settings, published)["shop"].version != kept.version


def test_what_is_published_is_run_and_its_file_is_only_a_draft(
    settings: Settings, published: PublishedFlows, publish: Publish
) -> None:
    publish(saying("One."), 1)
    publish(saying("Two."), 2)
    draft(settings, WRONG)

    flows = load_flows(settings, published)

    assert said_by(flows["shop"]) == "Two."
    assert not flows.troubles


def test_a_file_with_mistakes_is_refused_where_it_would_be_run(
    settings: Settings, published: PublishedFlows, publish: Publish
) -> None:
    draft(settings, WRONG, "other")
    with pytest.raises(FlowError, match=r"other\.yaml:2"):
        load_flows(settings, published)

    publish(saying("One."), 1)
    flows = load_flows(settings, published)

    assert list(flows) == ["shop"]
    assert "voxdesk flow check" in flows.troubles["other"]


def test_a_number_may_be_answered_by_a_published_flow_that_has_no_file(
    settings: Settings, published: PublishedFlows, publish: Publish
) -> None:
    (settings.config_dir / "flows" / "shop.yaml").unlink()
    with pytest.raises(SettingsError, match='no flow "shop"'):
        load_flows(settings, published)

    publish(saying("One."), 1)

    assert said_by(load_flows(settings, published)["shop"]) == "One."


def test_an_engine_that_cannot_read_the_newest_version_starts_with_the_last_that_it_can(
    settings: Settings, published: PublishedFlows, publish: Publish
) -> None:
    publish(saying("One."), 1)
    publish(WRONG, 2)

    flows = load_flows(settings, published)

    assert said_by(flows["shop"]) == "One."
    assert "shop version 2 can't be run by this program: line 2" in flows.troubles["shop"]
    assert "Calls run version 1" in flows.troubles["shop"]
    (good, trouble) = check_flows(Machine(settings))
    assert (good.level, trouble.level) == (Level.OK, Level.WARNING)
    assert trouble.says == flows.troubles["shop"]


# ------------------------------------------------------------------ while it runs


class House:
    """A running engine's flows, and what was made ready when."""

    def __init__(self, published: PublishedFlows, folder: Path) -> None:
        self.flows = LiveFlows([read(saying("From the file."))])
        self.archive = FlowArchive(folder, published.text)
        self.ready: list[tuple[str, str]] = []
        self.watch = FlowWatch(self.flows, published, self.archive, self._get_ready)

    def look(self) -> None:
        asyncio.run(self.watch.look())

    async def _get_ready(self, flow: Flow) -> None:
        present = said_by(self.flows[flow.name]) if flow.name in self.flows else ""
        self.ready.append((said_by(flow), present))


@pytest.fixture
def house(published: PublishedFlows, tmp_path: Path) -> House:
    return House(published, tmp_path / "kept")


def test_a_published_version_is_live_once_its_prompts_are_ready(
    house: House, publish: Publish
) -> None:
    publish(saying("One."), 1)
    house.look()
    house.look()

    assert said_by(house.flows["shop"]) == "One."
    assert house.flows.number("shop") == 1
    assert house.ready == [("One.", "From the file.")], "made ready once, before it is live"


def test_a_flow_that_is_new_can_be_called(house: House, publish: Publish) -> None:
    publish(saying("Bank."), 1, flow="bank")
    house.look()

    assert set(house.flows) == {"shop", "bank"}


def test_the_last_good_version_stays_while_the_newest_cannot_be_read(
    house: House, publish: Publish
) -> None:
    publish(saying("One."), 1)
    house.look()
    publish(WRONG, 2)
    house.look()

    assert said_by(house.flows["shop"]) == "One."
    assert "shop version 2 can't be run" in house.flows.troubles["shop"]
    assert "Calls run version 1" in house.flows.troubles["shop"]

    publish(saying("Three."), 3)
    house.look()

    assert said_by(house.flows["shop"]) == "Three."
    assert not house.flows.troubles


def test_a_text_that_is_not_what_was_published_is_not_run(house: House, publish: Publish) -> None:
    publish(saying("One."), 1, hash_="0" * 12)
    house.look()

    assert said_by(house.flows["shop"]) == "From the file."
    assert "damaged" in house.flows.troubles["shop"]


def test_while_the_database_is_away_nothing_changes_and_then_it_goes_on(
    house: House, publish: Publish, published: PublishedFlows, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(saying("One."), 1)
    looks = 0
    there = published.live

    def away_at_first() -> object:
        nonlocal looks
        looks += 1
        if looks <= 2:
            raise DatabaseError("database nowhere: away")
        return there()

    monkeypatch.setattr(published, "live", away_at_first)

    async def until_it_is_live() -> None:
        running = asyncio.create_task(house.watch.run())
        async with asyncio.timeout(20):
            while said_by(house.flows["shop"]) != "One.":
                house.watch.look_soon()
                await asyncio.sleep(0.01)
        running.cancel()

    asyncio.run(until_it_is_live())
    assert looks >= 3


def test_a_call_finds_its_version_in_the_database_when_the_copy_on_disk_is_lost(
    publish: Publish, published: PublishedFlows, tmp_path: Path
) -> None:
    one = read(saying("One."))
    publish(saying("One."), 1)
    publish(saying("Two."), 2)
    fresh = FlowArchive(tmp_path / "empty", published.text)

    assert fresh.find("shop", one.flow.version) is None
    found = fresh.fetch("shop", one.flow.version)

    assert found is not None
    assert said_by(found) == "One."
    assert FlowArchive(tmp_path / "empty").find("shop", one.flow.version) is not None
    assert fresh.fetch("shop", "123456789abc") is None


class FailingVoice:
    """A voice that can't say a word; what it was asked for."""

    languages = ("en",)

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.later: list[str] = []

    async def warm(self, texts: list[str], *, language: str) -> int:
        self.asked += texts
        raise SynthesisFailed("no breath", voice=language)

    def warm_in_background(self, texts: tuple[str, ...], *, language: str) -> None:
        assert language == "en"
        self.later += texts


@dataclass
class Speaking:
    """As much of an engine's services as making prompts ready needs."""

    speech: FailingVoice
    prompts: Prompts


def test_a_voice_that_fails_does_not_keep_a_correction_from_callers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    voice = FailingVoice()
    services = Speaking(voice, Prompts.load(Path(__file__).parents[3] / "config" / "prompts"))

    asyncio.run(warm_flow(services, read(saying("One.")).flow))  # type: ignore[arg-type]

    assert voice.asked == ["One."]
    assert voice.later == ["One."], "tried again when nobody waits"
    assert "shop: its prompts aren't all ready" in caplog.text
