"""The folder of a pyannote.audio pipeline: which of its files make which part.

Both layouts that pyannote.audio publishes are read: `config.yaml` with `$model/segmentation`,
`$model/embedding` and `$model/plda` (speaker-diarization-community-1), and the older one that
names its models, where these names lead to files in the folder (speaker-diarization-3.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from voxdesk.kernel.errors import ModelMissing

CONFIG: Final = "config.yaml"
WEIGHTS: Final = "pytorch_model.bin"
PIPELINE: Final = "pyannote.audio.pipelines.SpeakerDiarization"
SAME_PIPELINE: Final = (PIPELINE, "SpeakerDiarization")
MOST_CONFIG_BYTES: Final = 100_000
PLDA_FILES: Final = ("xvec_transform.npz", "plda.npz")
CLUSTERINGS: Final = frozenset({"VBxClustering", "AgglomerativeClustering"})
_WITH_PLDA: Final = "VBxClustering"
MAJOR: Final = 4
_ARGUMENTS: Final[Mapping[str, type]] = {
    "segmentation_step": float,
    "embedding_exclude_overlap": bool,
    "segmentation_batch_size": int,
    "embedding_batch_size": int,
}


@dataclass(frozen=True, slots=True)
class PipelineParts:
    """What a pipeline is made of.

    Attributes:
        segmentation: the weights of the network that hears who speaks within some seconds.
        embedding: the weights of the network that makes vectors of voices.
        plda: folder of the likeness of vectors; None for a clustering that needs none.
        clustering: name of pyannote's clustering.
        arguments: of the pipeline's class, plain values.
        parameters: that were tuned for these networks; None: pyannote's own.
    """

    segmentation: Path
    embedding: Path
    plda: Path | None
    clustering: str
    arguments: Mapping[str, Any]
    parameters: Mapping[str, Any] | None


def read_folder(folder: Path) -> PipelineParts:
    """What the folder holds; loads none of it.

    Raises:
        ModelMissing: something isn't there, or isn't what can be loaded; says what to do.
    """
    root = folder.expanduser()
    if root.is_file() and root.name == CONFIG:
        root = root.parent
    if not root.is_dir():
        raise ModelMissing(
            f"imports.pyannote_folder: {root} is no folder. Put the files of a pipeline there "
            f"({CONFIG} and its models; docs/how-to/import-recordings.md says which)."
        )
    config = _config(root / CONFIG)
    pipeline = _mapping(config.get("pipeline"), "pipeline", root)
    if pipeline.get("name") not in SAME_PIPELINE:
        raise ModelMissing(
            f"{root / CONFIG}: pipeline.name is {pipeline.get('name')!r}; "
            f"only {PIPELINE} is loaded."
        )
    _check_version(config, root)
    given = _mapping(pipeline.get("params", {}), "pipeline.params", root)
    clustering = str(given.get("clustering", _WITH_PLDA))
    if clustering not in CLUSTERINGS:
        known = ", ".join(sorted(CLUSTERINGS))
        raise ModelMissing(
            f"{root / CONFIG}: pipeline.params.clustering is {clustering!r}; known: {known}."
        )
    plda = _plda(root, given.get("plda", "$model/plda")) if clustering == _WITH_PLDA else None
    parameters = config.get("params")
    return PipelineParts(
        segmentation=_weights(root, given, "segmentation"),
        embedding=_weights(root, given, "embedding"),
        plda=plda,
        clustering=clustering,
        arguments=_arguments(root, given),
        parameters=None if parameters is None else _mapping(parameters, "params", root),
    )


def _config(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > MOST_CONFIG_BYTES:
            raise ModelMissing(f"{path} is no pipeline's configuration: it is too large.")
        found = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    except OSError as error:
        raise ModelMissing(
            f"imports.pyannote_folder: {path} can't be read ({error.strerror}). A pipeline's "
            "folder has this file, and its models beside it."
        ) from error
    except (YAMLError, UnicodeDecodeError) as error:
        raise ModelMissing(f"{path} is no YAML; fetch the pipeline's files again.") from error
    return _mapping(found, "the file", path.parent)


def _mapping(value: object, name: str, root: Path) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ModelMissing(f"{root / CONFIG}: {name} has no fields, where a pipeline has some.")
    return value


def _check_version(config: Mapping[str, Any], root: Path) -> None:
    needs = config.get("dependencies")
    wanted = str((needs if isinstance(needs, Mapping) else {}).get("pyannote.audio", MAJOR))
    major = wanted.partition(".")[0]
    # Before 4 the number was not meant strictly, and its pipelines are still read.
    if not major.isdigit() or int(major) > MAJOR:
        raise ModelMissing(
            f"{root / CONFIG} is for pyannote.audio {wanted}, and version {MAJOR} reads it not. "
            f"Take a pipeline for version {MAJOR}."
        )


def _weights(root: Path, given: Mapping[str, Any], part: str) -> Path:
    path = _inside(root, given.get(part, f"$model/{part}"), part)
    path = path / WEIGHTS if path.is_dir() else path
    if not path.is_file():
        raise ModelMissing(
            f"{root / CONFIG}: the {part} model is not at {path}. Nothing is downloaded: put its "
            f'folder below {root} and name it "$model/{part}".'
        )
    return path


def _plda(root: Path, named: object) -> Path:
    folder = _inside(root, named, "plda")
    for name in PLDA_FILES:
        if not (folder / name).is_file():
            raise ModelMissing(
                f"{folder / name} is missing: {_WITH_PLDA} needs it. It comes with the pipeline."
            )
    return folder


def _inside(root: Path, named: object, part: str) -> Path:
    """A file or folder of the pipeline; nothing outside of its folder is touched."""
    if not isinstance(named, str) or not named:
        raise ModelMissing(f"{root / CONFIG}: pipeline.params.{part} names no file.")
    path = (root / named.removeprefix("$model/")).resolve()
    if not path.is_relative_to(root.resolve()):
        raise ModelMissing(
            f"{root / CONFIG}: pipeline.params.{part} leads out of the folder; "
            "put the model into it."
        )
    return path


def _arguments(root: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind in _ARGUMENTS.items():
        if name not in given:
            continue
        value = given[name]
        if isinstance(value, bool) != (kind is bool) or not isinstance(value, (kind, int)):
            raise ModelMissing(
                f"{root / CONFIG}: pipeline.params.{name} is {value!r}, not a {kind.__name__}."
            )
        found[name] = kind(value)
    return found
