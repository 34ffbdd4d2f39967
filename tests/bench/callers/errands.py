"""What simulated callers want, what they know, and whether they got it."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tests.bench.callers.hearing import is_told

TASKS = ("status", "change", "cancel", "return", "refund", "promotion", "question", "survey")
TOPICS = (
    "lamp_dimmable", "kettle_capacity", "headphones_battery", "backpack_waterproof",
    "chair_weight", "shipping_cost", "delivery_time", "payment_methods", "warranty",
    "international",
)  # fmt: skip
CHANGES = ("address", "date", "item")
REASONS = ("broken", "wrong_item", "unwanted")
ITEMS = ("desk lamp", "kettle", "backpack", "office chair", "headphones")
STATUS_OF = {
    "change": ("processing",),
    "cancel": ("processing",),
    "return": ("delivered",),
    "refund": ("returned", "cancelled"),
    "status": ("processing", "shipped", "delivered"),
}
RECORDED = (  # digit strings that real people said, in speech-dev
    "2492", "8909", "1678", "0718", "4333", "093192", "137484", "187463", "6683", "2883", "0206",
    "7731", "1800", "861114", "453783", "143653", "6467", "9355", "3610", "4913", "7938", "544373",
    "883170", "993158",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BenchOrder:
    """An order of a caller's."""

    number: str
    status: str
    item: str
    total_cents: int
    placed_on: date
    eta: date | None = None
    delivered_on: date | None = None
    carrier: str = "UPS"


@dataclass(frozen=True, slots=True)
class Errand:
    """One call's purpose.

    Attributes:
        order: None where no order is needed.
        topic: of a question.
        change: what of the order is to be changed.
        reason: of a return.
        wish: "money" or "exchange".
        day: on which it should come instead.
        rating: 1 to 5.
        recommend: 0 to 10.
    """

    task: str
    language: str = "en"
    order: BenchOrder | None = None
    topic: str = ""
    change: str = ""
    reason: str = ""
    wish: str = ""
    day: date | None = None
    rating: int = 0
    recommend: int = 0

    @property
    def name(self) -> str:
        """For reports: the task, with its kind where it has several."""
        return self.task + (f".{self.change}" if self.change else "")


@dataclass(frozen=True, slots=True)
class Effects:
    """What came of a call, as the CRM and the call's log have it.

    Attributes:
        said: what the caller heard, in order.
        done: what was done, with its values: "order.cancel", "ticket.open", "survey" …
        ended: how the call ended.
    """

    said: Sequence[str] = ()
    done: Sequence[tuple[str, Mapping[str, str]]] = ()
    ended: str = ""


def make_errands(
    count: int, *, language: str, today: date, seed: int, tasks: Sequence[str] = TASKS
) -> list[Errand]:
    """So many, each task as often as another; every one with an order of its own."""
    dice = random.Random(f"{seed} {language}")  # noqa: S311  a plan, not a secret
    numbers = _numbers(dice, count)
    return [
        _errand(tasks[at % len(tasks)], at // len(tasks), language, (numbers[at], today), dice)
        for at in range(count)
    ]


def _numbers(dice: random.Random, count: int) -> list[str]:
    """First those that were recorded, in any order, then made-up ones."""
    numbers = list(RECORDED)
    dice.shuffle(numbers)
    while len(numbers) < count:
        number = str(
            dice.randrange(1000, 9999) if dice.random() < 0.6 else dice.randrange(10**5, 10**6)
        )
        if number not in numbers:
            numbers.append(number)
    return numbers


def _errand(
    task: str, turn: int, language: str, placed: tuple[str, date], dice: random.Random
) -> Errand:
    number, today = placed
    topic = TOPICS[turn % len(TOPICS)] if task == "question" else ""
    order = _order(task, number, today, dice) if task in STATUS_OF else None
    return Errand(
        task=task,
        language=language,
        order=order,
        topic=topic,
        change=CHANGES[turn % len(CHANGES)] if task == "change" else "",
        reason=REASONS[turn % len(REASONS)] if task == "return" else "",
        wish=dice.choice(("money", "exchange")) if task == "return" else "",
        day=today + timedelta(days=dice.randrange(4, 12)) if task == "change" else None,
        rating=dice.randrange(1, 6),
        recommend=dice.randrange(0, 11),
    )


def _order(task: str, number: str, today: date, dice: random.Random) -> BenchOrder:
    status = dice.choice(STATUS_OF[task])
    return BenchOrder(
        number=number,
        status=status,
        item=dice.choice(ITEMS),
        total_cents=dice.randrange(1500, 20000, 10),
        placed_on=today - timedelta(days=8),
        eta=today + timedelta(days=dice.randrange(1, 4))
        if status in ("processing", "shipped")
        else None,
        delivered_on=today - timedelta(days=dice.randrange(1, 5))
        if status in ("delivered", "returned")
        else None,
    )


def is_achieved(errand: Errand, effects: Effects) -> bool:  # noqa: PLR0911  one case a task
    """Whether the call had the effect that the caller wanted.

    What was only heard counts only where nothing is to be done.
    """
    said = " ".join(effects.said)
    number = errand.order.number if errand.order else ""
    own = [(what, given) for what, given in effects.done if given.get("number", "") == number]
    match errand.task:
        case "status":
            return is_told("status", "", said, errand.language) and " ".join(number) in said
        case "promotion" | "question":
            return is_told(errand.task, errand.topic, said, errand.language)
        case "change" if errand.change == "date":
            day = errand.day.isoformat() if errand.day else ""
            return any(what == "order.change" and given["date"] == day for what, given in own)
        case "change":
            return any(
                what == "ticket.open" and errand.change in given.get("subject", "")
                for what, given in own
            )
        case "return":
            wanted = f"{errand.reason.removesuffix('_item')}, {errand.wish}"
            return any(what == "order.return" and given["note"] == wanted for what, given in own)
        case "survey":
            return any(
                what == "survey" and given.get("rating") == str(errand.rating)
                for what, given in effects.done
            )
    return any(what == f"order.{errand.task}" for what, _ in own)
