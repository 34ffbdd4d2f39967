"""The few words of a drawing that aren't the flow's own, in each language that we speak."""

from collections.abc import Mapping

_EN = {
    "flow": "Flow",
    "version": "version",
    "then": "",
    "else": "otherwise",
    "found": "found",
    "missing": "not found",
    "lookup.failed": "no answer",
    "done": "done",
    "act.refused": "may not be",
    "handover.then": "was connected",
    "failed": "failed",
    "answer.then": "answered",
    "unknown": "no answer known",
    "nothing": "no question",
    "give_up": "gives up",
    "yes": "yes",
    "no": "no",
    "key": "or {key}",
    "outside": "asked to",
    "calls": "{count} calls",
    "one_call": "1 call",
    "hung_up": "{share} ended here",
    "steps": "{count} steps",
    "no_calls": "no calls in these days",
    "shares": "% of the times that callers left the step",
    "start": "call comes in",
    "by": "{what} by {key}",
    "goes": "goes to: {steps}",
    "times": "taken {count} times, {share}",
    "back": "going back",
    "described": "{steps} steps and {branches} branches, starting at {start}.",
    "again": "loop",
    "more": "▲ {count} more",
    "fewer": "▼ {count} fewer",
    "anywhere.about": "at any step that waits",
    "upset": "upset again",
    "question": "any question",
}
_ZH = {
    "flow": "流程",
    "version": "版本",
    "then": "",
    "else": "否则",
    "found": "找到",
    "missing": "没有找到",
    "lookup.failed": "没有回答",
    "done": "已办理",
    "act.refused": "不能办理",
    "handover.then": "已接通",
    "failed": "失败",
    "open": "营业中",
    "closed": "已关门",
    "holiday": "节假日",
    "busy": "忙",
    "no_answer": "无人接听",
    "refused": "被拒绝",
    "left_queue": "离开排队",
    "timed_out": "等待超时",
    "no_agents": "没有客服",
    "answer.then": "已回答",
    "unknown": "没有答案",
    "nothing": "没有问题",
    "give_up": "多次未答",
    "yes": "是",
    "no": "否",
    "key": "或按 {key}",
    "outside": "自己要求",
    "calls": "{count} 通电话",
    "one_call": "1 通电话",
    "hung_up": "{share} 在此结束",
    "steps": "{count} 个步骤",
    "no_calls": "这段时间没有电话",
    "shares": "百分比：来电者离开该步骤的次数中所占份额",  # noqa: RUF001  Chinese punctuation
    "start": "来电",
    "by": "{what}（按 {key}）",  # noqa: RUF001  Chinese punctuation
    "goes": "下一步：{steps}",  # noqa: RUF001  Chinese punctuation
    "times": "走过 {count} 次，{share}",  # noqa: RUF001  Chinese punctuation
    "back": "返回",
    "described": "{steps} 个步骤，{branches} 条分支，从 {start} 开始。",  # noqa: RUF001  Chinese
    "again": "循环",
    "more": "▲ 多 {count} 通",
    "fewer": "▼ 少 {count} 通",
    "anywhere.about": "任何等待的步骤",
    "upset": "再次不满",
    "question": "任何问题",
}
_WORDS: Mapping[str, Mapping[str, str]] = {"en": _EN, "zh": _ZH}


def word(language: str, key: str, /, **values: object) -> str:
    """A word in that language, in English where it isn't there, else the key itself."""
    own = _WORDS.get(language.partition("-")[0], _EN)
    text = own.get(key, _EN.get(key, key.replace("_", " ")))
    return text.format(**values) if values else text
