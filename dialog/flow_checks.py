"""What is wrong with a flow as a whole: where steps lead, and what their templates read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dialog.flow import Ask, Choose, Flow, Menu, Message, Queue, Step, Waiting
from dialog.flow_problems import Problems, meant, nearest
from dialog.flow_templates import check_templates
from dialog.understanding.words import squeezed

# Steps at which the caller or another person has a say before the call goes on.
_WAITS = (Waiting, Queue, Message)


def check_flow(flow: Flow, problems: Problems, broken: Mapping[str, Sequence[str]]) -> None:
    """Adds every problem that shows only when all steps are known.

    Args:
        flow: as far as it could be read.
        problems: takes them.
        broken: steps that couldn't be read, with every word in them that may name a step.
    """
    for step in flow.steps.values():
        _check_targets(step, flow, problems, broken)
        _check_languages(step, flow, problems)
        _check_options(step, flow, problems)
        _check_exits(step, problems)
    _check_reach(flow, problems, broken)
    _check_loops(flow, problems)
    check_templates(flow, problems, complete=not broken)


def _check_targets(
    step: Step, flow: Flow, problems: Problems, broken: Mapping[str, Sequence[str]]
) -> None:
    for _key, target, line in step.targets():
        if target not in flow.steps and target not in broken:
            problems.add(
                line,
                f'step "{step.name}" goes to "{target}", and there is no such step.',
                meant(target, [*flow.steps, *broken], "Steps"),
            )


def _check_languages(step: Step, flow: Flow, problems: Problems) -> None:
    if step.language and step.language not in flow.languages:
        problems.add(
            step.line,
            f'step "{step.name}" is in the language "{step.language}", which the flow lacks.',
            meant(step.language, flow.languages, "Languages"),
        )


def _check_options(step: Step, flow: Flow, problems: Problems) -> None:
    """Two options must not mean the same words or the same key."""
    if not isinstance(step, Ask | Menu):
        return
    keys: dict[str, str] = {}
    said: dict[tuple[str, str], str] = {}
    for option in step.options:
        other = keys.setdefault(option.key, option.value) if option.key else option.value
        if other != option.value:
            problems.add(
                option.line,
                f'step "{step.name}": the key {option.key} means both "{other}" and '
                f'"{option.value}".',
                _free_keys(step.options),
            )
        for language in flow.languages:
            both = (option.phrases.by_language, option.examples.by_language)
            for phrase in (text for texts in both for text in texts.get(language, ())):
                other = said.setdefault((language, squeezed(phrase)), option.value)
                if other != option.value:
                    problems.add(
                        option.line,
                        f'step "{step.name}": "{phrase}" means both "{other}" and '
                        f'"{option.value}".',
                        "Callers who say it would not be understood; keep one.",
                    )
    _check_examples(step, problems)


def _check_examples(step: Ask | Menu, problems: Problems) -> None:
    """One option alone has nothing to be told from."""
    having = [option for option in step.options if option.examples.by_language]
    if len(having) == 1:
        problems.add(
            having[0].line,
            f'step "{step.name}": only "{having[0].value}" has examples.',
            "Give examples to another option too: they are told from one another by them.",
        )


def _free_keys(options: Iterable[object]) -> str:
    taken = {getattr(option, "key", "") for option in options}
    return f"Keys still free: {', '.join(key for key in '123456789' if key not in taken)}"


def _check_exits(step: Step, problems: Problems) -> None:
    if isinstance(step, Choose) and step.branches and step.branches[-1].condition:
        problems.add(
            step.line,
            f'step "{step.name}" has no "else": when no condition holds, there is no way on.',
            "Add - {else: …} as the last branch.",
        )


def _next(step: Step, flow: Flow) -> Iterator[str]:
    """The steps that may follow. A misspelled one counts as the one that was meant.

    One mistake is then one problem, not several.
    """
    for _key, target, _line in step.targets():
        if target in flow.steps:
            yield target
        elif near := nearest(target, flow.steps):
            yield near
        else:
            yield from flow.steps


def _exits(step: Step, flow: Flow) -> Iterator[str]:
    """Also where a question leads that nobody answers."""
    yield from _next(step, flow)
    if isinstance(step, Waiting) and not step.give_up and flow.person:
        yield flow.person


def _check_reach(flow: Flow, problems: Problems, broken: Mapping[str, Sequence[str]]) -> None:
    """Every step must be reachable, and from every step the call must be able to end."""
    entries = [flow.start, flow.start_over, flow.person]
    seen: set[str] = set()
    waiting = [name for name in entries if name]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in flow.steps:
            step = flow.steps[name]
            waiting += [*_next(step, flow), *(target for _, target, _ in step.targets())]
        else:
            waiting += [word for word in broken.get(name, ()) if word in flow.steps]
    for name, step in flow.steps.items():
        if name not in seen:
            problems.add(
                step.line,
                f'step "{name}" can\'t be reached: no step goes to it.',
                "Let a step go there, or remove it.",
            )
    if not broken:
        _check_ends(flow, seen, problems)


def _check_ends(flow: Flow, seen: set[str], problems: Problems) -> None:
    ends = {name for name, step in flow.steps.items() if step.kind == "end"}
    # A blind transfer that works ends the call; a person can end it too.
    ends |= {name for name, step in flow.steps.items() if step.kind in {"transfer", "queue"}}
    grown = True
    while grown:
        more = {
            name
            for name, step in flow.steps.items()
            if name not in ends and any(target in ends for target in _exits(step, flow))
        }
        ends |= more
        grown = bool(more)
    for name in flow.steps:
        if name in seen and name not in ends:
            problems.add(
                flow.steps[name].line,
                f'step "{name}" has no way out: no path from it ends the call.',
                'Let some step go to one with "end", "transfer" or "queue".',
            )


def _check_loops(flow: Flow, problems: Problems) -> None:
    """Steps that go round without asking the caller would talk for ever."""
    silent = {
        name: [
            target
            for _, target, _ in step.targets()
            if target in flow.steps and not isinstance(flow.steps[target], _WAITS)
        ]
        for name, step in flow.steps.items()
        if not isinstance(step, _WAITS)
    }
    reported: set[frozenset[str]] = set()
    for name in silent:
        cycle = _cycle(name, silent)
        if cycle and frozenset(cycle) not in reported:
            reported.add(frozenset(cycle))
            problems.add(
                flow.steps[name].line,
                f"a loop without any wait for the caller: {' → '.join([*cycle, cycle[0]])}.",
                "Put an ask or a menu into it, or let one of its steps go elsewhere.",
            )


def _cycle(start: str, edges: Mapping[str, Sequence[str]]) -> list[str]:
    """The steps of a way from start back to it, or nothing."""
    came_from: dict[str, str] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop(0)
        for target in edges.get(name, ()):
            if target == start:
                way = [name]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if target not in came_from:
                came_from[target] = name
                waiting.append(target)
    return []
