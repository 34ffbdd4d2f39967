"""What was deleted and when: by rules, and of people who asked for it."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.privacy.models import Deletion, Erasure

MOST: Final = 100


def deletions(session: Session) -> Sequence[Deletion]:
    """The last runs of the rules that deleted something, the newest first."""
    return session.scalars(select(Deletion).order_by(Deletion.id.desc()).limit(MOST)).all()


def erasures(session: Session) -> Sequence[Erasure]:
    """The last erasures of people, the newest first."""
    return session.scalars(select(Erasure).order_by(Erasure.at.desc()).limit(MOST)).all()
