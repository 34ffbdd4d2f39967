"""A Vosk model directory: what it is, what it can, and decoders that are ready to be used.

Building a decoder for free speech composes the language model with the lexicon as the first words
come in: 1.3 s of CPU with a large vocabulary (measured: Korean, 640,000 words), nothing when that
decoder is used again. So decoders for free speech are kept and given to the next turn; after a
final result a Vosk decoder remembers nothing of the voice that it heard.
"""

import json
import threading
from pathlib import Path
from typing import Any

import vosk

from asr.grammar import closed_phrases, plain
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm, silence
from voxdesk.kernel.errors import ModelMissing
from voxdesk.kernel.speech import Expectation

_UNKNOWN = "[unk]"
_NARROW_BAND_HZ = 8_000
_MOST_IDLE_DECODERS = 8
_WARM_UP_S = 0.5  # silence is enough to compose most of the graph
_HOW_TO_BRING_ONE = (
    "Unpack a model from https://alphacephei.com/vosk/models there, "
    "or run `voxdesk models get vosk-small-en-us`."
)


class Decoder:
    """Vosk's own recognizer object, and how much audio it has heard in its life.

    Its word times count from its first sample ever, through all results.
    """

    def __init__(self, model: Any, sample_rate_hz: int, grammar: str | None, n_best: int) -> None:
        arguments = () if grammar is None else (grammar,)
        self._kaldi = vosk.KaldiRecognizer(model, float(sample_rate_hz), *arguments)
        self._kaldi.SetWords(True)  # noqa: FBT003  its own signature
        self._kaldi.SetMaxAlternatives(n_best)
        self._rate_hz = sample_rate_hz
        self._samples = 0

    @property
    def heard_s(self) -> float:
        """Seconds of audio so far."""
        return self._samples / self._rate_hz

    def accept(self, pcm: Pcm) -> bool:
        """Take audio at the model's rate. True: the engine sees a pause; `result` is due."""
        self._samples += len(pcm)
        return bool(self._kaldi.AcceptWaveform(pcm.tobytes()))

    def result(self) -> str:
        """JSON of what was said up to the pause."""
        return str(self._kaldi.Result())

    def partial(self) -> str:
        """JSON of the best text since then."""
        return str(self._kaldi.PartialResult())

    def final(self) -> str:
        """JSON of the rest. What comes next is a new voice."""
        return str(self._kaldi.FinalResult())


class VoskModel:
    """A loaded model, its vocabulary, and decoders; may be used from any thread."""

    def __init__(self, model_dir: Path, *, n_best: int = 5) -> None:
        """Load the model and warm one decoder; blocks for seconds with a large model.

        Args:
            model_dir: an unpacked model, with `am/final.mdl` inside (or `final.mdl`).
            n_best: how many readings a result shall have.

        Raises:
            ModelMissing: the directory is not a model, or Vosk can't load it.
        """
        _check_model_dir(model_dir)
        vosk.SetLogLevel(-1)  # it would print what grammars contain, on standard error
        try:
            self._model = vosk.Model(str(model_dir))
        except Exception as error:  # vosk raises nothing narrower
            raise ModelMissing(
                f"Vosk can't load the model in {model_dir}: a file is damaged or missing. "
                + _HOW_TO_BRING_ONE
            ) from error
        self.name = model_dir.name if model_dir.name != "model" else model_dir.parent.name
        self.sample_rate_hz = min(SAMPLE_RATE_HZ, _sample_rate_hz(model_dir))
        self.n_best = n_best
        self.guards_grammar = self.knows(_UNKNOWN)
        self._idle: list[Decoder] = []
        self._lock = threading.Lock()
        self.give_back(self.take(None))

    def knows(self, word: str) -> bool:
        """Whether the word is in the vocabulary."""
        return bool(self._model.vosk_model_find_word(word) >= 0)

    def grammar(self, expectation: Expectation) -> tuple[str, ...] | None:
        """The phrases that the caller may say, where the step has a closed list of them.

        Phrases with a word that the model doesn't know are left out: Vosk would drop the word
        alone and recognize the rest of the phrase. None: free speech.
        """
        known = {
            phrase
            for phrase in closed_phrases(expectation)
            if all(self.knows(word) for word in phrase.split())
        }
        # A choice that can't be recognized at all would make its caller choose another one.
        sayable = all(
            any(plain(phrase) in known for phrase in choice.phrases)
            for choice in expectation.choices
        )
        return tuple(sorted(known)) if known and sayable else None

    def take(self, grammar: tuple[str, ...] | None) -> Decoder:
        """A decoder; give one for free speech back after its final result."""
        if grammar is not None:
            phrases = [*grammar, _UNKNOWN] if self.guards_grammar else list(grammar)
            return self._new(json.dumps(phrases, ensure_ascii=False))
        with self._lock:
            if self._idle:
                return self._idle.pop()
        decoder = self._new(None)
        decoder.accept(silence(round(_WARM_UP_S * self.sample_rate_hz)))
        decoder.final()
        return decoder

    def give_back(self, decoder: Decoder) -> None:
        """Keep a decoder for free speech whose final result was taken."""
        with self._lock:
            if len(self._idle) < _MOST_IDLE_DECODERS:
                self._idle.append(decoder)

    def _new(self, grammar: str | None) -> Decoder:
        return Decoder(self._model, self.sample_rate_hz, grammar, self.n_best)


def _check_model_dir(model_dir: Path) -> None:
    if not model_dir.is_dir():
        raise ModelMissing(f"no Vosk model at {model_dir}: no such directory. {_HOW_TO_BRING_ONE}")
    if _looks_like_model(model_dir):
        return
    inside = sorted(child for child in model_dir.iterdir() if child.is_dir())
    nested = next((child for child in inside if _looks_like_model(child)), None)
    if nested is not None:
        raise ModelMissing(
            f"{model_dir} is not a Vosk model itself, it contains one: use {nested}."
        )
    raise ModelMissing(
        f"{model_dir} is not a Vosk model: it has no am/final.mdl. {_HOW_TO_BRING_ONE}"
    )


def _looks_like_model(path: Path) -> bool:
    return any((path / name).is_file() for name in ("am/final.mdl", "final.mdl"))


def _sample_rate_hz(model_dir: Path) -> int:
    for name in ("conf/mfcc.conf", "mfcc.conf"):
        path = model_dir / name
        if not path.is_file():
            continue
        for line in path.read_text().splitlines():
            option, _, value = line.partition("#")[0].strip().partition("=")
            if option == "--sample-frequency":
                return _NARROW_BAND_HZ if float(value) <= _NARROW_BAND_HZ else SAMPLE_RATE_HZ
    return SAMPLE_RATE_HZ
