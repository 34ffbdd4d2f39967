"""Text cut where a speaker would pause: into sentences, and long sentences into clauses.

Sentences are what is cached and synthesized; the first one is heard while the next is made.
"""

# ruff: noqa: RUF001  Chinese punctuation is meant

import re

MAX_SENTENCE_CHARS = 300
MAX_CLAUSE_CHARS = 100


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never the end of a sentence: a name, number or example follows.
_OPEN_ABBREVIATIONS = _words("""
    dr mr mrs ms prof rev hon capt lt col gen sgt st mt no nos vs eg e.g ie i.e cf approx
    ext tel fig art dept apt ste gov sen rep jan feb mar apr jun jul aug sep sept oct nov dec
    mon tue tues wed thu thur thurs fri sat sun
""")
# The end of a sentence only if what follows begins one.
_CLOSED_ABBREVIATIONS = _words("""
    a.m p.m am pm etc inc ltd co corp jr sr u.s u.k u.s.a p.s ave blvd rd
""")
_OPENERS = _words("""
    a an and any are at be but by call can could did do does each enter for from goodbye has
    have he hello hi how i i'd i'll i'm i've if in is it it's its just let may my no not now of
    oh ok okay on one or our please press say she so sorry tell thank thanks that that's the
    then there they this to was we we'll we're were what what's when where which who why will
    with would yes you you'll you're your
""")

_BREAK = re.compile(
    r"""
    (?P<zh>[。！？；…]+[”’」』）》"']*)            # no space needed after these
    | (?P<en>[.!?]+["'”’)\]]*)(?=\s)               # these want one
    | (?P<line>\n\s*)                              # a line is a sentence
    """,
    re.VERBOSE,
)
_WORD_BEFORE = re.compile(r"([^\W\d_](?:[\w.'’-]*[\w])?)$")
_WORD_AFTER = re.compile(r"\s*[\"'“‘(\[]*([\w'’]+)")
_CLAUSE_END = re.compile(r"[,;:，、；：—–]+[”’\"')\]]*(?=\s|[^\x00-\x7f]|$)|\s[—–-](?=\s)")


def split_sentences(text: str) -> list[str]:
    """Sentences in order, stripped, none empty, none longer than `MAX_SENTENCE_CHARS`.

    English and Chinese punctuation alike, so that mixed text works. "Dr. Lee", "e.g. this",
    "J. Smith", "3.5", "9 a.m. on Monday" and addresses stay whole.
    """
    found: list[str] = []
    start = 0
    for match in _BREAK.finditer(text):
        if match["en"] and not _ends_sentence(text[start : match.start()], match, text):
            continue
        found.append(text[start : match.end()])
        start = match.end()
    found.append(text[start:])
    pieces = (piece for sentence in found for piece in _bounded(sentence.strip()))
    return [piece for piece in pieces if any(c.isalnum() for c in piece)]


def split_clauses(sentence: str, max_chars: int = MAX_CLAUSE_CHARS) -> list[str]:
    """A sentence as clauses of at most `max_chars`, cut at punctuation where there is any.

    Short sentences stay whole: a voice plans its melody over what it is given at once.
    """
    rest = sentence.strip()
    clauses: list[str] = []
    while len(rest) > max_chars:
        cut = _best_cut(rest, max_chars)
        clauses.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    if rest:
        clauses.append(rest)
    return clauses


def _ends_sentence(before: str, match: re.Match[str], text: str) -> bool:
    if not match["en"].startswith(".") or match["en"].startswith(".."):
        return True
    word_before = _WORD_BEFORE.search(before)
    word_after = _WORD_AFTER.match(text, match.end())
    following = word_after[1] if word_after else ""
    if word_before is not None:
        word = word_before[1].lower()
        if word in _OPEN_ABBREVIATIONS:
            # "the answer is no." is one word that both ends sentences and abbreviates.
            return word in {"no", "sat", "sun", "mar", "may"} and not following[:1].isdigit()
        if word in _CLOSED_ABBREVIATIONS:
            return following.lower() in _OPENERS and following[:1].isupper()
        if len(word) == 1 and word != "i" and word_before[1].isupper():
            return following.lower() in _OPENERS and following[:1].isupper()
    return not following[:1].islower()


def _bounded(sentence: str) -> list[str]:
    if len(sentence) <= MAX_SENTENCE_CHARS:
        return [sentence]
    return split_clauses(sentence, MAX_SENTENCE_CHARS)


def _best_cut(text: str, max_chars: int) -> int:
    """Where to cut, > 0: the last clause end with enough before it, else a space, else by force."""
    tiny = max_chars // 4
    ends = [m.end() for m in _CLAUSE_END.finditer(text, 0, max_chars)]
    good = [end for end in ends if end >= tiny]
    if good:
        return good[-1]
    space = text.rfind(" ", tiny, max_chars)
    return space if space > 0 else max_chars
