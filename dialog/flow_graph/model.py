"""What is drawn of a flow: steps, and the branches between them with what leads along each."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from dialog.flow import (
    Answer,
    Ask,
    Branch,
    Choose,
    Flow,
    Handover,
    Lookup,
    Menu,
    Message,
    Queue,
    Set,
    Step,
    Transfer,
)
from dialog.flow_callback import Callback
from dialog.flow_graph.words import word
from dialog.flow_hours import ByHours
from dialog.flow_outside import Act
from dialog.flow_subflow import Return, Subflow
from dialog.flow_survey import Survey, SurveyQuestion
from dialog.flow_texts import Option

ANYWHERE = "anywhere"
"""The kind of the node from which side branches lead; it is no step."""
MAX_PROMPT = 400
MAX_LABEL = 80
OUTSIDE_FROM = 0.05
"""Share of a step's exits from which a way beside its branches is drawn; all would be a tangle."""

_TAG = re.compile(r"\{[%#].*?[%#]\}", re.DOTALL)
_ELSE = re.compile(r"\{%[-+]?\s*(?:else|elif\b(?:(?!%\}).)*?)\s*[-+]?%\}", re.DOTALL)
_NOTHING_ELSE = re.compile(r"\{%[-+]?\s*else\s*[-+]?%\}\s*(?=\{%[-+]?\s*endif)")
_VALUE = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_FILTERS = re.compile(r"\s*\|.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Label:
    """What leads along a branch.

    Attributes:
        text: may be empty: there is no other way.
        spoken: callers say it.
        key: the key that means the same, or empty.
    """

    text: str
    spoken: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A step.

    Attributes:
        kind: the key that it is written with in the file.
        about: what it does, in few words; may be empty.
        prompt: what it says, with values named instead of filled in; may be empty.
    """

    name: str
    kind: str
    about: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """Every branch from one step to another.

    Attributes:
        labels: one a branch, in the file's order.
        outside: no branch of the flow: callers go there by "back", "start over" or "agent", or
            after too many failed tries.
    """

    source: str
    target: str
    labels: tuple[Label, ...] = ()
    outside: bool = False


@dataclass(frozen=True, slots=True)
class FlowGraph:
    """A flow, to be drawn in one language. Nodes and edges in the file's order."""

    name: str
    version: str
    language: str
    start: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return sum(node.kind != ANYWHERE for node in self.nodes)


@dataclass(frozen=True, slots=True)
class Traffic:
    """What calls did in a flow.

    Attributes:
        calls: how many there were.
        reached: by step, how many of them came to it.
        moves: (from, to): how often a call went that way. A call may go a way more than once.
        ended: by step, how many calls were at it when they ended.
        period: the days, as they are shown; may be empty.
    """

    calls: int = 0
    reached: Mapping[str, int] = field(default_factory=dict)
    moves: Mapping[tuple[str, str], int] = field(default_factory=dict)
    ended: Mapping[str, int] = field(default_factory=dict)
    period: str = ""

    def left(self, step: str) -> int:
        """How often calls left a step, the end of the call included."""
        gone = sum(count for (source, _), count in self.moves.items() if source == step)
        return gone + self.ended.get(step, 0)

    def share(self, source: str, target: str) -> float:
        """Share of those times that led to `target`, 0..1."""
        left = self.left(source)
        return self.moves.get((source, target), 0) / left if left else 0.0

    @classmethod
    def of_path(cls, steps: tuple[str, ...]) -> "Traffic":
        """That of a single call which went from step to step like this."""
        moves: dict[tuple[str, str], int] = {}
        for move in pairwise(steps):
            moves[move] = moves.get(move, 0) + 1
        ended = {steps[-1]: 1} if steps else {}
        return cls(1 if steps else 0, dict.fromkeys(steps, 1), moves, ended)


@dataclass(frozen=True, slots=True)
class Mark:
    """How many calls go another way than they went: more go along a branch, and fewer."""

    more: int = 0
    fewer: int = 0


Marks = Mapping[tuple[str, str], Mark]
"""By (from, to)."""


def graph_of(
    flow: Flow, language: str = "", traffic: Traffic | None = None, marks: Marks | None = None
) -> FlowGraph:
    """What is drawn of a flow; without what callers may ask anywhere.

    Args:
        flow: that was checked; targets that don't exist are left out.
        language: of prompts and phrases; the flow's first where it is empty or lacks it.
        traffic: adds the ways that calls went though no branch leads along them.
        marks: adds all of theirs.
    """
    own = language if language in flow.languages else flow.language
    labels: dict[tuple[str, str], list[Label]] = {}
    for step in flow.steps.values():
        for target, label in _branches(step, own):
            if target in flow.steps:
                labels.setdefault((step.name, target), []).append(label)
    edges = [Edge(source, target, tuple(found)) for (source, target), found in labels.items()]
    marked = marks or {}
    for source, target in sorted({*(traffic.moves if traffic else ()), *marked}):
        known = source in flow.steps and target in flow.steps
        often = traffic is not None and traffic.share(source, target) >= OUTSIDE_FROM
        if known and (often or (source, target) in marked) and (source, target) not in labels:
            edges.append(Edge(source, target, (Label(word(own, "outside")),), outside=True))
    nodes = tuple(_node(step, flow, own) for step in flow.steps.values())
    return FlowGraph(flow.name, flow.version, own, flow.start, nodes, tuple(edges))


def _node(step: Step, flow: Flow, language: str) -> Node:
    template = step.prompt.template(step.language or language, flow.language)
    return Node(step.name, step.kind, _about(step, language), readable(template)[:MAX_PROMPT])


def _about(step: Step, language: str) -> str:
    """What a step does beyond what it says."""
    match step:
        case SurveyQuestion() | Survey() | ByHours() | Subflow() | Return():
            about = _named(step)
        case Ask():
            about = str(step.answer).replace("_", " ")
        case Answer():
            about = ", ".join(step.knowledge)
        case Lookup():
            about = word(language, "by", what=step.what, key=", ".join(step.by))
        case Act():
            about = word(language, "by", what=step.what, key=", ".join(step.given))
        case Set():
            about = ", ".join(f"{name} = {readable(value)}" for name, value in step.values.items())
        case Queue() | Callback():
            about = step.queue
        case Transfer():
            about = readable(step.target)
        case Message():
            about = step.mailbox
        case _:
            about = ""
    return about[:MAX_LABEL]


def _named(step: SurveyQuestion | Survey | ByHours | Subflow | Return) -> str:
    """By the name of what it asks, runs or returns."""
    match step:
        case SurveyQuestion():
            return step.question.replace("_", " ")
        case Survey():
            return str(step.survey)
        case ByHours():
            return step.hours
        case Subflow():
            return step.flow
    return step.outcome


def _branches(step: Step, language: str) -> Iterator[tuple[str, Label]]:
    """Each target with what leads to it, in the order of `Step.targets`."""
    options = {f"options.{o.value}.then": o for o in step.options} if isinstance(step, Menu) else {}
    conditions = iter(step.branches if isinstance(step, Choose) else ())
    for key, target, _line in step.targets():
        if key in options:
            yield target, option_label(options[key], language)
        elif isinstance(step, Choose):
            yield target, _condition(next(conditions, None), language)
        else:
            yield target, _outcome(step, key, language)


def option_label(option: Option, language: str) -> Label:
    """What callers say or press for an option."""
    said = next(iter(option.phrases.of(language)), option.value)
    return Label(said[:MAX_LABEL], spoken=True, key=option.key)


def _condition(branch: Branch | None, language: str) -> Label:
    text = branch.condition if branch else ""
    return Label(" ".join(text.split())[:MAX_LABEL] or word(language, "else"))


def _outcome(step: Step, key: str, language: str) -> Label:
    if isinstance(step, Handover) and key == "then":
        return Label(word(language, "handover.then"))
    if isinstance(step, Answer) and key == "then":
        return Label(word(language, "answer.then"))
    if isinstance(step, Lookup | Act) and key == "failed":
        return Label(word(language, "lookup.failed"))
    if isinstance(step, Act) and key == "refused":
        return Label(word(language, "act.refused"))
    if isinstance(step, Ask) and key == "then" and (step.yes or step.no):
        return Label(word(language, "no" if step.yes else "yes"))
    return Label(word(language, key)[:MAX_LABEL])


def readable(template: str) -> str:
    """A template as a person reads it: values by name, conditions left away, alternatives apart.

    >>> readable("Order {{ order.number | spell }} is {% if late %}late{% endif %}.")
    'Order ⟨order.number⟩ is late.'
    >>> readable("{% if again %}Anything else?{% else %}How can I help you?{% endif %}")
    'Anything else? / How can I help you?'
    """
    named = _VALUE.sub(lambda found: f"⟨{_FILTERS.sub('', found[1])}⟩", template)
    apart = _ELSE.sub(" / ", _NOTHING_ELSE.sub("", named))
    return " ".join(_TAG.sub("", apart).split())
