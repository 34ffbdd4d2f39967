"""Which recognizer hears: as set, or the best that is installed."""

import logging
from pathlib import Path

from asr.recognizer import Recognizer
from asr.vosk import VoskRecognizer
from asr.whisper import WhisperRecognizer
from asr.workers import DecodingPool
from voxdesk.app.settings import Settings

log = logging.getLogger(__name__)


def load_recognizer(settings: Settings, pool: DecodingPool) -> Recognizer:
    """Load models; blocks for a second or more.

    Raises:
        ModelMissing: a model that is asked for isn't there; says how to bring it.
    """
    wanted = settings.recognition
    models_dir = settings.state_dir / "models"
    if wanted.engine == "vosk":
        return VoskRecognizer(Path(wanted.vosk_model), language=settings.calls.language)
    return WhisperRecognizer.load(models_dir=models_dir, pool=pool)
