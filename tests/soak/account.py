"""Is every call accounted for? What callers did, beside what the CRM and the recordings say."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from tests.bench.records import Record
from tests.soak.traffic import BUSY, Placed

SAME_LENGTH_S = 1.0
REFUSED = ("error", "rejected")
UP_FOR_SURE_S = 0.5  # who hangs up sooner may do so before the sound is there


@dataclass(frozen=True, slots=True)
class Account:
    """The sum of it.

    Attributes:
        refused: by a full line, properly; they never came to the engine.
        without_record, without_end, without_recording, wrong_length: calls, by what they lack.
        unknown_records: records of calls that nobody made.
        double_records: calls with more than one.
        causes: how many ended how, as the CRM says.
        troubles: what callers met that they shouldn't have.
        faults: the first of all of these, in words.
    """

    dialled: int
    answered: int
    refused: int
    without_record: int
    without_end: int
    without_recording: int
    wrong_length: int
    unknown_records: int
    double_records: int
    causes: dict[str, int]
    troubles: int
    faults: list[str]

    @property
    def is_clean(self) -> bool:
        """Nothing is missing and nobody met trouble."""
        return not self.faults


def account(placed: Sequence[Placed], records: Iterable[Record], *, told: int = 20) -> Account:
    """Compare; at most so many faults are told one by one."""
    by_caller: dict[str, list[Record]] = {}
    inbound = [record for record in records if record.caller.startswith("+1777")]
    for record in inbound:
        by_caller.setdefault(record.caller, []).append(record)
    faults: list[tuple[str, str]] = []
    refused = 0
    for call in placed:
        mine = by_caller.get(call.caller, [])
        if call.status in BUSY and not call.answered_s:
            refused += 1
            continue
        faults += [
            (kind, f"{call.kind} {call.caller}: {text}") for kind, text in _faults(call, mine)
        ]
    callers = {call.caller for call in placed}
    unknown = [record for record in inbound if record.caller not in callers]
    faults += [("unknown", f"record {record.id}: nobody made this call") for record in unknown]
    count = Counter(kind for kind, _ in faults)
    return Account(
        dialled=len(placed),
        answered=sum(bool(call.answered_s) for call in placed),
        refused=refused,
        without_record=count["record"],
        without_end=count["end"],
        without_recording=count["recording"],
        wrong_length=count["length"],
        unknown_records=count["unknown"],
        double_records=count["double"],
        causes=dict(Counter(record.cause or "none" for record in inbound)),
        troubles=count["trouble"],
        faults=[text for _, text in faults[:told]],
    )


def _faults(call: Placed, mine: Sequence[Record]) -> Iterable[tuple[str, str]]:
    if call.trouble:
        yield "trouble", call.trouble
    # A line that refused in the end, and the next one that took the call, have a record each.
    whole = [each for each in mine if each.answered_at is not None or each.cause not in REFUSED]
    if len(whole) > 1:
        yield "double", f"{len(whole)} records"
    if not mine:
        # An INVITE that was taken back before the line looked at it never was a call.
        if call.kind != "cancelled" or call.answered_s:
            yield "record", "no record"
        return
    record = next((each for each in mine if each.answered_at is not None), mine[0])
    if record.ended_at is None or not record.cause:
        yield "end", "its record has no end, or no cause"
    if call.talked_s < UP_FOR_SURE_S:
        return
    recorded_s = record.recorded_s
    if record.answered_at is None or recorded_s is None:
        yield "recording", f"talked for {call.talked_s:.1f} s, and nothing to play"
    elif abs(recorded_s - call.talked_s) > SAME_LENGTH_S:
        yield "length", f"talked for {call.talked_s:.1f} s, recorded {recorded_s:.1f} s"


def as_json(found: Account) -> dict[str, object]:
    """For the report's file."""
    return asdict(found)
