"""Reads how systems outside behave in a test: `outside: {warehouse.stock: 4, order: away}`."""

from collections.abc import Mapping, Sequence

from dialog.flow import Flow, Lookup
from dialog.flow_outside import Act
from dialog.flow_problems import meant
from dialog.flow_tests.script import OutsideTurns
from dialog.flow_values import Context
from dialog.yaml_tree import Node
from voxdesk.kernel.worded import worded

AWAY = "away"
THERE = "there"
LONGEST_S = 60.0


def outside(node: Node, known: Sequence[str], context: Context) -> Mapping[str, float | None]:
    """What is looked up or done, to the seconds that it takes; None: it can't be reached."""
    if not node.is_map or not node.entries():
        context.problems.add(
            node.line,
            worded(
                '{where}: "outside" says how long what is looked up or done takes.',
                where=context.where,
            ),
            worded("Write outside: {order: 4}, in seconds, or {order: away}."),
        )
    found: dict[str, float | None] = {}
    for what, entry in node.entries().items():
        if what not in known:
            context.problems.add(
                entry.line,
                worded(
                    '{where}: the flow looks up or does nothing of the kind "{what}".',
                    where=context.where,
                    what=what,
                ),
                meant(what, known, worded("Kinds")),
            )
            continue
        value = entry.value
        if entry.raw == AWAY:
            found[what] = None
        elif entry.raw == THERE:
            found[what] = 0.0
        elif (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and 0 <= value <= LONGEST_S
        ):
            found[what] = float(value)
        else:
            context.problems.add(
                entry.at,
                worded(
                    '{where}: "outside.{what}" is "{raw}", and that is no time.',
                    where=context.where,
                    what=what,
                    raw=entry.raw[:40],
                ),
                worded(
                    "Write seconds from 0 to {longest_s}, {away}, or {there}.",
                    longest_s=format(LONGEST_S, "g"),
                    away=AWAY,
                    there=THERE,
                ),
            )
    return found


def outside_turns(node: Node, flow: Flow, context: Context) -> OutsideTurns:
    """The same as a line of a conversation."""
    steps = flow.steps.values()
    known = [step.what for step in steps if isinstance(step, Lookup | Act)]
    return OutsideTurns(outside(node, known, context))
