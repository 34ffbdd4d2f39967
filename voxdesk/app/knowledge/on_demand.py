"""The knowledge of a flow for a command: what wasn't read yet is read first, and kept."""

from collections.abc import Callable, Mapping
from pathlib import Path

import typer

from dialog.flow import Flow
from dialog.knowledge.index import Index, Wordings, make_index
from dialog.knowledge.library import Library, library_of
from dialog.knowledge.model import Knowledge
from dialog.understanding.intents.encoders import encoder_for
from voxdesk.app.knowledge.reading import read_apart
from voxdesk.app.knowledge.store import Vectors, VectorStore
from voxdesk.kernel.errors import ModelMissing

Say = Callable[[str], None]
MANY = 200
"""Wordings that take long enough to be spoken of."""


def say_aside(text: str) -> None:
    """Beside what a command prints for programs."""
    typer.echo(text, err=True)


def library_for(
    knowledge: Mapping[str, Knowledge], state_dir: Path, say: Say = say_aside
) -> Library:
    """What finds the questions of this knowledge, by meaning; by letters without an encoder.

    Args:
        knowledge: by name.
        state_dir: where vectors are kept.
        say: told what takes long, or goes less well than it could.
    """
    return Library(knowledge, _reader(state_dir, say))


def read_knowledge(flow: Flow, state_dir: Path, say: Say = say_aside) -> None:
    """Have what a flow knows read before it is tested or tried, from what is kept of it."""
    library, index_of = library_of(flow.knowledge), _reader(state_dir, say)
    for language in flow.languages:
        wordings = library.wordings(language)
        if wordings.texts and not library.has(language):
            library.put(index_of(wordings))


def _reader(state_dir: Path, say: Say) -> Callable[[Wordings], Index]:
    store = VectorStore(state_dir)

    def index_of(wordings: Wordings) -> Index:
        try:
            vectors = _kept(store, wordings)
            if vectors is None:
                if len(wordings.texts) >= MANY:
                    count = len(wordings.texts)
                    say(f"Reading {count} questions; the next time they are known …")
                read_apart([wordings], state_dir)
                vectors = store.load(wordings)
            reach = encoder_for(wordings.language).reach
        except ModelMissing as error:
            say(f"Questions are found by their letters only: {error}")
            return make_index(wordings)
        return make_index(wordings, vectors, reach)

    return index_of


def _kept(store: VectorStore, wordings: Wordings) -> Vectors | None:
    try:
        return store.load(wordings)
    except ModelMissing:  # damaged: it is read anew
        return None
