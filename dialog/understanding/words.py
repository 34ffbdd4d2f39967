"""Text as words: one spelling for what recognizers write in many ways."""

import re
import unicodedata

_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)*")
_GAP = re.compile(r"\s+")
_ROW = re.compile(r"(?:[,.;:、，。] ?){2,}")  # noqa: RUF001  Chinese punctuation
_HAN = re.compile(r"[\u3400-\u9fff]")
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'"})
# Traditional characters that are common in answers; the rules are written in simplified ones.
_SIMPLIFIED = str.maketrans(
    "號碼個兩萬點訂單對錯沒問題這裡時間來後從頭說遍聽轉員務還實開關啟貨現聯繫電話",
    "号码个两万点订单对错没问题这里时间来后从头说遍听转员务还实开关启货现联系电话",
)
MAX_TEXT = 2000
"""Characters of a transcript that are looked at; a minute of speech has about 900."""


def primary(language: str) -> str:
    """The primary subtag: "zh" of "zh-CN"."""
    return language.split("-", maxsplit=1)[0].split("_", maxsplit=1)[0].lower()


def plain(text: str) -> str:
    """Full-width to half-width, one kind of apostrophe, simplified characters; case kept."""
    folded = unicodedata.normalize("NFKC", text[:MAX_TEXT])
    return folded.translate(_APOSTROPHES).translate(_SIMPLIFIED)


def even(text: str) -> str:
    """`plain`, without the long gaps and rows of punctuation that make patterns slow."""
    return _ROW.sub(lambda row: row[0][0], _GAP.sub(" ", plain(text)))


def listed(words: str) -> list[str]:
    """The words of a table, written on as few lines as they need."""
    return words.split()


def tokens(text: str) -> list[str]:
    """Lower-case words and digit groups; Han characters stay together, hyphens split."""
    return _TOKEN.findall(plain(text).lower())


def squeezed(text: str) -> str:
    """Lower-case words joined by single spaces, no punctuation."""
    return " ".join(tokens(text))


def has_han(text: str) -> bool:
    """Whether any Chinese character is in it."""
    return _HAN.search(text) is not None


def han_only(text: str) -> str:
    """Han characters and digits, nothing between them: how Chinese rules read a text."""
    return "".join(
        character
        for character in plain(text).lower()
        if _HAN.match(character) or (character.isascii() and character.isalnum())
    )
