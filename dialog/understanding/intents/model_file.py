"""A flow's classifiers of one language as the bytes of an .npz file, and back. Nothing is trusted.

An .npz is a ZIP of arrays; nothing pickled is written or read. `header` is JSON: the version of
this format, the encoder, and for each step what isn't an array. Arrays are named by the step's
place: `0.pull` is of the first.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dialog.understanding.intents.classifier import Classifier, Classifiers, Postings
from dialog.understanding.intents.grams import Grams
from voxdesk.kernel.errors import ModelMissing

FORMAT: Final = 2
"""Of the file, and of what it was learnt by: another method, another number."""
MAX_BYTES: Final = 200_000_000
"""Of a file, and of what it unpacks to; 150 options with 20 examples take 10 MB."""
MAX_STEPS: Final = 1000
_NUMBERS: Final = ("reach", "least", "usual", "temperature")
_TYPES: Final = {
    "rarity": "float32",
    "starts": "int32",
    "rows": "int32",
    "weights": "float32",
    "vectors": "float16",
    "pull": "float32",
    "grams": "uint8",
}
"""Array to type. `grams` are all n-grams, in UTF-8, each ended by a line feed."""


def pack(models: Classifiers, encoder: str) -> bytes:
    """The file's bytes; `encoder` is the name of the one they were trained with."""
    arrays: dict[str, NDArray[Any]] = {}
    steps = []
    for place, (step, model) in enumerate(models.items()):
        steps.append(
            {
                "step": step,
                "options": list(model.options),
                **{name: getattr(model, name) for name in _NUMBERS},
            }
        )
        grams = "".join(f"{gram}\n" for gram in model.grams.places).encode()
        own: dict[str, NDArray[Any]] = {
            "rarity": model.grams.rarity,
            "starts": model.examples.starts,
            "rows": model.examples.rows,
            "weights": model.examples.weights,
            "vectors": model.vectors,
            "pull": model.pull,
            "grams": np.frombuffer(grams, np.uint8),
        }
        arrays |= {
            f"{place}.{name}": own[name].astype(kind, order="C") for name, kind in _TYPES.items()
        }
    header = json.dumps({"format": FORMAT, "encoder": encoder, "steps": steps}).encode()
    arrays["header"] = np.frombuffer(header, np.uint8)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def unpack(data: bytes, encoder: str) -> Classifiers:
    """The classifiers that `pack` wrote.

    Raises:
        ModelMissing: they are something else, damaged, or made for another encoder or version of
            this program; half a sentence that says what.
    """
    if len(data) > MAX_BYTES:
        raise ModelMissing(f"it has more than {MAX_BYTES} bytes")
    try:
        arrays = _arrays(data)
        header = json.loads(arrays["header"].tobytes())
        if header["format"] != FORMAT or header["encoder"] != encoder:
            raise ModelMissing("it was made by another version of Voxdesk")
        steps = header["steps"]
        if not isinstance(steps, list) or len(steps) > MAX_STEPS:
            raise ModelMissing("its list of steps is none")
        return {
            str(step["step"]): _classifier(step, arrays, place) for place, step in enumerate(steps)
        }
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ModelMissing("its content makes no sense") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise ModelMissing("it is damaged") from error
    except RuntimeError as error:  # an encrypted ZIP
        raise ModelMissing("it is damaged") from error


def _arrays(data: bytes) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        members = packed.infolist()
        if len(members) > 1 + MAX_STEPS * len(_TYPES):
            raise ModelMissing(f"it has {len(members)} arrays")
        if sum(member.file_size for member in members) > MAX_BYTES:
            raise ModelMissing(f"it unpacks to more than {MAX_BYTES} bytes")
        for member in members:
            if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise ModelMissing("it is packed in another way than we do")
            name = member.filename.removesuffix(".npy")
            kind = "uint8" if name == "header" else _TYPES[name.partition(".")[2]]
            found[name] = _array(packed.read(member), kind)
    return found


def _array(data: bytes, kind: str) -> NDArray[Any]:
    """One .npy file. Its header claims a size before anything is read: so the claim is checked."""
    source = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(source)
        shape, by_columns, dtype = np.lib.format.read_array_header_1_0(source)
    except Exception as error:  # numpy reads the header as Python, and Python fails in many ways
        raise ValueError("of no shape") from error
    if version != (1, 0) or by_columns or dtype != np.dtype(kind):
        raise ValueError("of another type than we write")
    content = data[source.tell() :]
    return np.frombuffer(content, dtype).reshape(shape)


def _classifier(step: Mapping[str, Any], arrays: Mapping[str, Any], place: int) -> Classifier:
    own = {name: arrays[f"{place}.{name}"] for name in _TYPES}
    options = tuple(str(option) for option in step["options"])
    numbers = {name: float(step[name]) for name in _NUMBERS}
    grams = own["grams"].tobytes().decode().split("\n")[:-1]
    count, columns, entries = len(own["vectors"]), len(grams), len(own["rows"])
    starts, rows = own["starts"], own["rows"]
    right = (
        own["vectors"].ndim == 2  # noqa: PLR2004
        and own["pull"].shape == (count, len(options))
        and own["rarity"].shape == (columns,)
        and starts.shape == (columns + 1,)
        and rows.shape == own["weights"].shape == (entries,)
        and len(set(grams)) == columns
        and len(set(options)) == len(options) > 1
        and count > 0
        and (starts[0], starts[-1]) == (0, entries)
        and bool((np.diff(starts) >= 0).all())
        and bool(((rows >= 0) & (rows < count)).all())
        and all(np.isfinite(own[name]).all() for name in ("rarity", "weights", "vectors", "pull"))
        and all(np.isfinite(value) for value in numbers.values())
        and numbers["temperature"] > 0
        and numbers["usual"] > numbers["least"]
    )
    if not right:
        raise ValueError("arrays that don't fit one another")
    return Classifier(
        options=options,
        grams=Grams({gram: column for column, gram in enumerate(grams)}, own["rarity"]),
        examples=Postings(starts, rows, own["weights"], count),
        vectors=own["vectors"].astype(np.float32),
        pull=own["pull"],
        **numbers,
    )
