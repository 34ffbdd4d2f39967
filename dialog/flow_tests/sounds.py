"""What sounds alike: a rule of thumb for English spelling, a small list for Mandarin."""

import re
from collections.abc import Mapping

_SPELLED = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"[^a-z]", ""),
        (r"^(?:kn|gn)", "n"),
        (r"^wr", "r"),
        (r"^wh", "w"),
        (r"ough|augh", "o"),
        (r"igh", "i"),
        (r"tch", "C"),
        (r"ch|sh", "C"),
        (r"th", "T"),
        (r"ph", "f"),
        (r"ck|q", "k"),
        (r"x", "ks"),
        (r"dg", "C"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"(?<=[^aeiouy])e$", ""),
        (r"(?<=[aeiou])[rhw](?![aeiou])", ""),
        (r"(.)\1+", r"\1"),
        (r"[aeiouy]+", "a"),
    )
)
_IRREGULAR = {"one": "won", "two": "to", "eight": "ate"}
# Voiced and voiceless sounds are what telephones confuse first.
_VOICES = str.maketrans("bdgvzjTm", "ptkfsCfn")


def sound(word: str) -> str:
    """A key that is the same or nearly so for English words that sound alike.

    >>> sound("right") == sound("write"), sound("for") == sound("four")
    (True, True)
    """
    key = _IRREGULAR.get(word, word.lower())
    for pattern, to in _SPELLED:
        key = pattern.sub(to, key)
    return key.translate(_VOICES)


# Same or nearly the same syllable, tones aside, among characters that callers of an IVR use.
_GROUPS_ZH = (
    "一七期", "二儿耳", "三山", "四十是事", "五无物", "六留流", "七起气", "八吧把", "九酒久旧",
    "零林您", "两量亮", "不步部", "单但担", "定订丁", "货或活", "退推腿", "款宽", "快块会",
    "递地弟", "人仁任", "工公共", "客刻课", "服福复", "状装壮", "态太台", "营应英", "业夜叶",
    "时石实", "间见件", "没美每", "有又友", "要药", "好号", "对队", "错做", "查茶差", "我窝",
    "的得", "中钟种", "文问闻", "语雨", "转专传", "包报", "裹过", "到道", "哪那拿", "里理",
    "几急机", "点店", "开凯", "门们", "关官", "换欢", "钱前", "谢些", "再在", "样让", "就旧",
    "还孩", "需须", "用永", "了乐", "物务", "流留", "上商", "班办", "星心", "请情", "帮办",
)  # fmt: skip


def _alike() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for group in _GROUPS_ZH:
        for character in group:
            found.setdefault(character, []).extend(other for other in group if other != character)
    return {character: tuple(dict.fromkeys(others)) for character, others in found.items()}


ALIKE_ZH: Mapping[str, tuple[str, ...]] = _alike()
"""A character to those that it is taken for."""
