"""Which of the known names was said; a name is rarely heard as it is written."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from dialog.understanding.choices import sound
from dialog.understanding.words import han_only, has_han, listed, tokens

SURE = 78.0
"""Likeness (0..100, mean of spelling and sound) from which words count as a name."""
MARGIN = 6.0
"""By how much the likeliest name must lead the next one."""
PART_IS_LESS = 4.0
MAX_WORDS = 16
_LEADS = frozenset(
    listed(
        "um uh my name is it's its the this i'm i am name's names speaking here yes yeah hi hello "
        "it last first surname call me under for mister mrs miss mr ms please"
    )
)
_SPELLED = 3
# Characters of common names that sound alike, the tone aside; recognizers write any of them.
_ALIKE = (
    "张章彰", "王汪旺", "李里理丽力立莉利", "刘留流浏", "陈陆沉晨臣辰", "杨阳洋扬羊", "黄皇煌",
    "赵照兆", "吴武伍舞午", "周州洲舟", "徐许旭", "孙笋", "马麻", "朱珠诸竹", "胡湖虎", "郭国果",
    "何河和合贺", "高告膏", "林琳霖临", "罗洛络", "郑政正", "梁良亮粮", "谢写", "宋松送",
    "唐堂糖", "韩寒含涵汉", "冯丰风峰锋凤", "于余鱼宇雨玉钰", "董懂", "肖晓小萧笑", "程城成诚承",
    "曹草", "袁元圆源园", "邓灯", "傅付福富", "沈深审", "曾增", "彭朋鹏", "吕旅绿", "苏速素",
    "卢鲁路露", "蒋江姜将", "蔡菜财才", "贾假佳嘉家", "丁顶", "魏伟维为卫微薇威", "薛雪学",
    "叶夜业", "阎严燕颜彦艳", "方芳放房", "娜那纳", "明名鸣铭", "静京晶敬", "强墙蔷", "磊雷蕾",
    "军君俊钧", "勇永用咏", "杰洁结捷", "娟捐", "涛桃陶", "超朝", "秀修", "霞侠夏", "平萍苹",
    "刚钢", "桂贵", "英鹰应莹颖", "华花画", "辉慧惠会", "红宏洪鸿", "玲铃灵零凌", "欧鸥",
    "建健剑", "文闻雯", "敏民", "海", "兰蓝岚", "梅美媚", "云运", "新欣心馨", "志智芝之治",
    "翔祥香湘", "天田甜", "东冬栋", "博波伯", "思四斯丝", "琪奇齐琦", "悦月岳",
)  # fmt: skip
_FOLD = str.maketrans({character: group[0] for group in reversed(_ALIKE) for character in group})
_OF_WORD = re.compile(r"([\u3400-\u9fff]{2})的([\u3400-\u9fff])")
_RADICALS = {"弓长": "张", "木子": "李", "耳东": "陈", "口天": "吴", "双木": "林",
             "古月": "胡", "言午": "许", "立早": "章", "三横一竖": "王",
             "草头黄": "黄", "人可": "何"}  # fmt: skip
_ZH_LEADS = re.compile(r"我的?名字[是叫]?|我[姓叫是]|[姓叫]|名字|先生|女士|小姐")


def name_of(text: str, names: Sequence[str]) -> tuple[str, float] | None:
    """The name that was said, as it is written in the list, and how sure that is, or None.

    Args:
        text: what was said; letters may be spelled, a first or last name alone may do.
        names: those that are possible here. None is sure when two are as likely.
    """
    if has_han(text):
        return _zh(text, [name for name in names if has_han(name)])
    words = _heard(text)
    known = _prepare(tuple(dict.fromkeys(names)))
    ranked = sorted(((_likeness(words, name), name.written) for name in known), reverse=True)
    if not words or not ranked or ranked[0][0] < SURE:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < MARGIN:
        return None
    score, name = ranked[0]
    return name, round(min(1.0, score / 100), 3)


def _heard(text: str) -> list[str]:
    """Content words; letters that are spelled one by one are joined."""
    words: list[str] = []
    spelled = ""
    for word in [*tokens(text)[: MAX_WORDS * 3], ""]:
        if len(word) == 1 and word.isalpha():
            spelled += word
            continue
        if len(spelled) >= _SPELLED:
            words.append(spelled)
        elif spelled:
            words += list(spelled)
        spelled = ""
        if word and word not in _LEADS:
            words.append(word)
    return words[:MAX_WORDS]


@dataclass(frozen=True, slots=True)
class _Name:
    """A name, taken apart once; `own`: those of its parts that no other name has."""

    written: str
    parts: tuple[str, ...]
    own: tuple[str, ...]


@lru_cache(maxsize=64)
def _prepare(names: tuple[str, ...]) -> tuple[_Name, ...]:
    parts = [tuple(tokens(name)) for name in names]
    count = Counter(part for several in parts for part in set(several))
    return tuple(
        _Name(
            name,
            several,
            tuple(part for part in several if len(part) > _SPELLED and count[part] == 1),
        )
        for name, several in zip(names, parts, strict=True)
    )


def _likeness(words: Sequence[str], name: _Name) -> float:
    """0..100: the whole name, or a part of it that no other name has."""
    whole = _best(words, "".join(name.parts), len(name.parts))
    # A part alone must be clearer than a whole name, and is worth a little less.
    return max([whole, *(_best(words, part, 1) - PART_IS_LESS for part in name.own)])


def _best(words: Sequence[str], wanted: str, count: int) -> float:
    best = 0.0
    for start in range(len(words)):
        for length in {max(1, count - 1), count, count + 1, count + 2}:
            heard = "".join(words[start : start + length])
            if abs(len(heard) - len(wanted)) <= max(2, len(wanted) // 3):
                best = max(best, _alike(heard, wanted))
    return best


@lru_cache(maxsize=4096)
def _alike(heard: str, wanted: str) -> float:
    heard, wanted = heard.replace("'", ""), wanted.replace("'", "")
    return (fuzz.ratio(heard, wanted) + fuzz.ratio(_sound(heard), _sound(wanted))) / 2


@lru_cache(maxsize=4096)
def _sound(word: str) -> str:
    """How names sound, more roughly than words: "sean" is "shawn", "gh" is silent."""
    word = re.sub("^se?an", "shan", re.sub("gh", "", word))
    word = re.sub("eph|ev(?=e)", "ef", word)
    return sound(word)


def _zh(text: str, names: Sequence[str]) -> tuple[str, float] | None:
    said = han_only(text)
    for radicals, character in _RADICALS.items():
        said = said.replace(radicals, character)
    # 伟大的伟: the character is the one that the word before has.
    said = _OF_WORD.sub(lambda match: match[2] if match[2] in match[1] else match[0], said)
    said = re.sub(r"(.)\1+", r"\1", _ZH_LEADS.sub("", said))
    exact = [name for name in names if name in said]
    if len(exact) == 1:
        return exact[0], 1.0
    folded = said.translate(_FOLD)
    alike = [name for name in names if han_only(name).translate(_FOLD) in folded]
    return (alike[0], 0.85) if len(alike) == 1 and not exact else None
