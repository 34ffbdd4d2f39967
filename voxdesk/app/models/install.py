"""Bring a model to var/models: fetched or from files at hand, checked, and there all at once."""

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from voxdesk.app.models.catalog import CatalogEntry, Engine
from voxdesk.app.models.download import DEFAULT_LIMITS, Limits, Progress, Unreachable, fetch
from voxdesk.app.models.installed import (
    MODELS_FOLDER,
    NOTE_FILE,
    is_piper_voice,
    is_vosk_model,
)
from voxdesk.app.models.published import Plan
from voxdesk.app.models.unpack import remove, single_folder, unpack
from voxdesk.kernel.errors import ModelMissing

_DOWNLOADS = ".downloads"
_ROOM = 3.2  # archive, its content, and some air

Check = Callable[[Path], None]
"""Loads what is in a folder as a test; raises `ModelMissing`."""


def fetch_and_install(
    plan: Plan,
    state_dir: Path,
    *,
    progress: Progress = lambda _done, _total: None,
    limits: Limits = DEFAULT_LIMITS,
    check: Check = lambda _folder: None,
) -> Path:
    """Fetch every file of the plan and install the model; returns its folder.

    Raises:
        Unreachable: no connection, refused or cut; says how to bring the model by hand.
        ModelMissing: what came is wrong, or the disk is too full.
    """
    downloads = state_dir / MODELS_FOLDER / _DOWNLOADS / plan.entry.name
    _check_room(state_dir, plan)
    done = 0
    fetched: list[Path] = []
    for file in plan.files:
        begin = done

        def shown(so_far: int, total: int, begin: int = begin) -> None:
            progress(begin + so_far, plan.size_bytes or total)

        try:
            fetched.append(fetch(file, downloads, progress=shown, limits=limits))
        except Unreachable as error:
            raise Unreachable(f"{error}\n{by_hand(plan, state_dir)}") from error
        done += fetched[-1].stat().st_size
    folder = _install(plan.entry, plan.licence, fetched, state_dir, check)
    remove(downloads)
    return folder


def install_from(
    plan: Plan, source: Path, state_dir: Path, *, check: Check = lambda _folder: None
) -> Path:
    """Install from files that somebody brought: an archive, or a folder with the files.

    Raises:
        ModelMissing: something is missing or damaged.
    """
    if not source.exists():
        raise ModelMissing(f"{source}: no such file or folder")
    names = [file.name for file in plan.files]
    if source.is_file():
        if len(names) != 1:
            raise ModelMissing(f"{source}: give the folder that holds {' and '.join(names)}")
        return _install(plan.entry, plan.licence, [source], state_dir, check)
    if plan.entry.engine is Engine.VOSK and is_vosk_model(single_folder(source)):
        return _install(plan.entry, plan.licence, [single_folder(source)], state_dir, check)
    files = [source / name for name in names if (source / name).is_file()]
    missing = [name for name in names if not (source / name).is_file() and name != "MODEL_CARD"]
    if missing:
        raise ModelMissing(f"{source}: {' and '.join(missing)} missing there")
    return _install(plan.entry, plan.licence, files, state_dir, check)


def by_hand(plan: Plan, state_dir: Path) -> str:
    """How to bring a model to a machine that can't reach its publisher."""
    target = state_dir / MODELS_FOLDER / plan.entry.name
    lines = [
        "To bring it by hand, fetch on a machine with internet",
        *(f"  {file.url}" for file in plan.files),
        "copy it here, and run",
        f"  voxdesk models get {plan.entry.name} --from FILE_OR_FOLDER",
    ]
    if plan.entry.engine is Engine.VOSK:
        lines.append(f"(or unpack it so that {target / 'am' / 'final.mdl'} is there).")
    else:
        names = " and ".join(file.name for file in plan.files[:2])
        lines.append(f"(or put {names} into {target}).")
    return "\n".join(lines)


def _install(
    entry: CatalogEntry, licence: str, sources: list[Path], state_dir: Path, check: Check
) -> Path:
    """Build the model in a folder beside its place, check it there, and move it in one step."""
    models = state_dir / MODELS_FOLDER
    target = models / entry.name
    try:
        models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=models, prefix=".new-") as scratch:
            made = _assemble(entry, sources, Path(scratch))
            check(made)
            note = {
                "name": entry.name,
                "engine": entry.engine.value,
                "languages": entry.languages,
                "licence": licence,
                "published_as": entry.published_as,
                "files": sorted(source.name for source in sources),
            }
            (made / NOTE_FILE).write_text(json.dumps(note, indent=2), encoding="utf-8")
            _swap(made, target, Path(scratch))
    except OSError as error:
        raise ModelMissing(f"{target}: {error.strerror or error}") from error
    return target


def _assemble(entry: CatalogEntry, sources: list[Path], scratch: Path) -> Path:
    made = scratch / "model"
    if entry.engine is Engine.VOSK:
        (source,) = sources
        if source.is_dir():
            shutil.copytree(source, made)
        else:
            made.mkdir()
            unpack(source, made)
            made = single_folder(made)
        if not is_vosk_model(made):
            raise ModelMissing(f"{source.name}: holds no Vosk model (no am/final.mdl in it)")
        return made
    made.mkdir()
    for source in sources:
        shutil.copyfile(source, made / source.name)
    if not is_piper_voice(made):
        raise ModelMissing("not one Piper voice (NAME.onnx and NAME.onnx.json)")
    return made


def _swap(made: Path, target: Path, scratch: Path) -> None:
    """Replace an older copy; a program that has it open keeps its files until it closes them."""
    if target.exists():
        target.rename(scratch / "old")
    made.rename(target)


def _check_room(state_dir: Path, plan: Plan) -> None:
    state_dir.mkdir(parents=True, exist_ok=True)
    needed = int(plan.size_bytes * _ROOM)
    free = shutil.disk_usage(state_dir).free
    if free < needed:
        raise ModelMissing(
            f"{state_dir}: {free // 1_000_000} MB free, {needed // 1_000_000} MB needed for "
            f"{plan.entry.name} while it is unpacked"
        )
