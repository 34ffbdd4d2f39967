"""Checks where the steps of a flow lead: none out of reach, no loop without the caller, a way out.

Each finding names the path that shows it.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial

from dialog.entering import MAX_MOVES
from dialog.flow import Answer, Flow, Message, Queue, Step, Waiting
from dialog.flow_anywhere import aside_targets
from dialog.flow_problems import Problems, nearest
from dialog.flow_subflow import Return
from voxdesk.kernel.worded import worded

ENDS = frozenset({"end", "transfer", "queue"})
"""Kinds of steps that can end the call: a transfer or a person may too."""
# A queue that nobody serves, or that isn't there, gives the caller back at once.
_AT_ONCE = frozenset({"no_agents", "failed"})
SHOWN = 12
"""Steps of a path that are written out."""


def check_paths(flow: Flow, problems: Problems, broken: Mapping[str, Sequence[str]]) -> None:
    """Adds every problem of where the steps lead.

    Args:
        flow: as far as it could be read.
        problems: takes them.
        broken: steps that couldn't be read, with every word in them that may name a step.
    """
    onward = {name: _meant(step, flow) for name, step in flow.steps.items()}
    reached = _reached(flow, broken, onward)
    _check_reach(flow, reached, problems)
    if not broken:
        _check_ends(flow, reached, onward, problems)
    _check_loops(flow, problems)


def shown(path: Sequence[str]) -> str:
    """A path as it is written in a message; the middle of a long one is left out."""
    if len(path) <= SHOWN:
        return " → ".join(path)
    half = SHOWN // 2
    left = f"… {len(path) - 2 * half} more …"
    return " → ".join([*path[:half], left, *path[-half:]])


def way(
    starts: Iterable[str], edges: Callable[[str], Iterable[str]], wanted: Callable[[str], bool]
) -> list[str]:
    """The shortest path from one of the starts to a step that is wanted; nothing if none is."""
    came_from: dict[str, str] = dict.fromkeys(starts, "")
    waiting = list(came_from)
    for name in waiting:
        if wanted(name):
            path = [name]
            while came_from[path[-1]]:
                path.append(came_from[path[-1]])
            return path[::-1]
        for target in edges(name):
            if target not in came_from:
                came_from[target] = name
                waiting.append(target)
    return []


def following(flow: Flow, name: str) -> list[str]:
    """The steps that a step may go to, by itself or because the caller asks for a person."""
    step = flow.steps.get(name)
    if step is None:
        return []
    targets = [target for _, target, _ in step.targets() if target in flow.steps]
    if isinstance(step, Waiting):
        targets += [target for target in (flow.person, flow.start_over) if target in flow.steps]
    return targets


def _meant(step: Step, flow: Flow) -> set[str] | None:
    """The steps that may follow; None where any may. A misspelled one counts as the one meant.

    One mistake is then one problem, not several. So may any step follow where the one that does
    isn't written yet.
    """
    found = set(following(flow, step.name))
    written = [target for _, target, _ in step.targets()]
    for target in written:
        near = target if target in flow.steps else nearest(target, flow.steps)
        if not near:
            return None
        found.add(near)
    return found if written or step.kind in ENDS else None


# ------------------------------------------------------------------ reach


def _reached(
    flow: Flow, broken: Mapping[str, Sequence[str]], onward: Mapping[str, set[str] | None]
) -> set[str]:
    seen: set[str] = set()
    waiting = [name for name in (flow.start, flow.start_over, flow.person) if name]
    for target in aside_targets(flow):
        known = target in flow.steps or target in broken
        near = target if known else nearest(target, flow.steps)
        if not near:
            return {*flow.steps, *broken}
        waiting.append(near)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name not in flow.steps:
            waiting += [word for word in broken.get(name, ()) if word in flow.steps]
            continue
        targets = onward[name]
        if targets is None:
            return {*flow.steps, *broken}
        written = [target for _, target, _ in flow.steps[name].targets()]
        waiting += [*targets, *written]
    return seen


def _check_reach(flow: Flow, reached: set[str], problems: Problems) -> None:
    before: dict[str, list[str]] = {name: [] for name in flow.steps}
    for name in flow.steps:
        for target in following(flow, name):
            if target != name:
                before[target].append(name)
    for name, step in flow.steps.items():
        if name in reached:
            continue
        if not before[name]:
            why = worded("no step goes to it.")
        else:
            # Back along the steps that go there, as far as that leads.
            path = way([name], before.__getitem__, lambda step: not before[step])
            path = path or [name, before[name][0]]
            why = worded(
                "only {shown} leads to it, and nothing leads there.", shown=shown(path[::-1])
            )
        problems.add(
            step.line,
            worded('step "{name}" can\'t be reached: {why}', name=name, why=why),
            worded(
                'Let a step go there, or remove it. Calls begin at "{start}".', start=flow.start
            ),
        )


# ------------------------------------------------------------------ ways out


def _check_ends(
    flow: Flow, reached: set[str], onward: Mapping[str, set[str] | None], problems: Problems
) -> None:
    """From every step the call must be able to end. One problem for each region without.

    Side branches are looked at apart: they come back.
    """
    before: dict[str, list[str]] = {name: [] for name in flow.steps}
    for name, targets in onward.items():
        for target in targets or ():
            before[target].append(name)
    ends = {name for name, step in flow.steps.items() if _may_end(step)}
    if ends:
        ends |= {name for name, targets in onward.items() if targets is None}
    waiting = list(ends)
    while waiting:
        more = [name for name in before[waiting.pop()] if name not in ends]
        ends.update(more)
        waiting += more
    elsewhere = ends | flow.anywhere.steps
    caught = {name: None for name in flow.steps if name in reached and name not in elsewhere}
    told: set[str] = set()
    for name in caught:
        if name in told:
            continue
        region = _region(flow, name, caught, before)
        told |= region
        entry = way([flow.start], partial(following, flow), region.__contains__) or [name]
        path = [*entry, *_round_from(entry[-1], flow)]
        inside = [step for step in flow.steps if step in region]
        problems.add(
            flow.steps[name].line,
            worded(
                'step "{inside}" has no way out: no path from it ends the call: {shown}.',
                inside=inside[0],
                shown=shown(path),
            )
            if len(inside) == 1
            else worded(
                "steps {inside} have no way out: no path from them ends the call: {shown}.",
                inside=", ".join(inside),
                shown=shown(path),
            ),
            worded('Let one of them go to a step with "end", "transfer" or "queue".'),
        )


def _may_end(step: Step) -> bool:
    """Whether the call may end at a step; where nobody runs a flow, going back ends it."""
    return step.kind in ENDS or (isinstance(step, Return) and not step.then)


def _round_from(name: str, flow: Flow) -> list[str]:
    """The steps that follow one without a way out, until one of them comes again."""
    around = _cycle(name, partial(following, flow))
    if around:
        return [*around[1:], name]
    path: list[str] = []
    while (onward := following(flow, name)) and name not in path[:-1]:
        name = onward[0]
        path.append(name)
    return path


def _region(
    flow: Flow, name: str, caught: Container[str], before: Mapping[str, Sequence[str]]
) -> set[str]:
    """The steps without a way out that hang together with this one."""
    region: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here in region:
            continue
        region.add(here)
        waiting += [step for step in (*following(flow, here), *before[here]) if step in caught]
    return region


# ------------------------------------------------------------------ loops


def by_itself(step: Step) -> Iterator[str]:
    """Where a step may go without the caller or anybody else having had a say."""
    if isinstance(step, Answer) and step.words:  # it answers what was asked before
        yield from (target for key, target, _ in step.targets() if key in {"then", "unknown"})
        return
    if isinstance(step, Waiting | Message):
        return
    for key, target, _line in step.targets():
        if not isinstance(step, Queue) or key in _AT_ONCE:
            yield target


def _check_loops(flow: Flow, problems: Problems) -> None:
    """Steps that go round without asking the caller would talk for ever."""

    def edges(name: str) -> list[str]:
        return [target for target in by_itself(flow.steps[name]) if target in flow.steps]

    looping: set[str] = set()
    for name in _going_on(flow, edges):
        if name in looping:
            continue
        cycle = _cycle(name, edges)
        if cycle and not looping.intersection(cycle):
            path = way([flow.start], partial(following, flow), cycle.__contains__)
            # Begins where callers get into it.
            first = cycle.index(path[-1]) if path else 0
            turned = [*cycle[first:], *cycle[:first]]
            problems.add(
                flow.steps[name].line,
                worded(
                    "a loop without any wait for the caller: {shown}.",
                    shown=shown([*path[:-1], *turned, turned[0]]),
                ),
                worded("Put an ask or a menu into it, or let one of its steps go elsewhere."),
            )
        looping |= set(cycle)
    if not looping:
        _check_length(flow, edges, problems)


def _going_on(flow: Flow, edges: Callable[[str], list[str]]) -> list[str]:
    """The steps from which one may go on for ever; each loop is among them."""
    left = {name: len(set(edges(name))) for name in flow.steps}
    before: dict[str, list[str]] = {name: [] for name in flow.steps}
    for name in flow.steps:
        for target in set(edges(name)):
            before[target].append(name)
    waiting = [name for name, count in left.items() if not count]
    while waiting:
        for name in before[waiting.pop()]:
            left[name] -= 1
            if not left[name]:
                waiting.append(name)
    return [name for name, count in left.items() if count]


def _check_length(flow: Flow, edges: Callable[[str], list[str]], problems: Problems) -> None:
    """A call that goes on by itself for too long is ended; there are no loops here."""
    # Steps from each one on, and the next of them; not whole paths, which a long flow would square.
    longest: dict[str, tuple[int, str]] = {}
    for name in flow.steps:
        stack = [name]  # no recursion, as it may be long
        while stack:
            here = stack[-1]
            missing = [target for target in edges(here) if target not in longest]
            if missing:
                stack += missing
                continue
            onward = max(((longest[target][0], target) for target in edges(here)), default=(0, ""))
            longest[here] = (onward[0] + 1, onward[1])
            stack.pop()
    name = max(longest, key=lambda step: longest[step][0], default="")
    path = []
    while name:
        path.append(name)
        name = longest[name][1]
    if len(path) > MAX_MOVES:
        problems.add(
            flow.steps[path[0]].line,
            worded(
                "{path} steps follow one another without any wait for the caller, and at most "
                "{max_moves} may: {shown}.",
                path=len(path),
                max_moves=MAX_MOVES,
                shown=shown(path),
            ),
            worded("Put an ask or a menu between them, or join steps."),
        )


def _cycle(start: str, edges: Callable[[str], Iterable[str]]) -> list[str]:
    """The steps of a shortest way from start back to it, or nothing."""
    way_back = way(
        [target for target in edges(start) if target != start],
        edges,
        lambda name: start in edges(name),
    )
    if start in edges(start):
        return [start]
    return [start, *way_back] if way_back else []
