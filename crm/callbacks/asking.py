"""What a flow has done when a caller wants to be called back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from crm.acts.once import DONE, Outcome, Wanted, refused
from crm.callbacks.policy import Rules, due, number_to_call
from crm.callbacks.repository import Wish, ask
from crm.customers.phone import normalize_phone, plan_of
from crm.customers.repository import by_phone

REQUEST = "callback.request"


@dataclass(frozen=True, slots=True)
class Asking:
    """`callback.request`, by the rules of an installation."""

    rules: Rules

    def __call__(self, session: Session, wanted: Wanted, now: datetime) -> Outcome:
        """Promise a call, or say why not."""
        given = wanted.given
        own = normalize_phone(given.get("own", ""), plan_of(self.rules.country)) or ""
        number = number_to_call(given.get("number", ""), own=own, rules=self.rules)
        if number is None:
            return refused("number")
        wished_at = due(given.get("when", ""), now=now)
        if wished_at is None:
            return refused("time")
        since = _moment(given.get("since", ""), now)
        customer = by_phone(session, number)
        callback = ask(
            session,
            Wish(
                phone=number,
                queue=given.get("queue", ""),
                wished_at=wished_at,
                # Who wants to be called tomorrow doesn't wait until then.
                waiting_since=since if wished_at <= now else wished_at,
                skills=tuple(skill for skill in given.get("skills", "").split(",") if skill),
                priority=_whole(given.get("priority", "")),
                language=given.get("language", ""),
                greeting=given.get("greeting", ""),
                note=given.get("note", ""),
                call_id=wanted.call_id,
                customer_id=customer.id if customer else wanted.customer_id,
            ),
            now=now,
        )
        return Outcome(DONE, {"number": number, "id": callback.id})


def _moment(text: str, now: datetime) -> datetime:
    """When somebody began to wait; now where it isn't known, never later."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return now
    return min(found, now) if found.tzinfo else now


def _whole(text: str) -> int:
    return int(text) if text.removeprefix("-").isdecimal() and len(text) <= 4 else 0  # noqa: PLR2004
