"""Parts of a pyannote.audio pipeline become one. Imports torch: only for who uses it.

Weights are pickles, and pyannote.audio reads them as such: whoever writes one may have anything
done where it is read (`torch.load(…, weights_only=False)`). Here they are read as weights only.
Three classes of pyannote's own are let in; what a trainer left behind becomes an empty thing, and a
file that names anything else is refused before anything of it is made. Which class a model has is
looked up in a list, not imported by the file's word for it.
"""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from pyannote.audio.core.plda import PLDA
from pyannote.audio.core.task import Problem, Resolution, Specifications
from pyannote.audio.models.embedding import WeSpeakerResNet34, XVectorMFCC, XVectorSincNet
from pyannote.audio.models.segmentation import PyanNet
from pyannote.audio.pipelines import SpeakerDiarization
from torch.torch_version import TorchVersion

from recordings.speakers.pyannote_folder import PipelineParts
from voxdesk.kernel.errors import ModelMissing

OWN: Final = "pyannote.audio"
SEGMENTATIONS: Final[Mapping[str, Any]] = {"PyanNet": PyanNet}
EMBEDDINGS: Final[Mapping[str, Any]] = {
    "WeSpeakerResNet34": WeSpeakerResNet34,
    "XVectorMFCC": XVectorMFCC,
    "XVectorSincNet": XVectorSincNet,
}
LET_IN: Final[tuple[Any, ...]] = (Specifications, Problem, Resolution, TorchVersion)
LEFT_BEHIND: Final = (
    "pytorch_lightning.",
    "lightning.",
    "omegaconf.",
    "pyannote.audio.core.model.",
)
"""Where a trainer's own things come from, which no model needs."""
LEFT_TYPES: Final = frozenset({"typing.Any", "collections.defaultdict"})


class _Nothing:
    """In the place of what a trainer left behind."""

    def __init__(self, *_: object, **__: object) -> None:
        """Whatever it was made of."""

    def __setstate__(self, _: object) -> None:
        """Whatever was in it."""

    def __setitem__(self, _: object, __: object) -> None:
        """As in a mapping."""


class _NoLikeness(PLDA):  # type: ignore[misc]  # Any where it isn't installed
    """For a clustering that uses none; without one, pyannote would fetch it from the hub."""

    def __init__(self) -> None:
        """Of no files."""


def put_together(parts: PipelineParts) -> Any:
    """The pipeline, ready.

    Raises:
        ModelMissing: one of its files is broken, or holds what is not loaded.
    """
    try:
        pipeline = SpeakerDiarization(
            segmentation=load(parts.segmentation, SEGMENTATIONS),
            embedding=load(parts.embedding, EMBEDDINGS),
            plda=_NoLikeness() if parts.plda is None else _likeness(parts.plda),
            clustering=parts.clustering,
            **parts.arguments,
        )
        defaults = pipeline.default_parameters()
        pipeline.instantiate(dict(parts.parameters or defaults))
    except ModelMissing:
        raise
    except Exception as error:  # whatever pyannote makes of a configuration that doesn't fit
        raise ModelMissing(
            f"The pipeline in {parts.segmentation.parent} can't be put together "
            f"({type(error).__name__}: {error}). Its parts don't belong together, or its params "
            "are of another clustering."
        ) from error
    return pipeline


def load(path: Path, known: Mapping[str, Any]) -> Any:
    """A model with its weights.

    Args:
        path: a checkpoint as pyannote.audio writes it.
        known: classes that it may have.

    Raises:
        ModelMissing: see `put_together`.
    """
    checkpoint = _read(path)
    try:
        about = checkpoint[OWN]
        named, specifications = str(about["architecture"]["class"]), about["specifications"]
        weights = checkpoint["state_dict"]
        given = dict(checkpoint.get("hyper_parameters") or {})
    except (KeyError, TypeError, ValueError) as error:
        raise ModelMissing(f"{path} holds no model of pyannote.audio.") from error
    if named not in known:
        raise ModelMissing(
            f"{path} is a model of the class {named!r}; loaded are: {', '.join(sorted(known))}."
        )
    kind = known[named]
    takes = inspect.signature(kind).parameters
    try:
        model = kind(**{name: value for name, value in given.items() if name in takes})
        model.on_load_checkpoint({OWN: {"specifications": specifications}})
        lacking, _ = model.load_state_dict(weights, strict=False)
    except Exception as error:  # torch raises what it likes
        raise ModelMissing(
            f"{path}: its weights don't fit its own description ({type(error).__name__}). "
            "Fetch it again."
        ) from error
    if lacking:
        raise ModelMissing(f"{path} lacks weights ({lacking[0]} …). Fetch it again.")
    return model.eval()


def _read(path: Path) -> Mapping[str, Any]:
    try:
        names = torch.serialization.get_unsafe_globals_in_checkpoint(path)
    except Exception as error:  # zip, pickle and torch each have their own
        raise ModelMissing(
            f"{path} is no file of weights, or it is cut ({type(error).__name__}). Fetch it again; "
            "a file of a few hundred bytes is a pointer that git left instead of the weights."
        ) from error
    own = {f"{one.__module__}.{one.__qualname__}" for one in LET_IN}
    left = {name for name in names if name.startswith(LEFT_BEHIND) or name in LEFT_TYPES}
    strange = sorted(set(names) - own - left)
    if strange:
        raise ModelMissing(
            f"{path} is not loaded: besides weights it holds {strange[0]}, which a model doesn't "
            "need and which may do harm. Take the file from where the model is published."
        )
    stand_ins = [(_Nothing, name) for name in sorted(left)]
    try:
        with torch.serialization.safe_globals([*LET_IN, *stand_ins]):
            found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise ModelMissing(
            f"{path} can't be read ({type(error).__name__}). Fetch it again."
        ) from error
    if not isinstance(found, Mapping):
        raise ModelMissing(f"{path} holds no model of pyannote.audio.")
    return found


def _likeness(folder: Path) -> PLDA:
    try:
        return PLDA.from_pretrained(folder)
    except Exception as error:  # numpy's and scipy's errors have no common class
        raise ModelMissing(
            f"{folder}: its files are broken ({type(error).__name__}). Fetch them again."
        ) from error
