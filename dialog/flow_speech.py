"""Finds in prompts what no voice says: signs, markup, addresses, another language's script."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from dialog.flow import Flow
from dialog.flow_places import Places
from dialog.flow_problems import Problems
from dialog.flow_templates import prompts_of
from dialog.template import TemplateProblem, speakable_in
from voxdesk.kernel.worded import Worded, worded

MAX_DIGITS = 15
"""Longer runs of digits can't be said as one number; the longest phone number has 15 (E.164)."""
MAX_SENTENCE = 1000
"""Characters; a voice speaks a sentence in one piece, and this one takes a minute."""

_UNSPOKEN = {"So", "Sk", "Cc", "Cf", "Cs", "Co", "Cn"}
_SPOKEN_SIGNS = "°№©®™\n\t"
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,80}>|&[a-zA-Z]{2,8};|\*\*|__|```|\]\(")
_ADDRESS = re.compile(r"(?:https?|ftp)://\S+|\bwww\.\S+", re.IGNORECASE)
_DIGITS = re.compile(rf"\d{{{MAX_DIGITS + 1},}}")
_SENTENCE_END = re.compile(r"[.!?;。！？；\n]")  # noqa: RUF001  Chinese stops are meant
_GROUP = 4

# The script of a letter is the first word of its Unicode name; these are those of languages that
# aren't written in Latin letters.
_SCRIPTS = {
    **dict.fromkeys(("zh", "cmn", "yue"), ("CJK", "BOPOMOFO")),
    "ja": ("CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH", "KATAKANA-HIRAGANA"),
    "ko": ("HANGUL", "CJK"),
    **dict.fromkeys(("ru", "uk", "bg", "be", "mk", "kk", "ky", "tg", "mn"), ("CYRILLIC",)),
    "sr": ("CYRILLIC", "LATIN"),
    "el": ("GREEK",),
    **dict.fromkeys(("he", "yi"), ("HEBREW",)),
    **dict.fromkeys(("ar", "fa", "ur", "ps", "sd", "ug"), ("ARABIC",)),
    **dict.fromkeys(("hi", "mr", "ne", "sa"), ("DEVANAGARI",)),
    "th": ("THAI",),
    "bn": ("BENGALI",),
    "ta": ("TAMIL",),
    "te": ("TELUGU",),
    "ka": ("GEORGIAN",),
    "hy": ("ARMENIAN",),
}
_LATIN = {"en", "de", "fr", "es", "pt", "it", "nl", "sv", "da", "no", "nb", "nn", "fi", "pl", "cs",
          "sk", "hu", "ro", "tr", "vi", "id", "ms", "et", "lv", "lt", "hr", "sl", "is", "ga", "ca",
          "eu", "gl", "sw", "tl", "af", "cy"}  # fmt: skip
_LANGUAGE_OF = {
    "CJK": "zh", "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CYRILLIC": "ru",
    "GREEK": "el", "HEBREW": "he", "ARABIC": "ar", "THAI": "th", "LATIN": "en",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unsayable:
    """Something in a text that a voice would leave out or get wrong.

    Attributes:
        part: as it stands in the text.
        text: what is wrong, to go on from 'the text "prompt"'.
        hint: what to write instead.
    """

    part: str
    text: Worded
    hint: Worded


def check_speech(flow: Flow, problems: Problems, places: Places) -> None:
    """Adds what can't be said in any prompt of a flow.

    Args:
        flow: whose prompts.
        problems: takes them.
        places: of the file.
    """
    for step in flow.steps.values():
        for key, text in prompts_of(step):
            for tag, template in text.by_language.items():
                for found in unsayable(template, tag, spoken=key != "hint"):
                    problems.add(
                        places.of(step.name, template, text.line, part=found.part),
                        worded(
                            'step "{step}": the text "{key}" in "{tag}" {text}',
                            step=step.name,
                            key=key,
                            tag=tag,
                            text=found.text,
                        ),
                        found.hint,
                    )


def unsayable(template: str, language: str, *, spoken: bool = True) -> Iterator[Unsayable]:
    """The first of each kind of thing in a text that can't be said in a language.

    Args:
        template: what can't be read as one is passed over.
        language: primary tag.
        spoken: False for a text that is only compared, where only its script counts.
    """
    try:
        pieces = speakable_in(template)
    except TemplateProblem:
        return
    text = " ".join(pieces)
    yield from _script(text, language)
    if not spoken:
        return
    if template and "{" not in template and not any(character.isalnum() for character in text):
        yield Unsayable(
            text.strip(), worded("has no words."), worded("Write what callers are to hear.")
        )
        return
    yield from _signs(text)
    yield from _markup(text)
    yield from _lengths(text)


def _signs(text: str) -> Iterator[Unsayable]:
    for character in text:
        if unicodedata.category(character) not in _UNSPOKEN or character in _SPOKEN_SIGNS:
            continue
        name = unicodedata.name(character, "").lower()
        seen = f'"{character}" (U+{ord(character):04X})' if name else f"U+{ord(character):04X}"
        yield Unsayable(
            character,
            worded("has {seen}, which no voice says.", seen=seen),
            worded('Remove it, or write it in words: "{name}".', name=name)
            if unicodedata.category(character) in {"So", "Sk"} and name
            else worded("Remove it; it can't be seen, and may have come with a copied text."),
        )
        return


def _markup(text: str) -> Iterator[Unsayable]:
    if found := _ADDRESS.search(text):
        address = found[0].rstrip(".,;!?)")
        host = re.sub(r"^\w+://", "", address).split("/")[0]
        said = host.removeprefix("www.").replace(".", " dot ")
        yield Unsayable(
            address,
            worded("has the address {address}, which nobody can follow by ear.", address=address),
            worded('Write it as people say it: "{said}".', said=said),
        )
    elif found := _MARKUP.search(text):
        plain = " ".join(_MARKUP.sub("", text).split())
        yield Unsayable(
            found[0],
            worded('has the markup "{markup}", which voices don\'t read.', markup=found[0]),
            worded('Write "{text}".', text=plain[:80]),
        )


def _lengths(text: str) -> Iterator[Unsayable]:
    if found := _DIGITS.search(text):
        digits = found[0]
        groups = [digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP)]
        yield Unsayable(
            digits,
            worded(
                "has a number of {count} digits, too long to be said as one.", count=len(digits)
            ),
            worded(
                'Write it in groups, as it is read out: "{groups}".', groups=" ".join(groups[:10])
            ),
        )
    longest = max(_SENTENCE_END.split(text), key=len)
    if len(longest) > MAX_SENTENCE:
        yield Unsayable(
            longest.strip()[:20],
            worded(
                "has a sentence of {count} characters; at most {most} can be said.",
                count=len(longest),
                most=MAX_SENTENCE,
            ),
            worded("Make several sentences of it."),
        )


def _script(text: str, language: str) -> Iterator[Unsayable]:
    """Letters of a script that the language isn't written in."""
    tag = language.split("-", maxsplit=1)[0].lower()
    own = _SCRIPTS.get(tag) or (("LATIN",) if tag in _LATIN else ())
    if not own:
        return
    letters = [(character, _script_of(character)) for character in text if character.isalpha()]
    # Names and abbreviations stay in Latin letters everywhere: SIM卡. A whole text doesn't.
    known = [character for character, script in letters if script in own]
    strange = [
        (character, script)
        for character, script in letters
        if script not in own and (script != "LATIN" or not known)
    ]
    if not strange:
        return
    character, script = strange[0]
    run = re.match(r"[^\W\d_]+", text[text.index(character) :])
    part = run[0][:20] if run else character
    meant = _LANGUAGE_OF.get(script, "")
    yield Unsayable(
        part,
        worded(
            'has "{part}", and "{language}" isn\'t written in that script.',
            part=part,
            language=language,
        ),
        worded(
            'Write it under "{meant}", or say it in words of "{language}".',
            meant=meant,
            language=language,
        )
        if meant
        else worded('Say it in words of "{language}".', language=language),
    )


def _script_of(character: str) -> str:
    name = unicodedata.name(unicodedata.normalize("NFKC", character)[:1] or character, "?")
    return name.split(" ", maxsplit=1)[0].split("-")[0]
