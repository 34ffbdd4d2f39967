"""English: the rules, in the order in which they are applied.

Each rule is a pattern and a function that says one match. A rule's words contain no digits and no
signs, so later rules leave them alone; the last rules sweep up what none of the others knew.
"""

# ruff: noqa: RUF001  typographic dashes are meant

import datetime as dt
import re
import unicodedata
from collections.abc import Callable

from tts import english
from tts.amounts import AMOUNT, read_amount
from tts.english import CURRENCY_NAMES, DIGITS, cardinal, ordinal, spell_digits
from tts.normalize_en_times import TIME_RULES, date_rules
from tts.normalize_en_words import say_addresses, say_signs, say_units, say_words

_TO = r"\s*[-–—]\s*"
_CURRENCY = r"(?:US\$|CN¥|USD|EUR|GBP|JPY|CNY|RMB|INR|CHF|[$€£¥₹])"
_SCALE = r"(?:\s?(?P<scale>thousand|million|billion|trillion|bn|tn|[kKmMbB])\b)?"
# What is numbered, and how many digits make it a number to spell: "order 4711", but not
# "order 250 items".
_NUMBERED = (
    r"(?:order|ticket|case|reference|ref|account|confirmation|tracking|invoice|customer|booking"
    r"|reservation|member|membership|policy|serial|model|part|product|item|card|contract|claim"
    r"|parcel|shipment)"
)
_SHORT_NUMBERED = r"(?:flight|room|extension|ext|zip|postal|post|pin|passcode|code|reference|ref)"
_LABEL = r"(?:number|no|nr|id|code|pin|ref|reference)\b\.?"
_IS = r"(?:\s(?:is|was|ending in|ends in|ending with))?:?\s?[#(]?\s?"
_CODE = r"(?P<code>[A-Z0-9]+(?:-[A-Z0-9]+)*)(?![\w%]|[.,:/]\d|-\w)"
_HAS_DIGIT = r"(?=[A-Z-]*\d)"
_HAS_3_DIGITS = r"(?=(?:[A-Z-]*\d){3}|[A-Z]+-?\d)"
_HAS_4_DIGITS = r"(?=(?:[A-Z-]*\d){4}|[A-Z]+-?\d)"
_PER = r"(?:month|year|week|day|hour|night|minute|second|person|item|piece|call|mo|yr)"

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def say_english(text: str, today: dt.date | None = None) -> str:
    """One cleaned sentence in words."""
    spoken = _plain_letters(text)
    spoken = say_addresses(spoken)
    for pattern, say in (*date_rules(today), *TIME_RULES, *_RULES):
        spoken = pattern.sub(say, spoken)
    spoken = say_units(spoken)
    for pattern, say in _NUMBER_RULES:
        spoken = pattern.sub(say, spoken)
    spoken = say_words(spoken)
    spoken = say_signs(spoken)
    return _tidy(spoken)


def _plain_letters(text: str) -> str:
    """One form for what has several: full-width digits, ½, curly quotes, odd spaces."""
    halves = re.sub(r"(?<=\d)(?=[¼½¾⅓⅔⅛⅜⅝⅞])", " ", text)
    plain = unicodedata.normalize("NFKC", halves).replace("⁄", "/")
    return plain.translate(str.maketrans("’‘“”−‐‑", "''\"\"---"))


# ------------------------------------------------------------------ money, phones, codes


def _money(match: re.Match[str]) -> str:
    groups = match.groupdict()
    currency = CURRENCY_NAMES[groups["cur"]]
    comma = currency == "€" and match.start("cur") > match.start("n")
    amount = read_amount(groups["n"], decimal_comma=comma)
    scale = (groups.get("scale") or "").lower()
    sign = "minus " if groups.get("neg") else ""
    return sign + english.money(amount, currency, english.SCALES.get(scale, scale))


def _phone(match: re.Match[str]) -> str:
    groups = re.findall(r"\d+", match[0])
    said = ["eight hundred" if g == "800" else spell_digits(g) for g in groups]
    plus = "plus " if match[0].startswith("+") else ""
    return plus + ", ".join(said)


def _code(match: re.Match[str]) -> str:
    head = re.sub(r"\b(?:no|nr)\b\.?", "number", match["head"], flags=re.IGNORECASE)
    return f"{head.rstrip('#( ')} {spell_code(match['code'])}"


def _hash_code(match: re.Match[str]) -> str:
    return f"number {spell_code(match['code'])}"


def spell_code(code: str) -> str:
    """AB-12 -> "A B one two"; parts of more than four letters are taken for words."""
    said = []
    for run in re.findall(r"\d+|[A-Za-z]+", code):
        if run.isdigit():
            said.append(spell_digits(run))
        elif len(run) > 4 and not run.isupper():  # noqa: PLR2004
            said.append(run)
        else:
            said.append(" ".join(run.upper()))
    return " ".join(said)


def _mixed(match: re.Match[str]) -> str:
    """A token of letters and digits: "24-hour", "COVID-19" and "iPhone15" have words in them."""
    counted = re.fullmatch(r"(\d+)-([a-z]{2,}(?:-[a-z]+)*)", match[0])
    if counted:
        return f"{cardinal(int(counted[1]))} {counted[2].replace('-', ' ')}"
    word = re.fullmatch(r"([A-Za-z]{5,}|[A-Za-z]*[a-z]{2,})-?(\d{1,2})", match[0])
    if word:
        return f"{word[1]} {cardinal(int(word[2]))}"
    return spell_code(match[0])


def _card(digits: str) -> str:
    return cardinal(int(digits))


def _decade(match: re.Match[str]) -> str:
    return english.decade(int(match[1]))


_PHONE = (
    r"(?<![\w.])(?:\+\d{1,3}[\s.-]?(?:\(?\d{1,4}\)?[\s.-]?){1,4}\d{2,4}"
    r"|(?:1[\s.-])?(?:\(\d{2,5}\)\s?|\d{3}[-.\s])\d{3,4}[-.\s]\d{4}"
    r"|\d{3}-\d{4}|\(\d{2,5}\)\s?\d{5,8})(?![\w-]|[.,]\d)"
)

_RULES: tuple[Rule, ...] = (
    (
        re.compile(
            rf"(?:(?<=\s)|^)?(?P<neg>(?<![\w)])-)?(?P<cur>{_CURRENCY})\s?(?P<n>{AMOUNT}){_SCALE}"
        ),
        _money,
    ),
    (re.compile(rf"(?<![\w.,])(?P<n>{AMOUNT}){_SCALE}\s?(?P<cur>{_CURRENCY})(?!\w)"), _money),
    (re.compile(_PHONE), _phone),
    (re.compile(rf"\s?/\s?(?={_PER}\b)"), lambda _: " per "),
    (re.compile(r"\b(1 [a-z]+)\(e?s\)"), lambda m: m[1]),
    (re.compile(r"(?<=[a-z])\((e?s)\)"), lambda m: m[1]),
    (
        re.compile(
            rf"\b(?P<head>(?:{_NUMBERED}|{_SHORT_NUMBERED})\s{_LABEL}{_IS}){_HAS_DIGIT}{_CODE}",
            re.IGNORECASE,
        ),
        _code,
    ),
    (re.compile(rf"\b(?P<head>{_NUMBERED}{_IS}){_HAS_4_DIGITS}{_CODE}", re.IGNORECASE), _code),
    (
        re.compile(
            rf"\b(?P<head>{_SHORT_NUMBERED}\b\.?{_IS}){_HAS_3_DIGITS}{_CODE}", re.IGNORECASE
        ),
        _code,
    ),
    (
        re.compile(
            rf"\b(?P<head>(?:number|digits|ending in|ends in){_IS}){_HAS_3_DIGITS}{_CODE}",
            re.IGNORECASE,
        ),
        _code,
    ),
    (
        re.compile(
            r"\b(?P<head>(?:call|dial|text)\s)(?P<code>\d{3,6})(?![\w%-]|[.,:/]\d"
            r"|\s(?:hours|days|times|people|dollars|euros))",
            re.IGNORECASE,
        ),
        _code,
    ),
    (re.compile(r"#\s?(?P<code>\d[\w-]*|[A-Z]+-?\d[\w-]*)"), _hash_code),
    (re.compile(r"№\s?|\b[Nn]os?\.\s?(?=\d)|\bNo\s?(?=\d)"), lambda _: "number "),
    (
        re.compile(r"(?<![\w.,-])\d(?:(?: \d)+|(?:-\d){2,})(?![\w.,/-]*\d|\w|[-%/])"),
        lambda m: " ".join(DIGITS[int(d)] for d in re.findall(r"\d", m[0])),
    ),
    (re.compile(r"\b((?:1[0-9]|20)\d0)'?s\b"), _decade),
    (re.compile(r"'(\d0)s\b"), _decade),
    (re.compile(r"\b([1-9])'\s?(\d{1,2})\""), lambda m: f"{_card(m[1])} foot {_card(m[2])}"),
    (re.compile(r"\b(\d+)\"(?=[\s.,;]|$)"), lambda m: f"{_card(m[1])} inches"),
    (
        re.compile(r"(?<![\w.,])([1-9]\d{0,2})((?: 000)+)(?!\w)"),
        lambda m: _card((m[1] + m[2]).replace(" ", "")),
    ),
    (re.compile(r"\b[vV](?=\d+(?:\.\d+)+)"), lambda _: "version "),
)

# ------------------------------------------------------------------ plain numbers


def _plain(match: re.Match[str]) -> str:
    """A number that nothing else is known about."""
    text = match["n"]
    sign = "minus " if match["neg"] else ""
    if re.fullmatch(r"0\d+|\d{8,}(?<!0000)", text):
        return sign + spell_digits(text)
    return sign + english.number(read_amount(text))


def _range(match: re.Match[str]) -> str:
    say = english.number
    if all(re.fullmatch(r"(?:19|20)\d\d", match[n]) for n in (1, 2)):
        return f"{english.year(int(match[1]))} to {english.year(int(match[2]))}"
    return f"{say(read_amount(match[1]))} to {say(read_amount(match[2]))}"


def _percent(match: re.Match[str]) -> str:
    first = english.number(read_amount(match[2]))
    start = f"{english.number(read_amount(match[1]))} to " if match[1] else ""
    return f"{start}{first} percent"


def _scaled(match: re.Match[str]) -> str:
    return f"{english.number(read_amount(match[1]))} {english.SCALES[match[2].lower()]}"


def _fraction(match: re.Match[str]) -> str:
    top, bottom = int(match["t"]), int(match["b"])
    said = english.fraction(top, bottom)
    if said is None:
        between = " " if (top, bottom) == (24, 7) else " slash "
        said = f"{cardinal(top)}{between}{cardinal(bottom)}"
        return f"{cardinal(int(match['w']))} {said}" if match["w"] else said
    if not match["w"]:
        return f"a {said}" if said == "half" else said
    whole = cardinal(int(match["w"]))
    return f"{whole} and {re.sub('^one half$', 'a half', said)}"


_N = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d{1,2}(?!\d)|\d+(?:[.,]\d+)?"
_NUMBER_RULES: tuple[Rule, ...] = (
    (re.compile(rf"(?<![\d.,])(?:({_N})\s?%?{_TO})?({_N})\s?(?:%|percent\b)"), _percent),
    (re.compile(r"\b(\d+)(?:st|nd|rd|th)\b", re.IGNORECASE), lambda m: ordinal(int(m[1]))),
    (
        re.compile(
            r"(?<![\w.,/])(?:(?P<w>\d{1,3})\s)?(?P<t>\d{1,2})/(?P<b>\d{1,2})(?![\w/]|[.,]\d)"
        ),
        _fraction,
    ),
    (re.compile(rf"(?<![\w.,])({_N})\s?(k|bn|tn|million|billion)\b"), _scaled),
    (re.compile(r"\b(\d+)x\b"), lambda m: f"{cardinal(int(m[1]))} times"),
    (re.compile(rf"(?<![\w.,–-])({_N}){_TO}({_N})(?![\w-]|[.,]\d)"), _range),
    (
        re.compile(
            r"(?i:\b(?P<lead>in|since|by|until|till|before|after|during|early|late|mid|year|of|from)"
            r"\s)(?P<y>(?:19|20)\d{2})(?![\w%-]|[.,:/]\d|\s(?:dollars|euros|people|items|points))"
        ),
        lambda m: f"{m['lead']} {english.year(int(m['y']))}",
    ),
    (
        re.compile(r"\b(?=[A-Za-z-]*\d)(?=[\d-]*[A-Za-z])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\b"),
        _mixed,
    ),
    (
        re.compile(r"(?<![\w.])\d+(?:\.\d+){2,}(?!\w)"),
        lambda m: " point ".join(cardinal(int(part)) for part in m[0].split(".")),
    ),
    (re.compile(rf"(?P<neg>(?<![\w)])-)?(?P<n>{_N})"), _plain),
    (re.compile(r"\d"), lambda m: f" {DIGITS[unicodedata.digit(m[0])]} "),
)


def _tidy(text: str) -> str:
    """No doubled spaces, none before a mark, no digit of any script left."""
    text = "".join(f" {DIGITS[unicodedata.digit(c)]} " if c.isdigit() else c for c in text)
    text = re.sub(r"\s+([,.;:!?])", r"\1", " ".join(text.split()))
    return re.sub(r"([,;:])(?:\s?[,;:])+", r"\1", text).strip()
