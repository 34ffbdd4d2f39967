import pytest
from flow_mistakes import MISTAKES

from dialog.flow_file import check_text
from dialog.flow_problems import Problem

pytestmark = pytest.mark.unit


def problems(data: bytes) -> tuple[Problem, ...]:
    return check_text(data, name="shop", path="shop.yaml").problems


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(kind: str) -> None:
    mistake = MISTAKES[kind]

    told = [problem.shown("shop.yaml") for problem in problems(mistake.data)]

    assert any(
        text.startswith(f"shop.yaml:{mistake.at}  ")
        and mistake.wrong in text.splitlines()[0]
        and mistake.right in text.partition("\n")[2]
        for text in told
    ), "\n".join(told)


@pytest.mark.parametrize("kind", MISTAKES)
def test_one_mistake_causes_few_complaints(kind: str) -> None:
    found = problems(MISTAKES[kind].data)

    # A wrong key is also a right one that is missing; more would hide what is wrong.
    assert 1 <= len(found) <= 2, "\n".join(problem.shown("shop.yaml") for problem in found)


def test_at_least_forty_kinds_of_mistakes_are_tried() -> None:
    assert len(MISTAKES) >= 40
