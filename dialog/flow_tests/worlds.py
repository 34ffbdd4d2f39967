"""What a generated caller's CRM knows: fields and values are those that the flow looks at."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from dialog.catalogue import CRM
from dialog.flow import Ask, Flow, Lookup
from dialog.flow_outside import Act
from dialog.flow_templates import GIVEN, templates_by_step
from dialog.flow_tests.script import USUAL_DAY, World
from dialog.listening import NUMBERS
from dialog.scopes import scope_of
from dialog.template import TemplateProblem, fields_in, names_in
from dialog.text_outside import ANY, REFUSED
from dialog.understanding.numbers import CHECKS

_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_WHOLE_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")
_CONDITION = re.compile(r"\{%-?\s*(?:el)?if(.*?)%\}|\{\{.*?\bif\b(.*?)\}\}", re.DOTALL)
STRANGE = "something else"
"""A value that no condition names."""
_DAYS = (-3, -1, 0, 1, 4, 90)
_KNOWN, _THERE, _AWAY = 0.5, 0.7, 0.1  # shares of callers, of records, of bad days
_SPECIAL = 0.3  # share of calls on days that differ
_SLOW = 0.2  # of what is looked up or done
_TIMES_S = (None, 2.0, 4.0, 12.0, 40.0)
_LONGEST_NUMBER = 9

Field = tuple[str, str]


class Worlds:
    """Makes up worlds for one flow."""

    def __init__(self, flow: Flow, languages: tuple[str, ...]) -> None:
        """`languages`: those that calls can be in."""
        self._flow = flow
        self._languages = languages
        self._lookups = [step for step in flow.steps.values() if isinstance(step, Lookup)]
        self._acts = [step for step in flow.steps.values() if isinstance(step, Act)]
        self._named = [step.what for step in self._lookups] + [act.what for act in self._acts]
        self._fields = _fields_of(flow)

    def make(self, random: Random) -> World:
        """A caller, and the records that may be asked for."""
        caller: dict[str, Any] = {"known": False}
        if random.random() < _KNOWN:
            caller = {**self._record("caller", random), "known": True}
        if "last_order" in caller:
            order = self._record("order", random)
            caller["last_order"] = order if random.random() < _KNOWN else None
        if "open_orders" in caller:
            last = caller.get("last_order")
            caller["open_orders"] = [last] if last else []
        caller["language"] = random.choice(self._languages)
        own = (value for value in caller.values() if isinstance(value, str) and value)
        numbers = [*self._numbers(random), *own]
        records: dict[tuple[str, str], Mapping[str, Any] | None] = {}
        for step in self._lookups:
            key = next(iter(step.by), "number")
            for number in numbers:
                if random.random() < _THERE:
                    records[step.what, number] = {**self._record(step.into, random), key: number}
            if "." in step.what and random.random() < _THERE:  # a service, by anything
                records[step.what, ANY] = self._record(step.into, random)
        records |= self._outcomes(numbers, random)
        return World(
            caller=caller,
            records=records,
            callee=random.choice(self._fields.get(("callee", ""), ["100"])),
            crm_away=random.random() < _AWAY,
            at=self._moment(random),
            outside={
                what: random.choice(_TIMES_S) for what in self._named if random.random() < _SLOW
            },
        )

    def _outcomes(
        self, numbers: list[str], random: Random
    ) -> dict[tuple[str, str], Mapping[str, Any] | None]:
        """What comes of all that is done: mostly it is, and else a reason is given."""
        outcomes: dict[tuple[str, str], Mapping[str, Any] | None] = {}
        for act in self._acts:
            for key in (*numbers, ANY):
                answer = self._record(act.into, random)
                if random.random() > _THERE:
                    reasons = CRM.acts[act.what].reasons if act.what in CRM.acts else ()
                    why = answer.get("reason") or random.choice(reasons or ("unknown",))
                    answer = {REFUSED: why}
                outcomes[act.what, key] = answer
        return outcomes

    def _moment(self, random: Random) -> str:
        """Any time of a year, holidays often; nothing where the flow doesn't ask for the time."""
        if not self._flow.hours:
            return ""
        hours = random.choice([self._flow.hours[name] for name in sorted(self._flow.hours)])
        first = date.fromisoformat(USUAL_DAY)
        days = [first + timedelta(ahead) for ahead in range(365)]
        special = [day for day in days if hours.is_holiday(day) or day.isoformat() in hours.dates]
        day = random.choice(special if special and random.random() < _SPECIAL else days)
        return f"{day}T{random.randrange(24):02d}:{random.randrange(60):02d}"

    def _numbers(self, random: Random) -> list[str]:
        asks = (step for step in self._flow.steps.values() if isinstance(step, Ask))
        return [number_for(ask, random) for ask in asks if ask.answer in NUMBERS for _ in "ab"]

    def _record(self, variable: str, random: Random) -> dict[str, Any]:
        return {
            field: random.choice(values)
            for (name, field), values in self._fields.items()
            if name == variable and field
        }


def number_for(ask: Ask, random: Random) -> str:
    """A number that this question takes."""
    longest = max(ask.min_digits, min(ask.max_digits, _LONGEST_NUMBER))
    digits = [random.choice("0123456789") for _ in range(random.randint(ask.min_digits, longest))]
    check = CHECKS.get(ask.check)
    last = (digit for digit in "0123456789" if check and check("".join([*digits[:-1], digit])))
    return "".join([*digits[:-1], next(last, digits[-1])])


def _fields_of(flow: Flow) -> dict[Field, list[Any]]:
    """Each `variable.field` of the templates, and values that make a difference there."""
    named: dict[Field, list[Any]] = {}
    printed: dict[Field, list[Any]] = {}
    for step, template in templates_by_step(flow):
        try:
            fields = fields_in(template)
            fields |= {(name, "") for name in names_in(template) if name == "callee"}
        except TemplateProblem:
            continue
        conditions = " ".join(one or other for one, other in _CONDITION.findall(template))
        for variable, field in sorted(fields):
            name = f"{variable}.{field}" if field else variable
            whole = variable if variable in GIVEN else f"{scope_of(step)}{variable}"
            named.setdefault((whole, field), []).extend(_named_in(conditions, name))
            printed.setdefault((whole, field), []).extend(_printed_in(template, name))
    return {
        (variable, field): _values(values, printed[variable, field], STRANGE if field else "100")
        for (variable, field), values in named.items()
    }


def _values(named: list[Any], printed: list[Any], strange: str) -> list[Any]:
    """What is printed as a day or as money is one, or is missing where that is asked."""
    if printed or any(isinstance(value, int) for value in named):
        return [value for value in named if not value or isinstance(value, int)] + printed
    return [*named, strange]


def _named_in(conditions: str, name: str) -> list[Any]:
    """What conditions compare it with, and nothing where they ask whether it is there."""
    if name not in conditions:
        return []
    texts: list[Any] = [one or other for one, other in _QUOTED.findall(conditions)]
    numbers = [int(digits) for digits in _WHOLE_NUMBER.findall(_QUOTED.sub("", conditions))]
    around = [number + more for number in numbers for more in (-1, 0, 1)]
    return [*texts, *around, ""]


def _printed_in(template: str, name: str) -> list[Any]:
    """What the filters that print it can take."""
    if re.search(rf"{re.escape(name)}\s*\|\s*day\b", template):
        today = date.fromisoformat(USUAL_DAY)
        return [(today + timedelta(days)).isoformat() for days in _DAYS]
    if re.search(rf"{re.escape(name)}\s*\|\s*(?:money|int|abs|round)\b", template):
        return [0, 4990]
    if re.search(rf"money\(\s*{re.escape(name)}", template):
        return ["USD", "EUR", "CNY"]
    return []
