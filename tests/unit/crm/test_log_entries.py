"""What was logged comes out of a file as it went in, whatever was in it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.calls.entries import Entry, LoggedEvent, NewCall, change, decode, encode, opening, plain
from crm.calls.spool import Spool
from voxdesk.kernel.call import CallEvent, CallId, Direction, EndCause, EventKind
from voxdesk.kernel.errors import DatabaseError

pytestmark = pytest.mark.unit
NOW = datetime(2025, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
CALL = CallId("c1")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def event(number: int, **data: Any) -> LoggedEvent:
    return LoggedEvent(number, CallEvent(CALL, EventKind.KEY, NOW, number, data))


@given(st.dictionaries(st.text(max_size=5), json_values, max_size=4), st.integers(0, 10**6))
def test_events_survive_a_file(data: dict[str, Any], audio_ms: int) -> None:
    logged = LoggedEvent(3, CallEvent(CALL, EventKind.HEARD, NOW, audio_ms, plain(data)))
    line = encode(logged)
    assert "\n" not in line
    assert decode(line) == logged


def test_openings_and_changes_survive_a_file() -> None:
    call = NewCall(CALL, Direction.OUTBOUND, NOW, caller="王", customer_id=None)
    for entry in (opening(call), change(CALL, {"ended_at": NOW, "cause": EndCause.BUSY.value})):
        assert decode(encode(entry)) == entry


@given(json_values | st.floats() | st.text())
def test_plain_values_are_taken_by_both_databases(value: Any) -> None:
    text = json.dumps(plain({"value": value}), allow_nan=False)
    assert "\\u0000" not in text
    text.encode()


def test_values_of_other_libraries_become_plain() -> None:
    value = {"a": np.float32(0.5), "b": np.arange(2), "c": EndCause.BUSY, 4: NOW, "d": Path("x")}
    assert plain(value) == {
        "a": 0.5,
        "b": [0, 1],
        "c": "busy",
        "4": NOW.isoformat(),
        "d": "x",
    }


@pytest.mark.parametrize("line", ["", "{", "[]", "{}", '{"event": "c1"}', '{"open": 1}', "null"])
def test_a_line_that_is_not_ours_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        decode(line)


def drained(spool: Spool, limit: int = 3) -> list[Entry]:
    entries: list[Entry] = []
    while not spool.empty:
        some, position = spool.peek(limit)
        entries += some
        spool.take(position)
    return entries


def test_a_spool_gives_back_in_order_also_after_a_restart(tmp_path: Path) -> None:
    entries = [event(number) for number in range(10)]
    first = Spool(tmp_path)
    first.append(entries[:4])
    first.append(entries[4:])
    first.close()

    second = Spool(tmp_path)
    assert second.next_seqs() == {CALL: 10}
    assert drained(second) == entries
    assert second.empty
    second.append(entries[:1])
    assert drained(second) == entries[:1]
    second.close()
    assert second.path.stat().st_size == 0


def test_half_a_line_of_a_dead_process_is_dropped(tmp_path: Path) -> None:
    first = Spool(tmp_path)
    first.append([event(0), event(1)])
    first.close()
    with first.path.open("ab") as file:
        file.write(encode(event(2)).encode()[:20])

    second = Spool(tmp_path)
    second.append([event(3)])
    assert drained(second) == [event(0), event(1), event(3)]
    second.close()


def test_an_edited_line_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "call_log.jsonl").write_text(
        encode(event(0)) + "\nnot ours\n" + encode(event(1)) + "\n"
    )
    spool = Spool(tmp_path)
    assert drained(spool, limit=1) == [event(0), event(1)]
    spool.close()


def test_two_programs_do_not_share_a_spool(tmp_path: Path) -> None:
    first = Spool(tmp_path)
    with pytest.raises(DatabaseError, match="another Voxdesk"):
        Spool(tmp_path)
    first.close()
    Spool(tmp_path).close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError, match="file/spool"):
        Spool(tmp_path / "file" / "spool")
