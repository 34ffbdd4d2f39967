"""Which voices speak: as set, or those that are packaged."""

from tts.cache import PromptCache
from tts.piper import PiperVoice
from tts.speech import SpeechService
from tts.synthesizer import Synthesizer
from voxdesk.app.settings import Settings


def load_voices(settings: Settings) -> SpeechService:
    """Load voices; blocks for a second.

    Raises:
        ModelMissing: a voice that is asked for isn't there; says how to bring it.
    """
    wanted = settings.speech
    voices: dict[str, Synthesizer] = {"en": PiperVoice()}
    cache = PromptCache(settings.state_dir / "prompts", max_disk_bytes=wanted.cache_mb << 20)
    return SpeechService(voices, cache, workers=wanted.workers)
