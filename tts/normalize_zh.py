"""Mandarin: the rules, in the order in which they are applied.

As in English, a rule's words contain no digits and no signs, so later rules leave them alone.
Latin words stay: voices for Mandarin say them as they can.
"""

# ruff: noqa: RUF001  Chinese punctuation is meant

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from functools import partial

from tts import mandarin
from tts.amounts import AMOUNT, read_amount
from tts.mandarin import CODE_DIGITS, DIGITS, MEASURES, cardinal, counted, spell_digits

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

_CURRENCY = r"(?:US\$|HK\$|CN¥|USD|EUR|GBP|JPY|HKD|CNY|RMB|[$€£¥₹])"
_CURRENCY_AFTER = r"(?:USD|EUR|GBP|JPY|HKD|CNY|RMB|[€£])"
_TO = r"\s*[-–—~～至到]\s*"
_N = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d{1,2}(?!\d)|\d+(?:\.\d+)?"
_CODE_WORD = (
    r"(?:订单|单号|编号|尾号|号码|验证码|密码|工号|房间号?|电话|手机号?|热线|分机|账号|卡号|会员号"
    r"|快递|运单|车次|航班|邮编|代码|拨打|致电|拨|客服)"
)


def say_mandarin(text: str, today: dt.date | None = None) -> str:
    """One cleaned sentence in words."""
    spoken = _plain_letters(text)
    spoken = _EMAIL.sub(_address, spoken)
    spoken = _URL.sub(_address, spoken)
    for pattern, say in (*_date_rules(today), *_RULES):
        spoken = pattern.sub(say, spoken)
    for pattern, said in _SIGNS:
        spoken = pattern.sub(said, spoken)
    return _tidy(spoken)


def _plain_letters(text: str) -> str:
    """Full-width digits and letters as plain ones; Chinese punctuation stays."""
    text = re.sub(r"(?<=\d)(?=[¼½¾⅓⅔⅛⅜⅝⅞])", "又", text)
    plain = "".join(
        unicodedata.normalize("NFKC", c)
        if ("\uff10" <= c <= "\uff5a" and c.isalnum())
        or c in "％＃＊＋－．／＠￥"
        or _is_numeric(c)
        else c
        for c in text
    )
    return re.sub(r"(?<=\d)：(?=\d)", ":", plain.replace("⁄", "/"))


def _is_numeric(char: str) -> bool:
    """½, ², ①, but not 一."""
    return unicodedata.category(char) in {"No", "Nd"}


# ------------------------------------------------------------------ dates and times


def _date_rules(today: dt.date | None) -> tuple[Rule, ...]:
    return (
        (
            re.compile(
                r"(?<!\d)(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)(?:T(?=\d))?"
            ),
            partial(_date, today=today),
        ),
        (
            re.compile(r"(?<!\d)(?P<y>\d{4})\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]"),
            partial(_date, today=today),
        ),
    )


def _date(match: re.Match[str], today: dt.date | None) -> str:
    year, month, day = (int(match[name]) for name in "ymd")
    try:
        return mandarin.date(dt.date(year, month, day), today)
    except ValueError:
        return "，".join(spell_digits(run) for run in re.findall(r"\d+", match[0]))


def _clock(match: re.Match[str]) -> str:
    return mandarin.clock(int(match["h"]), int(match["m"]))


def _hours(match: re.Match[str]) -> str:
    minute = f"{cardinal(int(match['m']))}分" if match["m"] else match["half"] or ""
    lead = "零" if match["m"] and int(match["m"]) < 10 else ""  # noqa: PLR2004
    return f"{counted(int(match['h']))}点{lead}{minute}"


# ------------------------------------------------------------------ money, phones, codes


def _money(match: re.Match[str]) -> str:
    groups = match.groupdict()
    said = mandarin.money(read_amount(groups["n"]), groups["cur"], groups.get("scale") or "")
    return ("负" if groups.get("neg") else "") + said


def _yuan(match: re.Match[str]) -> str:
    return mandarin.yuan(read_amount(match["n"]))


def _phone(match: re.Match[str]) -> str:
    plus = "加" if match[0].startswith("+") else ""
    return plus + "，".join(spell_digits(run) for run in re.findall(r"\d+", match[0]))


def _code(match: re.Match[str]) -> str:
    return match["head"].rstrip("# ") + _spell_code(match["code"])


def _spell_code(code: str) -> str:
    """AB-12 -> "A B 幺二"."""
    said = [
        spell_digits(run) if run.isdigit() else " ".join(run.upper())
        for run in re.findall(r"\d+|[A-Za-z]+", code)
    ]
    return " ".join(said) if len(said) > 1 else said[0]


# ------------------------------------------------------------------ numbers


def _percent(match: re.Match[str]) -> str:
    last = f"百分之{mandarin.number(read_amount(match[2]))}"
    return f"百分之{mandarin.number(read_amount(match[1]))}到{last}" if match[1] else last


def _unit(match: re.Match[str]) -> str:
    amount = read_amount(match["n"])
    unit = _UNITS[match["unit"].lower().replace(" ", "")]
    if unit.endswith("度") and match["neg"]:
        return f"零下{mandarin.number(amount)}{unit}"
    words = mandarin.number(amount) if amount.fraction else counted(amount.whole)
    return ("负" if match["neg"] else "") + words + unit


def _measured(match: re.Match[str]) -> str:
    low = f"{mandarin.number(read_amount(match['low']))}到" if match["low"] else ""
    amount = read_amount(match["n"])
    return low + (mandarin.number(amount) if amount.fraction or low else counted(amount.whole))


def _plain(match: re.Match[str]) -> str:
    text = match["n"]
    sign = "负" if match["neg"] else ""
    if re.fullmatch(r"0\d+|\d{7,}(?<!0000)", text):
        return sign + spell_digits(text)
    return sign + mandarin.number(read_amount(text))


def _range(match: re.Match[str]) -> str:
    return "到".join(mandarin.number(read_amount(match[n])) for n in (1, 2))


_UNITS = {
    "km/h": "公里每小时",
    "km": "公里",
    "cm": "厘米",
    "mm": "毫米",
    "m": "米",
    "kg": "公斤",
    "mg": "毫克",
    "g": "克",
    "ml": "毫升",
    "l": "升",
    "°c": "摄氏度",
    "℃": "摄氏度",
    "°f": "华氏度",
    "℉": "华氏度",
    "°": "度",
}

_RULES: tuple[Rule, ...] = (
    (
        re.compile(r"(?<![\d:])(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?::[0-5]\d)?(?![\d:])"),
        _clock,
    ),
    (
        re.compile(r"(?<=[点分日周一二三四五六])\s*[-–—~～]\s*(?=[周十零一两二三四五六七八九])"),
        lambda _: "到",
    ),
    (
        re.compile(
            r"(?<![\d.])(?P<h>[01]?\d|2[0-4])点(?:(?P<m>[0-5]?\d)分?|(?P<half>半|一刻|三刻|钟))?(?![\d])"
        ),
        _hours,
    ),
    (
        re.compile(
            rf"(?P<neg>(?<![\w)])-)?(?P<cur>{_CURRENCY})\s?(?P<n>{AMOUNT})\s?(?P<scale>[万亿千百])?元?"
        ),
        _money,
    ),
    (re.compile(rf"(?<![\d.,])(?P<n>{AMOUNT})\s?(?P<cur>{_CURRENCY_AFTER})"), _money),
    (re.compile(r"(?<![\d.,])(?P<n>\d[\d,]*(?:\.\d{1,2})?)\s?元"), _yuan),
    (
        re.compile(
            r"(?<![\w.])(?:\+\d{1,3}[\s-]?)?(?:1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}"
            r"|0\d{2,3}[\s-]\d{3,4}[\s-]?\d{4}|[48]00[\s-]?\d{3}[\s-]?\d{4})(?![\d-])"
        ),
        _phone,
    ),
    (re.compile(r"(?<![\w.])\+\d{1,3}(?:[\s-]?\d{2,5}){2,4}(?!\d)"), _phone),
    (
        re.compile(
            rf"(?P<head>{_CODE_WORD}(?:号码?|为|是|：|:|\s)*#?\s?)"
            r"(?P<code>(?=[A-Za-z-]*\d)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)"
            rf"(?![\d%.]|\s?[{MEASURES}])"
        ),
        _code,
    ),
    (
        re.compile(r"(?P<head>)#\s?(?P<code>\d[A-Za-z0-9-]*[A-Za-z0-9]|\d)"),
        lambda m: f"{_spell_code(m['code'])}号",
    ),
    (
        re.compile(r"(?<![\d.])\d(?: \d)+(?![\d.])"),
        lambda m: "".join(CODE_DIGITS[int(d)] for d in re.findall(r"\d", m[0])),
    ),
    (re.compile(r"(?<!\d)(\d{4})\s?年"), lambda m: mandarin.year(int(m[1]))),
    (re.compile(r"(?<!\d)(\d{1,2})\s?月(?!\w{0,1}亮)"), lambda m: f"{cardinal(int(m[1]))}月"),
    (re.compile(r"(?<!\d)(\d{1,2})\s?([日号])"), lambda m: cardinal(int(m[1])) + m[2]),
    (re.compile(rf"(?<![\d.,])(?:({_N})\s?%?{_TO})?({_N})\s?%"), _percent),
    (
        re.compile(r"(?<![\d/])(\d{1,3})又?/(\d{1,3})(?![\d/])"),
        lambda m: f"{cardinal(int(m[2]))}分之{cardinal(int(m[1]))}",
    ),
    (re.compile(r"第\s?(\d+)"), lambda m: f"第{cardinal(int(m[1]))}"),
    (
        re.compile(
            rf"(?P<neg>(?<![\w])-)?(?<![\d.,])(?P<n>{_N})\s?"
            r"(?P<unit>km/h|km|cm|mm|kg|mg|m[lL]|°\s?[CcFf]|[℃℉°]|[mgLl](?![A-Za-z]))"
        ),
        _unit,
    ),
    (
        re.compile(rf"(?<![\d.,])(?:(?P<low>{_N}){_TO})?(?P<n>{_N})\s?(?=[{MEASURES}])"),
        _measured,
    ),
    (re.compile(rf"(?<![\d.,-])({_N}){_TO}({_N})(?![\d-])"), _range),
    (
        re.compile(
            r"(?<![A-Za-z0-9])(?=[A-Za-z-]*\d)(?=[\d-]*[A-Za-z])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
        ),
        lambda m: _spell_code(m[0]),
    ),
    (
        re.compile(r"(?<![\d.])\d+(?:\.\d+){2,}"),
        lambda m: "点".join(cardinal(int(part)) for part in m[0].split(".")),
    ),
    (re.compile(rf"(?P<neg>(?<![\w)])-)?(?P<n>{_N})"), _plain),
)

# ------------------------------------------------------------------ addresses and signs

_EMAIL = re.compile(r"[A-Za-z0-9_.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_URL = re.compile(
    r"https?://[\w./?=&%#~:-]*[\w/]|(?<![\w.])www\.[A-Za-z0-9.-]+(?:/[\w./-]*\w)?"
    r"|(?<![\w.@])(?:[A-Za-z0-9-]+\.)+(?:com|cn|net|org|io|shop)(?![A-Za-z0-9])(?:/[\w./-]*\w)?",
    re.ASCII,
)
_ADDRESS_SIGNS = {
    ".": "点",
    "@": "艾特",
    "-": "杠",
    "_": "下划线",
    "/": "斜杠",
    "+": "加",
    ":": "冒号",
}


def _address(match: re.Match[str]) -> str:
    bare = re.sub(r"^https?://", "", match[0])
    said = []
    for run in re.findall(r"\d+|[A-Za-z]+|[^A-Za-z\d]", bare):
        if run.isdigit():
            said.append(spell_digits(run))
        elif run.isalpha():
            said.append(" ".join(run) if run.lower() in {"www", "cn", "io"} else run)
        else:
            said.append(_ADDRESS_SIGNS.get(run, " "))
    return " ".join(said)


_SIGNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"\s?&\s?", "和"),
        (r"\+", "加"),
        (r"=", "等于"),
        (r"@", "艾特"),
        (r"%", "百分号"),
        (r"#号?键?", "井号键"),
        (r"^\s*[*•·-]\s+", ""),
        (r"\*号?键?", "星号键"),
        (r"°", "度"),
        (rf"/(?=[{MEASURES}月])", "每"),
        (r"(?<=\w)/(?=\w)", "或"),
        (r"/", "斜杠"),
        (r"[€£¥₹$\\^_`{|}~<>≈§¶†‡•·【】\[\]\"]", " "),
        (r"[“”「」『』《》]", ""),
        (r"\s*(?:——|--|—|–)\s*", "，"),
        (r"…+|\.{2,}", "，"),
    )
)


def _tidy(text: str) -> str:
    """No space beside Chinese characters, no digit of any script left."""
    text = "".join(DIGITS[unicodedata.digit(c)] if c.isdigit() else c for c in text)
    text = " ".join(text.split())
    text = re.sub(
        r"(?<=[\u3000-\u9fff，。！？；：、])\s+|\s+(?=[\u3000-\u9fff，。！？；：、])", "", text
    )
    return re.sub(r"[，、；：,](?:[，、；：,])+", "，", text)
