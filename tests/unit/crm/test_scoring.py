import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm.scores.scorecard import Question, Scale, Scorecard, Section, as_data, of_data
from crm.scores.scoring import Answer, mistakes, score

pytestmark = pytest.mark.unit

WEIGHTS = st.sampled_from([0.0, 0.5, 1.0, 2.0, 7.0, 100.0])


def a_question(name: str, scale: Scale = Scale.YES_NO, **more: object) -> Question:
    return Question(name=name, ask={"en": f"{name}?"}, scale=scale, **more)  # type: ignore[arg-type]


def a_card(*sections: Section, passed_from: float | None = None) -> Scorecard:
    return Scorecard(
        name="card",
        version="v1",
        languages=("en",),
        title={"en": "Card"},
        sections=sections,
        passed_from=passed_from,
    )


def a_section(name: str, *questions: Question, weight: float = 1.0) -> Section:
    return Section(name=name, title={"en": name}, questions=questions, weight=weight)


CARD = a_card(
    a_section("talk", a_question("polite"), a_question("clear", Scale.ONE_TO_FIVE, weight=3)),
    a_section(
        "outcome",
        a_question("served", Scale.POINTS, points=10, not_applicable=True),
        a_question("leak", good=0, fatal=True, not_applicable=True),
        weight=3,
    ),
    passed_from=70,
)


def test_questions_and_sections_count_by_their_weights() -> None:
    result = score(
        CARD,
        {"polite": Answer(1), "clear": Answer(3), "served": Answer(8), "leak": Answer(0)},
    )

    talk = 100 * (1 * 1 + 3 * 0.5) / 4
    outcome = 100 * (0.8 + 1.0) / 2
    assert result.sections == {"talk": pytest.approx(talk), "outcome": pytest.approx(outcome)}
    assert result.total == pytest.approx((talk + 3 * outcome) / 4)
    assert (result.fatal, result.missing, result.passed) == ((), (), True)


def test_what_does_not_apply_leaves_its_weight_to_the_others() -> None:
    given_ = {"polite": Answer(1), "clear": Answer(5), "leak": Answer(not_applicable=True)}
    without = score(CARD, {**given_, "served": Answer(not_applicable=True)})

    assert without.sections == {"talk": 100.0, "outcome": None}
    assert without.total == 100.0
    assert without.missing == ()


def test_one_fatal_answer_makes_the_whole_nothing() -> None:
    all_well = {"polite": Answer(1), "clear": Answer(5), "served": Answer(10)}

    failed = score(CARD, {**all_well, "leak": Answer(1)})

    assert (failed.total, failed.fatal, failed.passed) == (0.0, ("leak",), False)


def test_nothing_is_judged_before_anything_is_answered() -> None:
    empty = score(CARD, {})

    assert (empty.total, empty.passed) == (None, None)
    assert empty.missing == ("polite", "clear", "served", "leak")
    assert score(CARD, {"polite": Answer(comment="later")}).total is None


def test_what_cannot_be_an_answer_is_said() -> None:
    wrong = mistakes(
        CARD,
        {
            "polite": Answer(2),
            "clear": Answer(2.5),
            "served": Answer(11),
            "leak": Answer(1, not_applicable=True),
            "nobody": Answer(1),
        },
    )
    assert len(wrong) == 5
    assert '"clear" is answered by 2.5; it takes 1 to 5, whole.' in wrong
    assert mistakes(CARD, {"polite": Answer(not_applicable=True)}) == [
        '"polite" applies to every call; answer it.'
    ]


@st.composite
def cards(draw: st.DrawFn, *, fatal: bool = True) -> Scorecard:
    sections = []
    for place in range(draw(st.integers(1, 3))):
        questions = []
        for number in range(draw(st.integers(1, 4))):
            scale = draw(st.sampled_from(Scale))
            questions.append(
                a_question(
                    f"q{place}_{number}",
                    scale,
                    points=draw(st.integers(1, 100)) if scale is Scale.POINTS else 0,
                    weight=draw(WEIGHTS),
                    not_applicable=draw(st.booleans()),
                    fatal=fatal and draw(st.booleans()),
                    good=draw(st.integers(0, 1)) if scale is Scale.YES_NO else 1,
                )
            )
        sections.append(a_section(f"s{place}", *questions, weight=draw(WEIGHTS)))
    return a_card(*sections, passed_from=draw(st.sampled_from([None, 0.0, 50.0, 100.0])))


@st.composite
def scored(draw: st.DrawFn, *, fatal: bool = True) -> tuple[Scorecard, dict[str, Answer]]:
    card = draw(cards(fatal=fatal))
    answers = {}
    for question in card.questions():
        least, most = question.bounds
        kinds = [st.just(Answer()), st.integers(least, most).map(Answer)]
        if question.not_applicable:
            kinds.append(st.just(Answer(not_applicable=True)))
        answers[question.name] = draw(st.one_of(kinds))
    return card, answers


@given(scored())
def test_a_score_is_between_nothing_and_all(case: tuple[Scorecard, dict[str, Answer]]) -> None:
    card, answers = case
    result = score(card, answers)

    assert mistakes(card, answers) == []
    assert result.total is None or 0.0 <= result.total <= 100.0
    for value in result.sections.values():
        assert value is None or 0.0 <= value <= 100.0
    assert of_data(as_data(card)) == card
    if result.fatal:
        assert (result.total, result.passed) in {(0.0, False), (0.0, None)}


@given(scored(fatal=False))
def test_leaving_out_is_neither_good_nor_bad(case: tuple[Scorecard, dict[str, Answer]]) -> None:
    """The total is the same as that of a card without what doesn't apply."""
    card, answers = case
    kept = [
        a_section(
            section.name,
            *(one for one in section.questions if answers[one.name].value is not None),
            weight=section.weight,
        )
        for section in card.sections
    ]
    smaller = a_card(*kept)
    total, expected = score(card, answers).total, score(smaller, answers).total
    assert (total is None) == (expected is None)
    assert total is None or math.isclose(total, expected or 0.0, abs_tol=1e-9)


@given(scored(fatal=False), st.data())
def test_a_better_answer_never_lowers_the_score(
    case: tuple[Scorecard, dict[str, Answer]], data: st.DataObject
) -> None:
    card, answers = case
    answered = [one for one in card.questions() if answers[one.name].value is not None]
    assume(answered)
    question = data.draw(st.sampled_from(answered))
    least, most = question.bounds
    better = data.draw(st.integers(least, most))
    value = answers[question.name].value
    assert value is not None
    assume(question.share(better) > question.share(value))

    before = score(card, answers).total
    after = score(card, {**answers, question.name: Answer(better)}).total

    assert (before is None) == (after is None)
    assert before is None or after is None or after >= before - 1e-9


@given(scored())
def test_the_best_answers_are_all_and_the_worst_nothing(
    case: tuple[Scorecard, dict[str, Answer]],
) -> None:
    card, _ = case
    counts = any(s.weight * q.weight for s in card.sections for q in s.questions)
    assume(counts)
    best, worst = {}, {}
    for question in card.questions():
        ends = sorted(question.bounds, key=question.share)
        worst[question.name], best[question.name] = Answer(ends[0]), Answer(ends[1])

    assert score(card, best).total == pytest.approx(100.0)
    assert score(card, worst).total == pytest.approx(0.0)
