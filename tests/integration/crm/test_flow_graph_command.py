"""`voxdesk flow graph`, as somebody types it who wants to see what callers did."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from fixtures.flow_house import SHOP, House
from typer.testing import CliRunner

from voxdesk.app.commands.flow import app
from voxdesk.kernel.errors import FlowError, PublishRefused, SettingsError, VoxdeskError

pytestmark = pytest.mark.integration
Voxdesk = Callable[..., str]
SVG = "{http://www.w3.org/2000/svg}"
NOW = datetime.now(UTC)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def voxdesk(house: House, monkeypatch: pytest.MonkeyPatch) -> Voxdesk:
    monkeypatch.chdir(house.folder)
    monkeypatch.setenv("VOXDESK_STATE_DIR", str(house.folder / "var"))
    monkeypatch.setenv("VOXDESK_CONFIG_DIR", "config")
    monkeypatch.delenv("VOXDESK_CONFIG", raising=False)

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, arguments, env={"COLUMNS": "140"})
        if isinstance(result.exception, VoxdeskError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def words(path: Path) -> str:
    """Every text of a drawing."""
    return " ".join(ET.parse(path).getroot().itertext())  # noqa: S314  made by ourselves


def test_a_flow_is_drawn_into_a_file_of_its_name(house: House, voxdesk: Voxdesk) -> None:
    said = voxdesk("graph", "shop", "--days", "0")

    assert said == "shop.svg: 8 steps.\n"
    drawing = words(house.folder / "shop.svg")
    assert "Orders or returns?" in drawing
    assert "calls" not in drawing


def test_calls_of_these_days_are_on_it(house: House, voxdesk: Voxdesk) -> None:
    house.keep("aa11", house.call().says("returns"), NOW - timedelta(days=2))
    house.keep("bb22", house.call().says("returns"), NOW - timedelta(days=40))

    month = voxdesk("graph", "shop")
    more = voxdesk("graph", "shop", "--days", "50", "-o", "more.svg")
    none = voxdesk("graph", "shop", "--days", "1", "-o", "none.svg")

    assert ", 1 call of " in month
    assert ", 2 calls of " in more
    assert ", 0 calls of " in none
    assert "no calls in these days" in words(house.folder / "none.svg")
    assert "100%" in words(house.folder / "more.svg")


def test_days_may_be_named(house: House, voxdesk: Voxdesk) -> None:
    for call_id, day in (("aa11", "2026-03-01"), ("bb22", "2026-03-02"), ("cc33", "2026-03-03")):
        at = datetime.fromisoformat(f"{day}T12:00").astimezone()
        house.keep(call_id, house.call().says("returns"), at)

    one = voxdesk("graph", "shop", "--since", "2026-03-02", "--until", "2026-03-02")
    two = voxdesk("graph", "shop", "--since", "2026-03-02")
    before = voxdesk("graph", "shop", "--until", "2026-03-02")

    assert one == "shop.svg: 8 steps, 1 call of 2026-03-02 … 2026-03-02.\n"
    assert ", 2 calls of 2026-03-02 … " in two
    assert ", 2 calls of " in before


def test_a_published_version_is_drawn_with_its_own_calls(house: House, voxdesk: Voxdesk) -> None:
    house.keep("aa11", house.call().says("returns"), NOW - timedelta(days=2))
    first = SHOP.replace("Send it back.", "Keep it.")
    for text, reason in ((first, "First."), (SHOP, "Second.")):
        (house.flows / "shop.yaml").write_text(text)
        arguments = ("publish", "shop", "--reason", reason, "--author", "ann", "--yes")
        voxdesk(*arguments)
    (house.flows / "shop.yaml").write_text(SHOP.replace("Send it back.", "A draft."))
    house.keep("bb22", house.call().says("returns"), NOW + timedelta(hours=1))

    old = voxdesk("graph", "shop", "--version", "1", "-o", "old.svg")
    live = voxdesk("graph", "shop", "--version", "live", "-o", "live.svg")
    days = voxdesk("graph", "shop", "--version", "live", "--days", "3", "-o", "days.svg")

    assert ", 0 calls of " in old
    assert "Keep it." in words(house.folder / "old.svg")
    assert "Send it back." in words(house.folder / "live.svg")
    assert ", 0 calls of " in live, "none since it was published"
    assert ", 1 call of " in days


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        (("shop", "--version", "7"), PublishRefused, "never published"),
        (("shop", "--version", "x"), PublishRefused, "number, or live"),
        (("shop", "--days", "3", "--since", "2026-03-01"), SettingsError, "--days counts back"),
        (("shop", "--language", "zh"), SettingsError, "Languages: en"),
        (("shop", "-o", "nowhere/shop.svg"), SettingsError, "can't be written"),
    ],
)
def test_what_cannot_be_drawn_is_said(
    voxdesk: Voxdesk, arguments: tuple[str, ...], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        voxdesk("graph", *arguments)


def test_a_flow_with_mistakes_is_told_by_line(house: House, voxdesk: Voxdesk) -> None:
    (house.flows / "shop.yaml").write_text(SHOP.replace("then: find}", "then: fnid}"))

    with pytest.raises(FlowError, match='goes to "fnid"'):
        voxdesk("graph", "shop")


def test_without_a_database_the_flow_is_drawn_all_the_same(
    house: House, voxdesk: Voxdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_folder = house.flows / "shop.yaml"
    monkeypatch.setenv("VOXDESK_DATABASE__URL", f"sqlite:///{no_folder}/calls.db")

    assert voxdesk("graph", "shop") == "shop.svg: 8 steps.\n"


def test_it_is_printed_for_another_program(voxdesk: Voxdesk) -> None:
    printed = voxdesk("graph", "shop", "--days", "0", "-o", "-")

    assert ET.fromstring(printed).tag == f"{SVG}svg"  # noqa: S314  made by ourselves
