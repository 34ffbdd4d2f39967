"""Words of callers who don't want to be asked any more."""

from collections.abc import Mapping

from dialog.understanding.words import primary, squeezed

PHRASES: Mapping[str, tuple[str, ...]] = {
    "en": (
        "skip", "skip it", "skip this", "stop", "stop it", "no", "no thanks", "no thank you",
        "not now", "I don't want to", "I'd rather not", "I would rather not", "no survey",
        "no more questions", "that's enough", "leave me alone",
    ),
    "zh": (
        "跳过", "不用", "不用了", "不要", "不想", "不想评", "不评", "不评价", "不方便", "算了",
        "停止", "不需要", "没有", "没有了", "没了",
    ),
}  # fmt: skip


def phrases(language: str) -> tuple[str, ...]:
    """Those of a language."""
    return PHRASES.get(primary(language), PHRASES["en"])


def declines(text: str, language: str) -> bool:
    """Whether that is all that a text says."""
    return squeezed(text) in {squeezed(phrase) for phrase in phrases(language)}
