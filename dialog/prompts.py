"""The system's own wording: apologies, read-backs, help, the queue; one file a language."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dialog.command_files import read_language_names
from dialog.flow_problems import Problem
from dialog.flow_survey import SCALES, wording_of
from dialog.template import TemplateProblem, names_in, render
from dialog.yaml_tree import Node, YamlProblem, read_tree
from voxdesk.kernel.errors import FlowError

VALUES: Mapping[str, tuple[str, ...]] = {
    # The dialogue's: a list is said in turn, its last entry from then on.
    "no_input": (),
    "no_match": (),
    "help_free": (),
    "help_yes_no": (),
    "help_digits": ("shortest", "longest"),
    "help_order_number": ("shortest", "longest"),
    "help_date": (),
    "help_choice": ("options",),
    "help_choices": ("options",),
    "help_code": (),
    "help_time": (),
    "help_datetime": (),
    "help_money": (),
    "help_phone": (),
    "help_number": (),
    "help_name": (),
    "keys_yes_no": (),
    "keys_digits": (),
    "keys_date": (),
    "keys_choice": ("keys",),
    "keys_choices": ("keys",),
    "keys_time": (),
    "keys_datetime": (),
    "keys_money": (),
    "keys_phone": (),
    "keys_number": (),
    "keys_person": (),
    "question_unclear": (),
    "key_option": ("key", "label"),
    "option_or": (),
    "option_and": (),
    "no_option": (),
    "moment": ("day", "clock"),
    "changed": ("value",),
    "too_many_digits": ("count", "shortest", "longest"),
    "too_few_digits": ("count", "shortest", "longest"),
    "confirm": ("value",),
    "confirm_again": ("value",),
    "confirm_keys": (),
    "did_you_mean": ("question",),
    "did_you_mean_again": ("question",),
    "frequent": ("first", "second"),
    "try_again": (),
    "take_your_time": (),
    "first_step": (),
    "no_person": (),
    "soothe": (),
    "offer_person": (),
    "go_on": (),
    "one_at_a_time": (),
    "unknown_question": (),
    "back_to": ("about",),
    **dict.fromkeys(
        (
            "about_digits",
            "about_order_number",
            "about_date",
            "about_code",
            "about_time",
            "about_datetime",
            "about_money",
            "about_phone",
            "about_number",
            "about_name",
        ),
        (),
    ),
    "give_up": (),
    "trouble": (),
    "still_waiting": (),
    "lookup_failed": (),
    "goodbye": (),
    "language_unavailable": (),
    "language_changed": (),
    "yes": (),
    "no": (),
    # Surveys: what leads to them, and each standard question.
    **dict.fromkeys(
        (
            "survey_intro",
            "survey_intro_one",
            "survey_comment",
            "survey_thanks",
            "survey_stopped",
            *(
                wording_of(survey, question)
                for survey, scale in SCALES.items()
                for question in scale.questions
            ),
        ),
        (),
    ),
    "help_scale": ("least", "most"),
    "keys_scale": ("least", "most"),
    # The call session's, the queue's and the voice mailbox's.
    "hold": (),
    "queue_position": ("position",),
    "queue_next": (),
    "queue_leave": ("key",),
    "queue_callback": ("key",),
    "callback_own": ("number",),
    "callback_number": (),
    "callback_when": (),
    "callback_time": (),
    "callback_soon": (),
    "callback_at": (),
    "callback_no_number": (),
    "callback_no_time": (),
    "callback_hello": (),
    "callback_nobody": (),
    "callback_declined": (),
    "person_lost": (),
    "message_instructions": (),
    "message_saved": (),
    "message_empty": (),
    "message_again": (),
    "too_long": (),
    "ended": (),
    "error": (),
    "one_moment": (),
    "back_again": (),
    "full": (),
    **dict.fromkeys(
        (
            "sign_in_code",
            "sign_in_pin",
            "sign_in_wrong",
            "sign_in_choose",
            "sign_in_available",
            "sign_in_away",
            "sign_in_failed",
            "sign_in_goodbye",
        ),
        (),
    ),
}
"""Every wording, and the values that it is given."""


class Prompts:
    """Looks up a wording. Immutable; made once at start."""

    def __init__(
        self,
        wording: Mapping[str, Mapping[str, tuple[str, ...]]],
        language_names: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """What `load` has read and checked.

        Args:
            wording: language to key to its variants.
            language_names: language to how callers ask for it.
        """
        self._wording = wording
        self.language_names: Mapping[str, tuple[str, ...]] = language_names or {}

    @classmethod
    def load(cls, folder: Path) -> "Prompts":
        """Read every `<language>.yaml` of a folder, and what callers may say anywhere.

        Raises:
            FlowError: a file can't be read, or lacks or misspells a wording; all of them named.
        """
        problems: list[str] = []
        wording: dict[str, dict[str, tuple[str, ...]]] = {}
        for path in sorted(folder.glob("*.yaml")):
            found = _read(path, problems)
            missing = [key for key in VALUES if key not in found]
            if missing:
                problems.append(f"{path}  lacks {', '.join(missing)}.")
            wording[path.stem] = found
        if not wording:
            problems.append(f"{folder}  has no wording; en.yaml at least must be there.")
        names = read_language_names(folder / "commands" / "languages.yaml", problems)
        if problems:
            raise FlowError("\n".join(problems))
        return cls(wording, names)

    @property
    def languages(self) -> tuple[str, ...]:
        """Primary tags that there is wording for."""
        return tuple(self._wording)

    def get(self, key: str, language: str, /, *, turn: int = 0, **values: Any) -> str:
        """The text, with its values put in.

        Args:
            key: one of `VALUES`.
            language: BCP 47; English where there is no wording in it.
            turn: which of several variants, from 0; the last one from then on.
            values: what the template names.

        Raises:
            KeyError: there is no such wording.
        """
        tag = language.split("-", maxsplit=1)[0].lower()
        by_key = (
            self._wording.get(tag) or self._wording.get("en") or next(iter(self._wording.values()))
        )
        variants = by_key[key]
        return render(variants[min(max(turn, 0), len(variants) - 1)], values, tag)

    def fixed_texts(self, language: str) -> tuple[str, ...]:
        """Every text without values, for the cache of spoken prompts."""
        by_key = self._wording.get(language.split("-", maxsplit=1)[0].lower(), {})
        return tuple(
            variant
            for key, variants in by_key.items()
            for variant in variants
            if not VALUES[key] and variant
        )


def _read(path: Path, problems: list[str]) -> dict[str, tuple[str, ...]]:
    try:
        tree = read_tree(path.read_bytes())
    except YamlProblem as problem:
        problems.append(Problem.of(problem).shown(str(path)))
        return {}
    except OSError as error:
        problems.append(f"{path}  can't be read: {error.strerror}.")
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for key, node in tree.entries().items():
        where = f"{path}:{node.line}"
        variants = node.value if node.is_list else [node]
        texts = tuple(entry.value for entry in variants if isinstance(entry, Node))
        if key not in VALUES:
            problems.append(f'{where}  "{key}" is not a wording that is used. {_near(key)}')
        elif not texts or not all(isinstance(text, str) for text in texts):
            problems.append(f'{where}  "{key}" must be a text, or a list of texts.')
        else:
            problems += [f'{where}  "{key}": {said}' for said in _wrong_values(key, texts)]
            found[key] = texts
    return found


def _wrong_values(key: str, texts: tuple[str, ...]) -> list[str]:
    wrong = []
    for text in texts:
        try:
            unknown = names_in(text) - set(VALUES[key])
        except TemplateProblem as problem:
            wrong.append(f"{problem}")
            continue
        if unknown:
            known = ", ".join(VALUES[key]) or "none"
            wrong.append(f"uses {', '.join(sorted(unknown))}; its values are: {known}.")
    return wrong


def _near(key: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only for a message

    near = get_close_matches(key, VALUES, 1)
    return f'Did you mean "{near[0]}"?' if near else f"Wordings: {', '.join(VALUES)}"
