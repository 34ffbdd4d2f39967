"""Which recognizer hears: as set, or the best that is installed."""

from pathlib import Path

from asr.fallback import FallbackRecognizer
from asr.headroom import HeadroomRecognizer
from asr.recognizer import Recognizer
from asr.remote import RemoteRecognizer
from asr.rescored import Rescored
from asr.vosk import VoskRecognizer
from asr.whisper import WhisperRecognizer
from asr.whisper_models import BASE, TINY_EN, base_is_installed
from asr.workers import DecodingPool
from voxdesk.app.models.catalog import Engine
from voxdesk.app.models.installed import installed_for, installed_models
from voxdesk.app.settings import Settings
from voxdesk.kernel.errors import ModelMissing

LANGUAGES = ("en", "zh")


def load_recognizer(settings: Settings, pool: DecodingPool) -> Recognizer:
    """Load models; blocks for a second or more.

    Raises:
        ModelMissing: a model that is asked for isn't there; says how to bring it.
    """
    engine = settings.recognition.engine
    if engine == "remote":
        server = RemoteRecognizer(settings.recognition.remote_url, language=_language(settings))
        return FallbackRecognizer([Rescored(server), _whisper(settings, pool)])
    vosk = _vosk(settings) if engine in {"auto", "vosk"} else []
    if engine == "vosk":
        if not vosk:
            raise ModelMissing(
                "recognition.engine is vosk, and no Vosk model is installed. "
                "`voxdesk models get vosk-small-en-us` brings one, or name its folder in "
                "recognition.vosk_model."
            )
        return FallbackRecognizer(vosk)
    if vosk:
        return FallbackRecognizer([*vosk, _whisper(settings, pool)])
    return _whisper(settings, pool)


def _vosk(settings: Settings) -> list[Recognizer]:
    named = settings.recognition.vosk_model
    if named:
        return [Rescored(VoskRecognizer(Path(named).expanduser(), language=_language(settings)))]
    installed = installed_models(settings.state_dir)
    found = {language: installed_for(installed, Engine.VOSK, language) for language in LANGUAGES}
    return [
        Rescored(VoskRecognizer(model.path, language=language))
        for language, model in found.items()
        if model is not None
    ]


def _whisper(settings: Settings, pool: DecodingPool) -> Recognizer:
    models_dir = settings.state_dir / "models"
    wanted = settings.recognition.whisper_model
    if wanted == "base":
        return WhisperRecognizer.load(BASE, models_dir=models_dir, pool=pool)
    small = WhisperRecognizer.load(TINY_EN, models_dir=models_dir, pool=pool)
    if wanted == "tiny.en" or not base_is_installed():
        return small
    large = WhisperRecognizer.load(BASE, models_dir=models_dir, pool=pool)
    return HeadroomRecognizer(small, large, pool)


def _language(settings: Settings) -> str:
    return settings.calls.language.partition("-")[0]
