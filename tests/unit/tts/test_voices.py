from pathlib import Path

import pytest
from scripted_voice import ScriptedVoice

from tts import voices
from tts.edge import EdgeVoice
from tts.fallback import FallbackVoice
from tts.voices import VoiceChoice, load_voices
from voxdesk.kernel.errors import ModelMissing, SettingsError

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def light_piper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choosing is tested here, not loading: a real voice takes seconds."""

    def loaded(*_files: Path, languages: tuple[str, ...]) -> ScriptedVoice:
        return ScriptedVoice(f"piper:{languages[0]}", languages=languages)

    monkeypatch.setattr(voices, "PiperVoice", loaded)


def voice_folder(folder: Path) -> Path:
    folder.mkdir()
    (folder / "a.onnx").touch()
    (folder / "a.onnx.json").touch()
    return folder


def test_without_a_choice_the_packaged_voice_speaks_english() -> None:
    loaded = load_voices()

    assert loaded.voices["en"].name == "piper:en"
    assert loaded.private_voices == loaded.voices


def test_a_cloud_voice_has_a_local_one_behind_it_for_outages_and_secrets() -> None:
    loaded = load_voices([VoiceChoice("en", "edge", edge_voice="en-GB-SoniaNeural")])

    assert isinstance(loaded.voices["en"], FallbackVoice)
    assert "SoniaNeural" in loaded.voices["en"].name
    assert loaded.private_voices["en"].local


def test_mandarin_speaks_by_its_own_folder_or_by_the_cloud(tmp_path: Path) -> None:
    by_folder = load_voices([VoiceChoice("zh", piper_model=voice_folder(tmp_path / "zh"))])
    by_cloud = load_voices([VoiceChoice("zh", "edge")])

    assert by_folder.voices["zh"].local
    assert isinstance(by_cloud.voices["zh"], EdgeVoice)
    assert "zh" not in by_cloud.private_voices  # nothing local could say a secret


def test_mandarin_without_a_voice_says_how_to_bring_one() -> None:
    with pytest.raises(ModelMissing, match="zh_CN-huayan-medium"):
        load_voices([VoiceChoice("zh")])


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="no Piper voice"):
        load_voices([VoiceChoice("zh", piper_model=tmp_path)])


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        ([VoiceChoice("en", "festival")], "festival.*piper, edge"),
        ([VoiceChoice("en"), VoiceChoice("en")], "twice"),
    ],
)
def test_a_wrong_choice_is_told(choices: list[VoiceChoice], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        load_voices(choices)
