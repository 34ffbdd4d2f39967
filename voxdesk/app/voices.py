"""Which voices speak: as set, or those that are installed or packaged."""

from pathlib import Path

from tts.cache import PromptCache
from tts.speech import SpeechService
from tts.voices import VoiceChoice, load_voices
from voxdesk.app.models.catalog import Engine
from voxdesk.app.models.installed import InstalledModel, installed_for, installed_models
from voxdesk.app.settings import Settings
from voxdesk.kernel.clock import SystemClock


def load_speech(settings: Settings) -> SpeechService:
    """Load voices; blocks for a second.

    Raises:
        ModelMissing: a voice that is asked for isn't there; says how to bring it.
    """
    wanted = settings.speech
    installed = installed_models(settings.state_dir)
    english = VoiceChoice(
        language="en",
        engine=wanted.engine,
        piper_model=_folder(wanted.piper_voice, installed, "en"),
        edge_voice=wanted.edge_voice,
    )
    choices = [english]
    mandarin = _folder(wanted.piper_voice_zh, installed, "zh")
    if mandarin is not None or wanted.engine == "edge":
        choices.append(
            VoiceChoice(
                language="zh",
                engine=wanted.engine,
                piper_model=mandarin,
                edge_voice=wanted.edge_voice_zh,
            )
        )
    loaded = load_voices(choices)
    cache = PromptCache(settings.state_dir / "prompts", max_disk_bytes=wanted.cache_mb << 20)
    return SpeechService(
        loaded.voices,
        cache,
        private_voices=loaded.private_voices,
        workers=wanted.workers,
        today=lambda: SystemClock().now().astimezone().date(),
    )


def _folder(named: str, installed: list[InstalledModel], language: str) -> Path | None:
    if named:
        return Path(named).expanduser()
    model = installed_for(installed, Engine.PIPER, language)
    return model.path if model is not None and not model.packaged else None
