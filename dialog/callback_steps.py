"""Makes the steps of a call back's questions of the one step that a flow has of it."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from dialog.flow import Ask, Branch, Choose, Confirm, Menu, Say, Set, Step
from dialog.flow_callback import Callback, CallbackRequest
from dialog.flow_problems import Problems
from dialog.flow_texts import Option, Phrases, Text
from dialog.scopes import QUESTION
from voxdesk.kernel.speech import AnswerKind
from voxdesk.kernel.worded import worded

REQUEST = "callback.request"
_SOON = Phrases(
    {
        "en": (
            "as soon as possible", "soon", "right away", "right now", "immediately", "at once",
            "asap", "any time", "anytime", "whenever you can", "whenever", "as soon as you can",
            "the sooner the better", "at your earliest convenience",
        ),
        "zh": ("尽快", "马上", "现在", "立刻", "越快越好", "随时", "都可以", "什么时候都行"),
    }
)  # fmt: skip
_LATER = Phrases(
    {
        "en": (
            "another time", "a certain time", "later", "not now", "today", "tonight", "tomorrow",
            "next week", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
            "sunday", "january", "february", "march", "april", "may", "june", "july", "august",
            "september", "october", "november", "december", "in the morning",
            "in the afternoon", "in the evening", "noon", "o'clock", "am", "pm", "half past", "at",
            "in an hour", "in half an hour", "hours", "minutes",
        ),
        "zh": (
            "别的时间", "改天", "晚一点", "以后", "今天", "今晚", "明天", "后天", "上午", "早上",
            "中午", "下午", "晚上", "点", "点钟", "小时", "分钟", "星期", "礼拜", "周", "月", "号",
        ),
    }
)  # fmt: skip
"""The first is how we say it; the others tell that the caller names a time."""


def with_callbacks(steps: Mapping[str, Step], problems: Problems) -> dict[str, Step]:
    """The steps with the questions of each call back behind it."""
    found: dict[str, Step] = {}
    for name, step in steps.items():
        if isinstance(step, Callback) and _is_fine(step, problems):
            found |= {one.name: one for one in _expanded(step)}
        else:
            found[name] = step
    return found


def _is_fine(step: Callback, problems: Problems) -> bool:
    """Whether its questions can be made."""
    where = worded('step "{step}"', step=step.name)
    if step.sensitive:
        problems.add(
            step.line,
            worded(
                "{where} is sensitive, and a callback is there for its number to be kept.",
                where=where,
            ),
            worded("Leave sensitive away."),
        )
    if not step.name.isidentifier():
        problems.add(
            step.line,
            worded(
                "{where} is a callback, and its name is no word, so templates can't read its "
                "answers.",
                where=where,
            ),
            worded("Write a word of letters, digits and _."),
        )
    return step.name.isidentifier()


def _expanded(step: Callback) -> Iterator[Step]:
    begin = _inner(step, "begin")
    yield dataclasses.replace(step, then=begin, after=step.then)
    made = [*_about_number(step), *_about_time(step), *_promise(step)]
    yield from sorted(made, key=lambda one: one.name != begin)


def _inner(step: Callback, name: str) -> str:
    return f"{step.name}{QUESTION}{name}"


def _common(step: Callback, name: str) -> dict[str, Any]:
    """What every step of it has."""
    return {
        "name": _inner(step, name),
        "line": step.line,
        "language": step.language,
        "barge_in": step.barge_in,
    }


def _said(step: Callback, name: str, wording: str, then: str) -> Say:
    return Say(**_common(step, name), prompt=Text({}, wording=wording), then=then)


def _set(step: Callback, name: str, then: str, **values: str) -> Set:
    named = {f"{step.name}.{key}": value for key, value in values.items()}
    return Set(**_common(step, name), values=named, then=then)


def _chosen(step: Callback, name: str, *ways: tuple[str, str]) -> Choose:
    branches = tuple(Branch(condition, then, step.line) for condition, then in ways)
    return Choose(**_common(step, name), branches=branches)


def _about_number(step: Callback) -> Iterator[Step]:
    """Which number: their own, as far as it is known, or one that they give."""
    yield _set(step, "begin", _inner(step, "whose"), number="", time="", again="")
    yield _chosen(
        step, "whose", ("caller.phone", _inner(step, "own")), ("", _inner(step, "number"))
    )
    spoken = f'caller.phone | phone("{step.country}")' if step.country else "caller.phone | phone"
    yield Ask(
        **_common(step, "own"),
        answer=AnswerKind.YES_NO,
        slot=f"{step.name}.own",
        prompt=Text({}, wording="callback_own", given={"number": f"{{{{ {spoken} }}}}"}),
        confirm=Confirm.NEVER,
        yes=_inner(step, "theirs"),
        no=_inner(step, "number"),
        give_up=step.failed,
    )
    yield _set(step, "theirs", _inner(step, "when"), number="{{ caller.phone }}")
    yield Ask(
        **_common(step, "number"),
        answer=AnswerKind.PHONE,
        slot=f"{step.name}.number",
        country=step.country,
        prompt=Text({}, wording="callback_number"),
        # A number that was misheard is a stranger's.
        confirm=Confirm.ALWAYS,
        then=_inner(step, "numbered"),
        give_up=step.failed,
    )
    # When the first number couldn't be called, they have said already when.
    again, promise = f"{step.name}.again", _inner(step, "promise")
    yield _chosen(step, "numbered", (again, promise), ("", _inner(step, "when")))


def _about_time(step: Callback) -> Iterator[Step]:
    """When: soon, or at a time that they may name at once."""
    time = f"{step.name}.time"
    yield Menu(
        **_common(step, "when"),
        prompt=Text({}, wording="callback_when"),
        options=(
            Option("soon", _SOON, key="1", then=_inner(step, "soon"), line=step.line),
            Option("later", _LATER, key="2", then=_inner(step, "time"), line=step.line),
        ),
        also=(time,),
        give_up=step.failed,
    )
    yield _set(step, "soon", _inner(step, "promise"), time="")
    yield Ask(
        **_common(step, "time"),
        answer=AnswerKind.DATETIME,
        slot=time,
        when="future",
        prompt=Text({}, wording="callback_time"),
        confirm=Confirm.ALWAYS,
        then=_inner(step, "promise"),
        give_up=step.failed,
    )


def _promise(step: Callback) -> Iterator[Step]:
    """It is kept for us, and they are told; what can't be is asked once again."""
    own = step.name
    given = {
        "number": f"{{{{ {own}.number }}}}",
        "own": "{{ caller.phone }}",
        "queue": step.queue,
        "when": f"{{{{ {own}.time }}}}",
        "skills": ",".join(step.skills),
        "priority": str(step.priority),
        "language": "{{ language }}",
    }
    yield CallbackRequest(
        **_common(step, "promise"),
        what=REQUEST,
        given=given,
        greeting=step.greeting,
        note=step.note,
        into=f"{own}.asked",
        done=_inner(step, "told"),
        refused=_inner(step, "refused"),
        failed=step.failed,
    )
    yield _chosen(
        step,
        "refused",
        (f"{own}.again", step.failed),
        (f'{own}.asked.reason == "time"', _inner(step, "no_time")),
        ("", _inner(step, "no_number")),
    )
    for what in ("number", "time"):
        again = _inner(step, f"{what}_again")
        yield _said(step, f"no_{what}", f"callback_no_{what}", again)
        yield _set(step, f"{what}_again", _inner(step, what), again="yes")
    yield _chosen(step, "told", (f"{own}.time", _inner(step, "at")), ("", _inner(step, "then")))
    for name, wording in (("at", "callback_at"), ("then", "callback_soon")):
        yield _said(step, name, wording, step.then)
