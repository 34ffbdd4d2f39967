"""The knowledge of a flow, to be searched from any thread, in some milliseconds."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from dialog.events import Match, Search
from dialog.knowledge.index import Index, Wordings, make_index, wordings_of
from dialog.knowledge.model import Knowledge
from dialog.knowledge.ranking import ENGLISH, LETTERS, OTHERS, Ranker, make_ranker
from dialog.understanding.intents.encoders import Encoder, encoder_for
from dialog.understanding.words import primary
from voxdesk.kernel.errors import ModelMissing

SURE: Final = 0.6
"""Confidence of the first reading from which the others aren't looked at."""
KEPT_RANKERS: Final = 8
"""For each set of files and of questions that hold on the same days; there are few of both."""
_KEPT_LIBRARIES: Final = 8

log = logging.getLogger(__name__)


class Library:
    """What is known, by language. Reads nothing; what is dear comes from `index_of` or `put`."""

    def __init__(
        self,
        knowledge: Mapping[str, Knowledge],
        index_of: Callable[[Wordings], Index] = make_index,
    ) -> None:
        """`index_of` makes the index of a language at its first search, unless one was put."""
        self._knowledge = knowledge
        self._index_of = index_of
        self._indexes: dict[str, Index] = {}
        self._rankers: OrderedDict[tuple[str, tuple[str, ...]], Ranker] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def languages(self) -> tuple[str, ...]:
        """Those in which there is something."""
        found = (tag for one in self._knowledge.values() for tag in one.languages)
        return tuple(dict.fromkeys(found))

    def wordings(self, language: str) -> Wordings:
        """What an index of that language is made of."""
        return wordings_of(self._knowledge, language)

    def has(self, language: str) -> bool:
        """Whether an index of that language is there already."""
        return language in self._indexes

    def put(self, index: Index) -> None:
        """From now on this index counts for its language."""
        language = index.wordings.language
        with self._lock:
            self._indexes[language] = index
            for key in [key for key in self._rankers if key[0] == language]:
                del self._rankers[key]

    def search(self, search: Search) -> tuple[Match, ...]:
        """Questions that the words may ask, the likeliest first.

        The first reading that is surely one of them counts, else the one that is likeliest.

        Raises:
            ModelMissing: the encoder that has read the questions isn't there any more.
        """
        ranker = self.ranker(search)
        if ranker is None:
            return ()
        encoder = encoder_for(search.language) if ranker.index.by_meaning else None
        best: tuple[Match, ...] = ()
        for text in search.texts:
            if not text.strip():
                continue
            found = ranker.rank(text, encoder.vector(text) if encoder is not None else None)
            if found and (not best or found[0].confidence > best[0].confidence):
                best = found
            if best and best[0].confidence >= SURE:
                break
        return best

    def ready(self, search: Search) -> None:
        """Learn what such a search needs, so that no caller waits for it."""
        self.ranker(search)

    def ranker(self, search: Search) -> Ranker | None:
        """What tells the questions apart that such a search may find; None: there are none."""
        references = self._holding(search)
        if not references:
            return None
        language = search.language
        with self._lock:  # two that ask at once need not both learn
            index = self._indexes.get(language)
            if index is None:
                index = self._indexes[language] = self._index_of(self.wordings(language))
            key = (language, references)
            if key not in self._rankers:
                scale = ENGLISH if primary(language) == "en" else OTHERS
                if not index.by_meaning:
                    scale = LETTERS
                self._rankers[key] = make_ranker(index, references, scale)
                if len(self._rankers) > KEPT_RANKERS:
                    self._rankers.popitem(last=False)
            self._rankers.move_to_end(key)
            return self._rankers[key]

    def _holding(self, search: Search) -> tuple[str, ...]:
        """The questions that may be found: of these files, in this language, right on this day."""
        try:
            day = date.fromisoformat(search.today) if search.today else None
        except ValueError:
            day = None
        return tuple(
            reference
            for name in sorted(set(search.knowledge))
            if name in self._knowledge
            for reference, question in self._knowledge[name].references()
            if question.holds_on(day) and question.wordings(search.language)
        )


def read_index(wordings: Wordings) -> Index:
    """An index by meaning, made now: a hundred wordings take about a second."""
    encoder: Encoder = encoder_for(wordings.language)
    return make_index(wordings, encoder.encode(wordings.texts), encoder.reach)


def read_index_if_possible(wordings: Wordings) -> Index:
    """The same; by letters only where the encoder isn't installed."""
    try:
        return read_index(wordings)
    except ModelMissing as error:
        log.warning("questions are found by their letters only: %s", error)
        return make_index(wordings)


def library_of(knowledge: Mapping[str, Knowledge]) -> Library:
    """A library that reads at its first search, kept for the next who asks for the same.

    For tests, trials and commands; an engine has its questions read elsewhere.
    """
    return _library(_Key(knowledge))


class _Key:
    """Knowledge as a key: the same texts are the same."""

    def __init__(self, knowledge: Mapping[str, Knowledge]) -> None:
        self.knowledge = knowledge
        self._versions = tuple(sorted((name, one.version) for name, one in knowledge.items()))

    def __hash__(self) -> int:
        return hash(self._versions)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other._versions == self._versions


@lru_cache(maxsize=_KEPT_LIBRARIES)
def _library(key: _Key) -> Library:
    return Library(key.knowledge, read_index_if_possible)
