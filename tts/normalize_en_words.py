"""English: abbreviations, addresses, units and signs in words."""

import re

from tts.amounts import read_amount
from tts.english import number, spell_digits

# ------------------------------------------------------------------ addresses

_ENDINGS = r"(?:com|org|net|edu|gov|info|shop|app|dev|io|co|uk|us|eu|de|fr|cn|jp|ca|au|ch|tv|ai)"
_HOST = rf"(?:[A-Za-z0-9-]+\.)+{_ENDINGS}"
_EMAIL = re.compile(r"\b[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,}\b")
_URL = re.compile(
    rf"\b(?:https?://)(?P<rest>[^\s,;!?\"]+)|\b(?P<www>www\.[\w.-]+(?:/[^\s,;!?\"]*)?)"
    rf"|(?<![\w.@-])(?P<host>{_HOST}\b(?:/[^\s,;!?\"]*)?)(?![\w@])"
)
_SHORTEST_WORD = 3
_SAID_WHOLE = {"com", "org", "net", "gov", "info", "shop", "app", "dev"}
_ADDRESS_SIGNS = {
    ".": "dot",
    "@": "at",
    "-": "dash",
    "_": "underscore",
    "+": "plus",
    "/": "slash",
    ":": "colon",
    "=": "equals",
    "&": "and",
    "#": "hash",
    "%": "percent",
    "~": "tilde",
    "?": "question mark",
}


def say_addresses(text: str) -> str:
    """E-mail and web addresses: "support at example dot com"."""
    text = _EMAIL.sub(lambda m: _address(m[0]), text)
    return _URL.sub(_url, text)


def _url(match: re.Match[str]) -> str:
    address = match["rest"] or match["www"] or match["host"]
    bare = address.rstrip(".)/")
    return _address(bare) + ("." if address.endswith(".") else "")


def _address(address: str) -> str:
    said = []
    for run in re.findall(r"\d+|[^\W\d_]+|[\W_]", address):
        if run.isdigit() and run.isascii():
            said.append(spell_digits(run))
        elif run in _ADDRESS_SIGNS:
            said.append(_ADDRESS_SIGNS[run])
        elif run.lower() == "www" or (
            len(run) <= _SHORTEST_WORD and run.lower() not in _SAID_WHOLE and not _sounds(run)
        ):
            said.append(" ".join(run.lower()))
        else:
            said.append(run)
    return " ".join(said)


def _sounds(word: str) -> bool:
    """Whether a short run of letters can be said as a word."""
    return len(word) >= _SHORTEST_WORD and any(c in "aeiouy" for c in word.lower())


# ------------------------------------------------------------------ units

_UNITS: dict[str, tuple[str, str]] = {
    "km/h": ("kilometer per hour", "kilometers per hour"),
    "mph": ("mile per hour", "miles per hour"),
    "mbps": ("megabit per second", "megabits per second"),
    "kwh": ("kilowatt hour", "kilowatt hours"),
    "km": ("kilometer", "kilometers"),
    "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"),
    "m2": ("square meter", "square meters"),
    "m": ("meter", "meters"),
    "kg": ("kilogram", "kilograms"),
    "mg": ("milligram", "milligrams"),
    "g": ("gram", "grams"),
    "lbs": ("pound", "pounds"),
    "lb": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "ft": ("foot", "feet"),
    "yd": ("yard", "yards"),
    "mi": ("mile", "miles"),
    "ml": ("milliliter", "milliliters"),
    "l": ("liter", "liters"),
    "gb": ("gigabyte", "gigabytes"),
    "mb": ("megabyte", "megabytes"),
    "kb": ("kilobyte", "kilobytes"),
    "tb": ("terabyte", "terabytes"),
    "ms": ("millisecond", "milliseconds"),
    "sec": ("second", "seconds"),
    "secs": ("second", "seconds"),
    "s": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "h": ("hour", "hours"),
    "°c": ("degree Celsius", "degrees Celsius"),
    "°f": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
}
_AMOUNT = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_WITH_UNIT = re.compile(
    rf"(?<![\w.,])(?P<neg>-)?(?:(?P<low>{_AMOUNT})\s?[-–]\s?)?(?P<n>{_AMOUNT})"  # noqa: RUF001
    r"\s?(?P<unit>km/h|mph|[Mm]bps|kWh|km|cm|mm|m2|kg|mg|lbs?|oz|ft|yd|mi|m[lL]|[GMKT]B|ms|secs?"
    r"|mins?|hrs?|°\s?[CF]|[mglLhs](?![\w'/-])|°)(?!\w)(?:\.(?=\s[a-z]))?"
)


def say_units(text: str) -> str:
    """5 kg -> "five kilograms", 2-3 hrs -> "two to three hours"."""
    return _WITH_UNIT.sub(_unit, text)


def _unit(match: re.Match[str]) -> str:
    one, many = _UNITS[match["unit"].lower().replace(" ", "")]
    start = f"{number(read_amount(match['low']))} to " if match["low"] else ""
    sign = "minus " if match["neg"] else ""
    name = one if match["n"] == "1" and not start else many
    return f"{sign}{start}{number(read_amount(match['n']))} {name}"


# ------------------------------------------------------------------ abbreviations

_NAME_NEXT = r"(?=\s[A-Z])"
_ABBREVIATIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"\bDr\.?" + _NAME_NEXT, "Doctor"),
        (r"(?<=[a-z] )Dr\.?(?=[\s,;]|$)", "Drive"),
        (r"\bMr\.?(?=\s)", "Mister"),
        (r"\bMrs\.?(?=\s)", "Missus"),
        (r"\bMs\.(?=\s)", "Ms"),
        (r"\bProf\.(?=\s)", "Professor"),
        (r"(?<=[a-z] )St\.?(?=[\s,;]|$)(?!\s[A-Z][a-z]+'s)", "Street"),
        (r"\bSt\." + _NAME_NEXT, "Saint"),
        (r"\bSt\.?(?=[,;]|$)", "Street"),
        (r"\bAve\.?(?=[\s,;]|$)", "Avenue"),
        (r"\bBlvd\.?(?=[\s,;]|$)", "Boulevard"),
        (r"(?<=[a-z] )Rd\.?(?=[\s,;]|$)", "Road"),
        (r"\bApt\.?(?=\s)", "apartment"),
        (r"\b[Dd]ept\.?(?=[\s,;]|$)", "department"),
        (r"\b[Ee]xt\.(?=\s)", "extension"),
        (r"\b[Tt]el\.:?(?=\s)", "telephone"),
        (r"\b[Aa]pprox\.(?=\s)", "approximately"),
        (r"\b[Ee]\.\s?g\.,?", "for example"),
        (r"\b[Ii]\.\s?e\.,?", "that is"),
        (r"\betc\.?(?=[\s,;)]|$)", "et cetera"),
        (r"\bvs\.?(?=\s)", "versus"),
        (r"\bw/o(?=\s)", "without"),
        (r"\bw/(?=\s?\w)", "with "),
        (r"\bc/o(?=\s)", "care of"),
        (r"\bJr\.?(?=[\s,;]|$)", "Junior"),
        (r"\bSr\.?(?=[\s,;]|$)", "Senior"),
        (r"\bInc\.?(?=[\s,;]|$)", "Incorporated"),
        (r"\bLtd\.?(?=[\s,;]|$)", "Limited"),
        (r"\bCorp\.?(?=[\s,;]|$)", "Corporation"),
        (r"(?<=& )Co\.?(?=[\s,;]|$)", "Company"),
        (r"\bq(?:ty)\.?(?=[\s,;]|$)", "quantity"),
        (r"\b[Aa]\.[Mm]\.(?=[\s,;]|$)", "A M"),
        (r"\b[Pp]\.[Mm]\.(?=[\s,;]|$)", "P M"),
        (r"\bOK\b", "okay"),
        (r"\b([A-Z])\.(?:([A-Z])\.)(?:([A-Z])\.)?(?=[\s,;]|$)", r"\1 \2 \3"),
    )
)
# Said letter by letter though they could be read as words.
_SPELLED = {"ID", "US", "USA", "UPS", "UK", "EU", "IT", "ATM", "FAQ", "VIP", "CEO", "API"}
_CAPITALS = re.compile(r"\b[A-Z]{2,5}s?\b")


def say_words(text: str) -> str:
    """Abbreviations, titles and initials."""
    for pattern, said in _ABBREVIATIONS:
        # A sentence that ends with the abbreviation's own point keeps one.
        ended = text.endswith(".")
        text = pattern.sub(said, text)
        if ended and not text.endswith((".", "!", "?")):
            text = text.rstrip() + "."
    return _CAPITALS.sub(_capitals, text)


def _capitals(match: re.Match[str]) -> str:
    word = match[0]
    letters = word.removesuffix("s")
    if letters in _SPELLED or not any(c in "AEIOUY" for c in letters):
        return " ".join(letters) + ("s" if word.endswith("s") else "")
    return word


# ------------------------------------------------------------------ signs

_SIGNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"\s?&\s?", " and "),
        (r"(?<=\w)\s?\+\s?(?=\w)", " plus "),
        (r"\+", " plus "),
        (r"(?<=[A-Za-z])/(?=[A-Za-z])", " or "),
        (r"/", " slash "),
        (r"\s=\s", " equals "),
        (r"=", " equals "),
        (r"@", " at "),
        (r"%", " percent "),
        (r"#", " pound "),
        (r"^\s*[*•·-]\s+", ""),  # a list's mark
        (r"\*+(?=\w[^*]*\w\*)|(?<=\w)\*+(?=[\s.,;:!?]|$)", ""),  # *stress*
        (r"\*", " star "),
        (r"°", " degrees "),
        (r"№", " number "),
        (r"(?:^|\s)[~≈]\s?(?=\w)", " about "),
        (r"\s<\s", " less than "),
        (r"\s>\s", " greater than "),
        (r"[€£¥₹$]", " "),
        (r"\s[-–—]+\s|[–—]", ", "),  # noqa: RUF001  a dash is a breath
        (r"\.{2,}|…", ","),
        (r"[\\^_`{|}~<>\[\]*≈§¶†‡•·()]", " "),
        (r"\"", ""),
    )
)


def say_signs(text: str) -> str:
    """Signs in words, or gone where nobody says them."""
    for pattern, said in _SIGNS:
        text = pattern.sub(said, text)
    return text
