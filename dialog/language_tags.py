"""The language tags that a flow may declare: ISO 639-1, and the Chinese ones beyond it."""

from collections.abc import Iterable

from dialog.flow_problems import meant, nearest
from voxdesk.kernel.worded import Worded, worded

_TAGS = """
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia
    id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo
    lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl
    ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk
    tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu cmn yue
"""
TAGS = tuple(_TAGS.split())
_NAMES = {
    "chinese": "zh", "mandarin": "zh", "cantonese": "yue", "english": "en", "french": "fr",
    "german": "de", "deutsch": "de", "italian": "it", "japanese": "ja", "korean": "ko",
    "portuguese": "pt", "russian": "ru", "spanish": "es", "español": "es", "français": "fr",
    "中文": "zh", "普通话": "zh", "英语": "en", "英文": "en",
    # Countries, written where a language is meant.
    "cn": "zh", "jp": "ja", "gb": "en", "us": "en", "dk": "da", "cz": "cs", "gr": "el",
}  # fmt: skip


def is_tag(word: str) -> bool:
    """Whether it is a primary tag in lower case."""
    return word in TAGS


def tag_meant(word: str, first: Iterable[str] = ()) -> Worded:
    """The hint for a wrong tag: what was meant, as far as that can be told.

    Args:
        word: as written.
        first: tags that are likelier than others, in order.
    """
    plain = word.strip().lower()
    primary = plain.replace("_", "-").split("-", maxsplit=1)[0]
    known = _NAMES.get(plain) or (primary if is_tag(primary) else "")
    known = known or _NAMES.get(primary) or _NAMES.get(nearest(plain, _NAMES), "")
    if known:
        return worded(
            'Did you mean "{known}"?  A tag is two or three small letters, as in en, zh.',
            known=known,
        )
    likely = list(dict.fromkeys([*first, "en", "zh", "es", "fr", "de", "ja", "ko"]))
    return meant(plain, likely, worded("Languages, for example"))
