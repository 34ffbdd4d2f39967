"""Publishing and taking back, as rules: whoever started from an older version is told so."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crm.flows import repository
from crm.flows.models import FlowVersion
from voxdesk.kernel.errors import PublishConflict, PublishRefused

MAX_REASON: Final = 500
MAX_AUTHOR: Final = 100


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What is to be published; attributes as of `FlowVersion`."""

    flow: str
    text: str
    hash: str
    author: str
    reason: str
    base: int
    restores: int = 0
    tests: str = ""
    changes: str = ""


def publish(session: Session, new: NewVersion, *, now: datetime) -> FlowVersion:
    """Make this the live version, if it was made from the one that is live now.

    Raises:
        PublishConflict: somebody has published meanwhile.
        PublishRefused: no author, no reason, or the text that is live already.
    """
    author, reason = _line(new.author), _line(new.reason)
    _demand(author, "an author", MAX_AUTHOR)
    _demand(reason, "a reason", MAX_REASON)
    live = repository.newest(session, new.flow)
    demand_news(new.flow, live, new.hash)
    demand_base(new.flow, live, new.base)
    version = FlowVersion(
        flow=new.flow,
        number=new.base + 1,
        base=new.base,
        restores=new.restores,
        text=new.text,
        hash=new.hash,
        author=author,
        reason=reason,
        tests=new.tests,
        changes=new.changes,
        published_at=now,
    )
    try:
        repository.add(session, version)
    except IntegrityError:  # both looked before one of them wrote
        demand_base(new.flow, repository.newest(session, new.flow), new.base)
        raise
    return version


def demand_news(flow: str, live: FlowVersion | None, hash_: str) -> None:
    """Make sure that a text isn't the one that is live.

    Raises:
        PublishRefused: it is.
    """
    if live is not None and live.hash == hash_:
        raise PublishRefused(
            f"{flow}: this is version {live.number}, which is live already; nothing was published.",
            case="live_already",
            flow=flow,
            number=live.number,
        )


def demand_base(flow: str, live: FlowVersion | None, base: int) -> None:
    """Make sure that the live version is the one that a change was made from.

    Raises:
        PublishConflict: it is another one; says whose, when and why, and what to do.
        PublishRefused: there is no such version.
    """
    number = live.number if live is not None else 0
    if base == number:
        return
    if live is None or base > number:
        raise PublishRefused(
            f"{flow}: the draft says that it was made from version {base}, and "
            + (f"the newest is {number}." if number else "none was published yet.")
            + f" Publish it with --base {number} if it is meant for this database.",
            case="base_unknown",
            flow=flow,
            base=base,
            number=number,
        )
    if base == 0:
        began = f"It isn't known which version your draft of {flow} was made from"
    else:
        began = f"Your draft of {flow} was made from version {base}"
    raise PublishConflict(
        f"{began}, and version {number} is live: published by {live.author} at "
        f"{live.published_at:%Y-%m-%d %H:%M} UTC, because: {live.reason}\n"
        f"  Nothing was published. See what differs: voxdesk flow diff {flow}\n"
        f"  To begin with what is live: voxdesk flow draft {flow}\n"
        f"  If your draft has all that is in it: publish with --base {number}",
        flow=flow,
        number=number,
        author=live.author,
        reason=live.reason,
        at=live.published_at,
    )


def to_restore(session: Session, flow: str, number: int | None) -> tuple[FlowVersion, FlowVersion]:
    """The live version, and the one that is to come back.

    Args:
        session: of the database.
        flow: its name.
        number: which one; by default the one before the live one. When the live one has brought
            an earlier one back, the one before that: going back twice goes two versions back.

    Raises:
        PublishRefused: there is no such version, or it is live.
    """
    live = repository.newest(session, flow)
    if live is None:
        raise PublishRefused(
            f"{flow} was never published; there is no version to go back to. Calls run the file.",
            case="never_published",
            flow=flow,
        )
    if number is None:
        number = _origin(session, live) - 1
        if number < 1:
            raise PublishRefused(
                f"{flow}: there is no version before the one that is live.",
                case="nothing_before",
                flow=flow,
            )
    wanted = repository.by_number(session, flow, number)
    if wanted is None:
        raise PublishRefused(
            f"{flow} has no version {number}; it has 1 to {live.number}. See them: voxdesk flow "
            f"history {flow}",
            case="no_version",
            flow=flow,
            number=number,
            newest=live.number,
        )
    if wanted.hash == live.hash:
        raise PublishRefused(
            f"{flow}: version {number} is what is live now (version {live.number}); nothing was "
            "changed.",
            case="live_already",
            flow=flow,
            number=number,
        )
    return live, wanted


def _origin(session: Session, version: FlowVersion) -> int:
    """The number of the version in which this text was new."""
    number, restores = version.number, version.restores
    while restores:
        number = restores
        earlier = repository.by_number(session, version.flow, number)
        restores = earlier.restores if earlier is not None else 0
    return number


def _line(text: str) -> str:
    """On one line, without what moves a terminal's cursor or no database takes."""
    words = " ".join(text.split())
    return "".join(each for each in words if unicodedata.category(each) not in {"Cc", "Cs"})


def _demand(text: str, what: str, longest: int) -> None:
    if not text:
        raise PublishRefused(
            f"A version needs {what}, so that others know later; give one.", case="reason_missing"
        )
    if len(text) > longest:
        raise PublishRefused(
            f"{what} has at most {longest} characters; this has {len(text)}.",
            case="text_long",
            most=longest,
            has=len(text),
        )
