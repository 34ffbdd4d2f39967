"""The examples of a flow, as a classifier is trained on them."""

from collections.abc import Iterator, Mapping

from dialog.flow import Ask, Flow, Menu, Option

Examples = Mapping[str, tuple[str, ...]]
"""An option's value to the sentences of callers who want it."""


def example_languages(flow: Flow) -> tuple[str, ...]:
    """The languages in which some step has examples, in the flow's order."""
    found = {
        language
        for _, options in _steps(flow)
        for option in options
        for language in option.examples.by_language
    }
    return tuple(language for language in flow.languages if language in found)


def examples_of(flow: Flow, language: str) -> Mapping[str, Examples]:
    """By step: the examples of each option that has some in this language, with its phrases."""
    found: dict[str, Examples] = {}
    for name, options in _steps(flow):
        by_option = {
            option.value: tuple(
                dict.fromkeys(
                    (
                        *option.examples.by_language[language],
                        *option.phrases.by_language.get(language, ()),
                    )
                )
            )
            for option in options
            if option.examples.by_language.get(language)
        }
        if len(by_option) > 1:
            found[name] = by_option
    return found


def _steps(flow: Flow) -> Iterator[tuple[str, tuple[Option, ...]]]:
    for name, step in flow.steps.items():
        if isinstance(step, Ask | Menu):
            yield name, step.options
