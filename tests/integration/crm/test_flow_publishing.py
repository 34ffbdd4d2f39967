"""Publishing a flow as the people do who run the hotline: by commands."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dialog.flow import Flow
from voxdesk.app import publishing
from voxdesk.app.commands.flow import app
from voxdesk.app.database import opened
from voxdesk.app.drafts import read_draft
from voxdesk.app.flow_trial import TrialReport
from voxdesk.kernel.errors import FlowError, PublishConflict, PublishRefused, VoxdeskError
from voxdesk.kernel.worded import plain

pytestmark = pytest.mark.integration
Voxdesk = Callable[..., str]


def shop(words: str = "Hello.", target: str = "bye") -> str:
    return f"steps:\n  greet: {{say: {words}, then: {target}}}\n  bye: {{end: Goodbye.}}\n"


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """The folder of drafts."""
    folder = tmp_path / "config" / "flows"
    folder.mkdir(parents=True)
    (folder / "shop.yaml").write_text(shop())
    return folder


@pytest.fixture
def voxdesk(tmp_path: Path, flows: Path, monkeypatch: pytest.MonkeyPatch) -> Voxdesk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOXDESK_STATE_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("VOXDESK_CONFIG_DIR", "config")
    monkeypatch.delenv("VOXDESK_CONFIG", raising=False)
    # Two people have two folders, and one database.
    monkeypatch.setenv("VOXDESK_DATABASE__URL", f"sqlite:///{tmp_path / 'voxdesk.db'}")

    def run(*arguments: str, answer: str = "") -> str:
        result = CliRunner().invoke(app, arguments, input=answer, env={"COLUMNS": "160"})
        if isinstance(result.exception, VoxdeskError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return run


def publish(voxdesk: Voxdesk, reason: str, *more: str, author: str = "ann") -> str:
    return voxdesk("publish", "shop", "--reason", reason, "--author", author, "--yes", *more)


def test_a_draft_becomes_a_version_and_the_difference_is_shown_first(
    voxdesk: Voxdesk, flows: Path
) -> None:
    first = publish(voxdesk, "The first one.")
    assert "It was never published" in first
    assert "All of it is new; steps: 2 added" in first
    assert "Tested: no, there are no tests." in first
    assert "shop version 1 is published." in first
    assert "No engine runs here" in first

    (flows / "shop.yaml").write_text(shop("Good morning."))
    second = voxdesk("publish", "shop", "--reason", "Friendlier.", "--author", "bob", answer="y\n")
    assert "Live is version 1, by ann: The first one." in second
    assert '~ step "greet" (say)\n    say: Hello. → Good morning.\n' in second
    assert "Publish shop as version 2?" in second

    told = voxdesk("history", "shop")
    assert "2 (live)" in told
    assert "Friendlier." in told
    assert "steps: 1 changed" in told
    assert "version" in voxdesk("history")
    versions = json.loads(voxdesk("history", "shop", "--json"))
    assert [(each["version"], each["author"]) for each in versions] == [(2, "bob"), (1, "ann")]
    assert voxdesk("show", "shop", "1") == shop()
    assert voxdesk("show", "shop") == shop("Good morning.")


def test_who_says_no_publishes_nothing(voxdesk: Voxdesk, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["publish", "shop", "--reason", "x", "--author", "ann"], input="n\n"
    )

    assert result.exit_code == 1
    assert "No flow was ever published" in voxdesk("history")


def test_a_draft_with_mistakes_is_not_published_and_every_mistake_is_named(
    voxdesk: Voxdesk, flows: Path
) -> None:
    (flows / "shop.yaml").write_text(shop(target="by"))

    with pytest.raises(FlowError, match=r'shop\.yaml:2:30  step "greet" goes to "by"'):
        publish(voxdesk, "In a hurry.")
    assert "No flow was ever published" in voxdesk("history")


def test_a_draft_whose_tests_fail_is_not_published(
    voxdesk: Voxdesk, flows: Path, tmp_path: Path
) -> None:
    seen: list[Path] = []

    def failing(flow: Flow, path: Path) -> TrialReport:
        seen.append(path)
        return TrialReport(
            passed=False, summary="1 of 3 failed", details=plain(f"{flow.name}: no bye")
        )

    refused = pytest.raises(FlowError, match=r"shop: no bye\nshop is not published")
    with refused, opened(f"sqlite:///{tmp_path / 'voxdesk.db'}") as database:
        publishing.examine(database, read_draft(flows, "shop"), trial=failing)
    assert seen == [flows / "shop.yaml"]


def test_a_colleague_who_started_earlier_is_told_and_can_go_on(
    voxdesk: Voxdesk, flows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(voxdesk, "The first one.")
    theirs = tmp_path / "theirs" / "flows"
    theirs.mkdir(parents=True)
    for name in ("shop.yaml", "shop.version"):
        (theirs / name).write_bytes((flows / name).read_bytes())
    (flows / "shop.yaml").write_text(shop("Good morning."))
    publish(voxdesk, "Friendlier.")

    monkeypatch.setenv("VOXDESK_CONFIG_DIR", str(theirs.parent))
    (theirs / "shop.yaml").write_text(shop("Good evening."))
    with pytest.raises(PublishConflict, match=r"published by ann at .*, because: Friendlier"):
        publish(voxdesk, "Later.", author="bob")
    assert "[-morning-]{+evening+}" in voxdesk("diff", "shop")
    with pytest.raises(PublishRefused, match="changes that were never published"):
        voxdesk("draft", "shop")
    assert "shop.yaml is version 2 now" in voxdesk("draft", "shop", "--force")
    assert (theirs / "shop.yaml.old").read_text() == shop("Good evening.")
    (theirs / "shop.yaml").write_text(shop("Good evening."))
    assert "shop version 3 is published" in publish(voxdesk, "Later.", author="bob")


def test_a_draft_of_unknown_origin_is_published_only_when_its_base_is_said(
    voxdesk: Voxdesk, flows: Path
) -> None:
    publish(voxdesk, "The first one.")
    (flows / "shop.version").unlink()
    (flows / "shop.yaml").write_text(shop("Good morning."))

    with pytest.raises(PublishConflict, match="isn't known which version"):
        publish(voxdesk, "Friendlier.")
    assert "shop version 2 is published" in publish(voxdesk, "Friendlier.", "--base", "1")


def test_one_command_takes_a_version_back_and_the_bad_draft_stays_out(
    voxdesk: Voxdesk, flows: Path
) -> None:
    publish(voxdesk, "The first one.")
    (flows / "shop.yaml").write_text(shop("Godo mroning."))
    publish(voxdesk, "Friendlier.")

    told = voxdesk("rollback", "shop", "--reason", "Nobody understood it.", "--author", "bob")

    assert "say: Godo mroning. → Hello." in told
    assert "shop version 3 is published; it is version 1 again." in told
    assert "voxdesk flow rollback shop 2" in told
    assert voxdesk("show", "shop") == shop()
    assert "version 1 again" in voxdesk("history", "shop")
    (flows / "shop.yaml").write_text(shop("Godo morning."))
    with pytest.raises(PublishConflict, match="Nobody understood it"):
        publish(voxdesk, "Once more.")


def test_what_people_write_cannot_move_a_terminals_cursor(voxdesk: Voxdesk) -> None:
    publish(voxdesk, "The first\x1b[2J\none.", author="\udcffann\x07")

    (version,) = json.loads(voxdesk("history", "shop", "--json"))
    assert version["reason"] == "The first[2J one."
    assert version["author"] == "ann"


def test_versions_that_are_not_there_are_said_with_those_that_are(voxdesk: Voxdesk) -> None:
    with pytest.raises(PublishRefused, match="never published"):
        voxdesk("rollback", "shop", "--reason", "x")
    publish(voxdesk, "The first one.")

    for arguments, told in (
        (("rollback", "shop", "7", "--reason", "x"), "it has 1 to 1"),
        (("show", "shop", "7"), "it has 1 to 1"),
        (("diff", "shop", "newest"), "say a number, live, draft or nothing"),
        (("history", "bank"), "Published flows: shop"),
        (("draft", "../shop"), "no name of a flow"),
        (("show", "\udcff"), "no name of a flow"),
    ):
        with pytest.raises(VoxdeskError, match=told):
            voxdesk(*arguments)
    with pytest.raises(FlowError, match='Did you mean "shop"'):
        voxdesk("publish", "shp", "--reason", "x")


def test_two_versions_are_compared_for_people_and_for_programs(
    voxdesk: Voxdesk, flows: Path
) -> None:
    publish(voxdesk, "The first one.")
    (flows / "shop.yaml").write_text(shop("Good morning."))
    publish(voxdesk, "Friendlier.")
    (flows / "shop.yaml").write_text(shop("Good evening."))

    assert "From shop version 1 to shop version 2:" in voxdesk("diff", "shop", "1", "2")
    assert "[-morning-]{+evening+}" in voxdesk("diff", "shop")
    assert '+ step "greet"' in voxdesk("diff", "shop", "nothing", "1")
    data = json.loads(voxdesk("diff", "shop", "1", "--json"))
    assert data["changed"][0]["name"] == "greet"
    assert "No step is different" in voxdesk("diff", "shop", "2", "live")


def test_the_folder_of_drafts_may_be_read_only(
    voxdesk: Voxdesk, flows: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (flows / "shop.version.new").mkdir()  # as good as not being allowed to write there

    told = publish(voxdesk, "The first one.")

    assert "shop version 1 is published." in told
    assert "Next time say --base 1" in told


# ------------------------------------------------------------------ subflows


def asking(words: str) -> str:
    return f"steps:\n  ask: {{ask: free, prompt: {words}, then: back}}\n  back: {{return: }}\n"


RUNS = "steps:\n  go: {subflow: ask, then: bye}\n  bye: {end: Goodbye.}\n"


def test_a_published_flow_keeps_its_subflows_as_they_were(voxdesk: Voxdesk, flows: Path) -> None:
    (flows / "shop.yaml").write_text(RUNS)
    (flows / "ask.yaml").write_text(asking("Who?"))
    assert "steps: 4 added" in publish(voxdesk, "The first one.")

    (flows / "ask.yaml").write_text(asking("Who is it?"))
    changed = voxdesk("diff", "shop")
    assert '~ step "ask/ask" (ask)\n    prompt: Who{+ is it+}?\n' in changed
    told = voxdesk("publish", "ask", "-m", "Clearer.", "--author", "ann", "--yes")
    assert "It is run as a subflow by: shop." in told
    second = publish(voxdesk, "Clearer.")
    assert '~ step "ask/ask" (ask)' in second

    assert asking("Who?") in voxdesk("show", "shop", "1")
    assert asking("Who is it?") in voxdesk("show", "shop", "2")
    with pytest.raises(PublishRefused, match="live already"):
        publish(voxdesk, "Once more.")


def test_going_back_brings_the_subflows_back_too(voxdesk: Voxdesk, flows: Path) -> None:
    (flows / "shop.yaml").write_text(RUNS)
    (flows / "ask.yaml").write_text(asking("Who?"))
    publish(voxdesk, "The first one.")
    (flows / "ask.yaml").write_text(asking("Whom?"))
    publish(voxdesk, "Finer.")

    assert "prompt: [-Whom-]{+Who+}?" in voxdesk("rollback", "shop", "--reason", "Too fine.")
    assert voxdesk("show", "shop") == voxdesk("show", "shop", "1")
    assert (flows / "ask.yaml").read_text() == asking("Whom?")

    told = voxdesk("draft", "shop")
    assert "ask.yaml, which it runs, is as it was in that version." in told
    assert (flows / "ask.yaml").read_text() == asking("Who?")
    assert (flows / "shop.yaml").read_text() == RUNS
    assert (flows / "ask.yaml.old").read_text() == asking("Whom?")
    assert "No step is different" in voxdesk("diff", "shop")


def test_a_draft_whose_subflow_has_unpublished_changes_is_not_overwritten(
    voxdesk: Voxdesk, flows: Path
) -> None:
    (flows / "shop.yaml").write_text(RUNS)
    (flows / "ask.yaml").write_text(asking("Who?"))
    publish(voxdesk, "The first one.")
    (flows / "ask.yaml").write_text(asking("Whom?"))

    with pytest.raises(PublishRefused, match="changes that were never published"):
        voxdesk("draft", "shop")


def test_a_subflow_that_is_gone_or_wrong_keeps_a_flow_from_being_published(
    voxdesk: Voxdesk, flows: Path
) -> None:
    (flows / "shop.yaml").write_text(RUNS)
    with pytest.raises(FlowError, match='runs the flow "ask", and there is no such flow'):
        publish(voxdesk, "The first one.")
    (flows / "ask.yaml").write_text(asking("Who?").replace("then: back", "then: bak"))
    with pytest.raises(FlowError, match=r'ask\.yaml:2.* goes to "bak"'):
        publish(voxdesk, "The first one.")


# ------------------------------------------------------------------ with its knowledge

ANSWERS = "questions:\n  returns: {question: How long can I return it?, answer: 30 days.}\n"
KNOWING = (
    "knowledge: shop\n"
    "steps:\n"
    "  ask: {answer: What is it?, then: bye, unknown: bye}\n"
    "  bye: {end: Goodbye.}\n"
)


def test_a_flow_is_published_with_what_it_knows_and_brought_back_with_it(
    voxdesk: Voxdesk, flows: Path
) -> None:
    known = flows.parent / "knowledge" / "shop.yaml"
    known.parent.mkdir()
    known.write_text(ANSWERS)
    (flows / "shop.yaml").write_text(KNOWING)
    publish(voxdesk, "Questions are answered.")

    known.write_text(ANSWERS.replace("30", "60"))
    shown = voxdesk("diff", "shop")
    assert 'knowledge shop, question "returns"' in shown
    assert "[-30-]{+60+}" in shown
    publish(voxdesk, "Longer.")
    assert "knowledge shop: 1 changed" in voxdesk("history", "shop", "--json")
    assert "60 days" in voxdesk("show", "shop")
    assert "30 days" in voxdesk("show", "shop", "1")

    voxdesk("rollback", "shop", "--reason", "Too long.")
    assert "30 days" in voxdesk("show", "shop")
    voxdesk("draft", "shop")
    assert known.read_text() == ANSWERS
    assert (flows / "shop.yaml").read_text() == KNOWING
    assert "60" in known.with_name("shop.yaml.old").read_text()


def test_a_draft_whose_knowledge_has_a_mistake_is_not_published(
    voxdesk: Voxdesk, flows: Path
) -> None:
    known = flows.parent / "knowledge" / "shop.yaml"
    known.parent.mkdir()
    known.write_text(ANSWERS.replace("answer", "anwser"))
    (flows / "shop.yaml").write_text(KNOWING)

    with pytest.raises(FlowError, match="voxdesk knowledge check shop"):
        publish(voxdesk, "Questions are answered.")
