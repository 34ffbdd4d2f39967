"""A flow, calls of it, and their replays through other versions."""

from collections.abc import Callable, Mapping

from fixtures.written_logs import written

from dialog.dialogue import Dialogue
from dialog.events import Started
from dialog.replay.comparing import Comparison, compare
from dialog.replay.playing import Played, play, played
from dialog.replay.recorded import Recorded, follow
from dialog.text_call import TextCall

Make = Callable[[str], Dialogue]
ORDERS = {("order", "4711"): {"number": "4711", "status": "shipped"}}
SUPPORT = """
person: people
steps:
  greet: {say: Welcome., then: menu}
  menu:
    menu: Orders or returns?
    options:
      orders: {phrases: [orders], key: 1, then: number}
      returns: {phrases: [returns], key: 2, then: returns}
  number: {ask: order_number, prompt: Which number?, slot: nr, min_digits: 4, then: find}
  find: {lookup: order, by: {number: "{{ nr }}"}, found: told, missing: gone, failed: gone}
  told: {say: "It is {{ order.status }}.", then: more}
  gone: {say: I have no such order., then: people}
  returns: {say: Send it back., then: more}
  more: {ask: yes_no, prompt: Anything else?, yes: menu, no: bye}
  people:
    queue: help
    prompt: I get you somebody.
    then: bye
    left_queue: voice
    timed_out: voice
    no_agents: voice
    failed: voice
  voice: {message: help, then: bye}
  bye: {end: Goodbye.}
"""


def recorded(old: Dialogue, call: TextCall) -> Recorded:
    log = written(call, old.flow, old.languages)
    found = follow(old, log, began=Started({}))
    assert found.trouble is None
    return found


def replay(
    old: Dialogue, new: Dialogue, call: TextCall, names: Mapping[str, str] | None = None
) -> tuple[Comparison, Played]:
    found = recorded(old, call)
    again = played(play(new, found, old.flow, names=names))
    return compare(found, again, old=old.flow, new=new.flow, names=names), again


def shipped(old: Dialogue) -> TextCall:
    """The caller asks for an order, and is content."""
    return TextCall(old, records=ORDERS).says("orders").says("4711").says("no")


def changed(flow: Make, *changes: tuple[str, str]) -> Dialogue:
    text = SUPPORT
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return flow(text)
