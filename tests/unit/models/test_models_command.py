from pathlib import Path

import pytest
from model_server import publisher, vosk_archive
from typer.testing import CliRunner

from voxdesk.app.commands import models
from voxdesk.app.models.published import Sources
from voxdesk.kernel.errors import ModelMissing

pytestmark = pytest.mark.unit

PUBLISHED = "vosk-model-small-en-us-0.15"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose state is in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOXDESK_STATE_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "var"


def test_the_list_says_what_is_here_what_it_is_for_and_what_can_be_had(state: Path) -> None:
    result = CliRunner().invoke(models.app, [])

    assert result.exit_code == 0, result.output
    lines = {line.split()[0]: line for line in result.output.splitlines() if line.strip()}
    assert "speaking en" in lines["en_US-joe-medium"]
    assert "hearing en" in lines["whisper-tiny.en"]
    assert "41 MB" in lines["vosk-small-en-us"]
    assert "Apache-2.0" in lines["vosk-small-en-us"]


def test_a_fetched_model_is_used_without_any_other_change(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with publisher() as server:
        server.publish_vosk(PUBLISHED, vosk_archive())
        monkeypatch.setattr(models, "Sources", lambda: server.sources)

        result = CliRunner().invoke(models.app, ["get", "vosk-small-en-us", "--yes"])

    assert result.exit_code == 0, result.output
    assert "Apache-2.0" in result.output
    assert str(state / "models" / "vosk-small-en-us") in result.output
    listed = CliRunner().invoke(models.app, []).output
    (line,) = [row for row in listed.splitlines() if row.startswith("vosk-small-en-us")]
    assert "hearing en" in line


def test_nothing_is_fetched_before_somebody_says_yes(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with publisher() as server:
        server.publish_vosk(PUBLISHED, vosk_archive())
        monkeypatch.setattr(models, "Sources", lambda: server.sources)

        result = CliRunner().invoke(models.app, ["get", "vosk-small-en-us"], input="n\n")

        assert f"vosk/{PUBLISHED}.zip" not in server.asked
    assert result.exit_code == 1
    assert "licence" in result.output
    assert not (state / "models" / "vosk-small-en-us").exists()


def test_an_unreachable_publisher_ends_with_what_to_do(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with publisher() as gone:
        sources: Sources = gone.sources
    monkeypatch.setattr(models, "Sources", lambda: sources)

    result = CliRunner().invoke(models.app, ["get", "vosk-small-en-us", "--yes"])

    assert isinstance(result.exception, ModelMissing)
    assert "--from FILE_OR_FOLDER" in str(result.exception)


def test_how_to_bring_one_by_hand_can_be_asked_for(state: Path) -> None:
    result = CliRunner().invoke(models.app, ["by-hand", "zh_CN-huayan-medium"])

    assert result.exit_code == 0, result.output
    assert "zh/zh_CN/huayan/medium/zh_CN-huayan-medium.onnx.json" in result.output


@pytest.mark.parametrize(
    ("size_bytes", "said"), [(0, "?"), (41_205_931, "41 MB"), (1_800_000_000, "1.8 GB")]
)
def test_sizes_are_said_for_people(size_bytes: int, said: str) -> None:
    assert models.size(size_bytes) == said
