"""The intents of a flow for a command: what isn't learnt yet is learnt first, and kept."""

from collections.abc import Callable
from pathlib import Path

import typer

from dialog.flow import Flow
from dialog.understanding.intents.classifier import Classifiers
from dialog.understanding.intents.examples import Lesson, lessons_of
from dialog.understanding.intents.model import FlowIntents
from voxdesk.app.intents.store import IntentStore
from voxdesk.app.intents.training import train_apart
from voxdesk.kernel.errors import ModelMissing

Say = Callable[[str], None]


def say_aside(text: str) -> None:
    """Beside what a command prints for programs."""
    typer.echo(text, err=True)


def intents_of(flow: Flow, state_dir: Path, say: Say = say_aside) -> FlowIntents | None:
    """What knows the examples of a flow; None: it has none.

    Args:
        flow: a draft, or anything else that was read.
        state_dir: where models are kept.
        say: told when something has to be learnt, which takes seconds.

    Raises:
        ModelMissing: they can't be learnt; says why.
    """
    lessons = lessons_of(flow)
    if not lessons:
        return None
    store = IntentStore(state_dir)
    found = {lesson.language: _kept(store, lesson) for lesson in lessons}
    missing = [lesson for lesson in lessons if found[lesson.language] is None]
    if missing:
        count = sum(
            len(said)
            for lesson in missing
            for options in lesson.steps.values()
            for said in options.values()
        )
        say(f"{flow.name}: learning its {count} examples; the next time they are known …")
        train_apart(missing, state_dir)
        found |= {lesson.language: store.load(lesson) for lesson in missing}
    return FlowIntents({language: models for language, models in found.items() if models})


def _kept(store: IntentStore, lesson: Lesson) -> Classifiers | None:
    try:
        return store.load(lesson)
    except ModelMissing:  # damaged, or of an older version: made anew
        return None
