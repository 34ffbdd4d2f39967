"""Which voice speaks which language: choices of the operator, made into loaded voices."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tts.edge import EdgeVoice
from tts.fallback import FallbackVoice
from tts.piper import PiperVoice, voice_in
from tts.synthesizer import Synthesizer
from voxdesk.kernel.errors import ModelMissing, SettingsError

log = logging.getLogger(__name__)

ENGINES = ("piper", "edge")


@dataclass(frozen=True, slots=True)
class VoiceChoice:
    """The operator's choice for one language.

    Attributes:
        language: "en", "zh".
        engine: "piper" (on this machine) or "edge" (Microsoft's service, the text leaves here).
        piper_model: a Piper voice's .onnx file or its folder; None: the packaged, English one.
        edge_voice: name of a voice of the service; None: a usual one of the language.
        edge_timeout_s: how long the service may be silent before Piper takes over.
    """

    language: str = "en"
    engine: str = "piper"
    piper_model: Path | None = None
    edge_voice: str | None = None
    edge_timeout_s: float = 1.5


@dataclass(frozen=True, slots=True)
class LoadedVoices:
    """What `SpeechService` takes.

    Attributes:
        voices: language to voice.
        private_voices: language to a local voice, for sensitive text.
    """

    voices: Mapping[str, Synthesizer]
    private_voices: Mapping[str, Synthesizer]


def load_voices(choices: Sequence[VoiceChoice] = (VoiceChoice(),)) -> LoadedVoices:
    """Load the chosen voices (blocking, seconds).

    A cloud voice gets a local one of the same language behind it; where there is none it speaks
    alone, and sensitive text of that language can't be said.

    Raises:
        ModelMissing: a voice that was asked for isn't there.
        SettingsError: an unknown engine, or a language chosen twice.
    """
    voices: dict[str, Synthesizer] = {}
    private: dict[str, Synthesizer] = {}
    for choice in choices:
        if choice.language in voices:
            raise SettingsError(f'voices: language "{choice.language}" is there twice')
        if choice.engine not in ENGINES:
            raise SettingsError(
                f'voices: engine "{choice.engine}" of language "{choice.language}" is unknown; '
                f"there are: {', '.join(ENGINES)}"
            )
        local = _local_voice(choice)
        if local is not None:
            private[choice.language] = local
        if choice.engine == "piper" and local is not None:
            voices[choice.language] = local
            continue
        cloud = EdgeVoice(
            choice.edge_voice,
            languages=(choice.language,),
            connect_timeout_s=choice.edge_timeout_s,
        )
        if local is None:
            log.warning(
                'language "%s" has a cloud voice and no local one: when the service is away it '
                "is silent, and sensitive text can't be said",
                choice.language,
            )
            voices[choice.language] = cloud
        else:
            voices[choice.language] = FallbackVoice(
                cloud, local, first_sound_s=choice.edge_timeout_s
            )
    return LoadedVoices(voices, private)


def _local_voice(choice: VoiceChoice) -> PiperVoice | None:
    languages = (choice.language,)
    if choice.piper_model is not None:
        files = voice_in(choice.piper_model)
        return PiperVoice(files.model, files.config, languages=languages)
    if choice.language == "en":
        return PiperVoice(languages=languages)
    if choice.engine == "edge":
        return None
    advice = " (`voxdesk models get zh_CN-huayan-medium`)" if choice.language == "zh" else ""
    raise ModelMissing(
        f'No Piper voice for language "{choice.language}" is configured. Bring one with '
        f"`voxdesk models get NAME`{advice} and name its folder, or choose the engine edge."
    )
