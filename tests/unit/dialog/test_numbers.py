# ruff: noqa: RUF001  Chinese text is Chinese
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.understanding import readings, spoken_digits, understand
from dialog.understanding.numbers import luhn
from voxdesk.kernel.speech import AnswerKind, Expectation, Hypothesis, Transcript

pytestmark = pytest.mark.unit


def said(*texts: str, confidence: float = 0.9) -> Transcript:
    return Transcript(tuple(Hypothesis(text, confidence - 0.1 * n) for n, text in enumerate(texts)))


def number(
    shortest: int = 3, longest: int = 8, *, language: str = "en", letters: bool = False
) -> Expectation:
    return Expectation(
        kind=AnswerKind.ORDER_NUMBER,
        language=language,
        min_digits=shortest,
        max_digits=longest,
        letters=letters,
    )


ENGLISH = [
    # as recognizers write it
    ("4711", "4711"),
    ("4711.", "4711"),
    ("4,711", "4711"),
    ("4, 7, 1, 1.", "4711"),
    ("4-7-1-1", "4711"),
    ("47-11", "4711"),
    ("47 11.", "4711"),
    ("#4711", "4711"),
    ("No. 4711", "4711"),
    ("It's 4711, I think.", "4711"),
    # digit by digit
    ("four seven one one", "4711"),
    ("Four. Seven. One. One.", "4711"),
    ("zero zero seven", "007"),
    ("oh oh seven", "007"),
    ("my order number is oh oh seven", "007"),
    ("five oh five", "505"),
    ("nought eight one", "081"),
    ("four seven niner", "479"),
    # repeated digits
    ("double four one two", "4412"),
    ("four seven double one", "4711"),
    ("triple five two", "5552"),
    ("treble five two", "5552"),
    ("double oh seven", "007"),
    ("two fours and a seven", "447"),
    ("double 4 1 2", "4412"),
    # in pairs, as years and prices are said
    ("forty seven eleven", "4711"),
    ("forty-seven eleven", "4711"),
    ("forty seven oh one", "4701"),
    ("nineteen eighty four", "1984"),
    ("twenty twenty six", "2026"),
    ("seventy seven seventy seven", "7777"),
    ("nineteen oh four", "1904"),
    # cardinals
    ("one hundred twenty", "120"),
    ("one hundred and twenty", "120"),
    ("one twenty", "120"),
    ("four hundred", "400"),
    ("forty seven hundred", "4700"),
    ("forty seven hundred eleven", "4711"),
    ("47 hundred eleven", "4711"),
    ("four thousand seven hundred eleven", "4711"),
    ("four thousand seven hundred and eleven", "4711"),
    ("seven thousand", "7000"),
    ("two thousand and five", "2005"),
    ("a hundred", "100"),
    # words that sound like digits
    ("for seven one one", "4711"),
    ("for 7 1 1", "4711"),
    ("four seven won won", "4711"),
    ("to to seven", "227"),
    ("ate five too", "852"),
    ("tree five six", "356"),
    ("I'm waiting for 4711", "4711"),
    ("for 4711", "4711"),
    ("I want to check 4711", "4711"),
    # around it
    ("um four seven uh one one", "4711"),
    ("yes it's four seven one one please", "4711"),
    ("the order number is 4 7 1 1, thank you", "4711"),
    ("I have two parcels, order 4711", "4711"),
    ("four seven then one one", "4711"),
    ("four seven dash one one", "4711"),
    # taken back
    ("4711, no, sorry, 4712", "4712"),
    ("four seven one one no wait four seven one two", "4712"),
    ("not 4711, 4712", "4712"),
    ("4711 I mean 4712", "4712"),
]


@pytest.mark.parametrize(("text", "value"), ENGLISH)
def test_english_numbers_are_understood_however_they_are_said(text: str, value: str) -> None:
    found = understand(said(text), number())

    assert found is not None
    assert found.value == value


CHINESE = [
    ("四七一一", "4711"),
    ("四七幺幺", "4711"),
    ("四七要要", "4711"),
    ("四、七、幺、幺。", "4711"),
    ("4711", "4711"),
    ("47幺幺", "4711"),
    ("我的订单号是四七一一", "4711"),
    ("我要查四七一一", "4711"),
    ("我要四七一一", "4711"),
    ("嗯四七呃一一", "4711"),
    ("四千七百一十一", "4711"),
    ("四十七一一", "4711"),
    ("一百二", "120"),
    ("一百二十", "120"),
    ("一百零二", "102"),
    ("一千零一十", "1010"),
    ("四千七", "4700"),
    ("一万二", "12000"),
    ("三个零七", "0007"),
    ("两百", "200"),
    ("零零七", "007"),
    ("洞洞拐", "007"),
    ("不是四七一一，是四七一二", "4712"),
    ("四七一一，不对，四七一二", "4712"),
    ("４７１１", "4711"),
    ("訂單號碼四七兩兩", "4722"),
    ("four seven one one", "4711"),
]


@pytest.mark.parametrize(("text", "value"), CHINESE)
def test_mandarin_numbers_are_understood_however_they_are_said(text: str, value: str) -> None:
    found = understand(said(text), number(language="zh"))

    assert found is not None
    assert found.value == value


NOT_NUMBERS = [
    "I don't know it",
    "where is it",
    "one moment",
    "to",
    "oh",
    "for",
    "",
    "no",
    "it's in my e-mail",
]


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_what_is_no_number_is_not_taken_for_one(text: str) -> None:
    assert understand(said(text), number()) is None


CODES = [
    ("A B 4711", "AB4711"),
    ("AB4711", "AB4711"),
    ("it's atr9530", "ATR9530"),
    ("ATR 9530", "ATR9530"),
    ("b as in boy four seven one one", "B4711"),
    ("B for Boston, 4 7 1 1", "B4711"),
    ("alpha bravo four seven", "AB47"),
    ("double b four seven", "BB47"),
    ("it's a 4711", "4711"),
    ("4711", "4711"),
]


@pytest.mark.parametrize(("text", "value"), CODES)
def test_codes_with_letters_are_understood_where_they_are_expected(text: str, value: str) -> None:
    found = understand(said(text), number(letters=True))

    assert found is not None
    assert found.value == value


def test_the_length_decides_between_two_readings() -> None:
    assert understand(said("forty seven"), number(2, 2)).value == "47"  # type: ignore[union-attr]
    assert understand(said("forty seven"), number(3, 3)).value == "407"  # type: ignore[union-attr]
    assert understand(said("one hundred twenty"), number(5, 5)).value == "10020"  # type: ignore[union-attr]


def test_a_later_hypothesis_counts_when_only_it_has_the_right_length() -> None:
    found = understand(said("four seven one", "four seven one one"), number(4, 6))

    assert found is not None
    assert (found.value, found.hypothesis) == ("4711", 1)


def test_a_later_hypothesis_counts_when_only_it_passes_the_check() -> None:
    expected = number(8, 8)
    assert luhn("79927398713"[-8:]) is False
    right, wrong = "49927398", "49927391"
    assert luhn("49927398716")

    valid = next(n for n in (right[:7] + str(d) for d in range(10)) if luhn(n))
    broken = valid[:-1] + str((int(valid[-1]) + 1) % 10)
    found = understand(said(broken, valid, wrong), expected, accept=luhn)

    assert found is not None
    assert (found.value, found.hypothesis) == (valid, 1)


def test_every_reading_of_the_hypotheses_is_offered_once() -> None:
    found = readings(said("4711", "four seven one one", "4712"), number())

    assert [reading.value for reading in found] == ["4711", "4712"]


def test_digits_that_make_no_number_are_still_counted() -> None:
    assert spoken_digits("four seven one", number(4, 6)) == "471"
    assert len(spoken_digits(" ".join(["seven"] * 40), number(4, 6))) == 40


UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
ZH = "零一二三四五六七八九"


def _pair(digits: str) -> str:
    """Two digits as a cardinal, where that is how people say them."""
    value = int(digits)
    if value < 10:
        return f"oh {UNITS[value]}"
    if value < 20:
        return TEENS[value - 10]
    tens = TENS[value // 10 - 2]
    return tens if value % 10 == 0 else f"{tens} {UNITS[value % 10]}"


@st.composite
def spoken_in_english(draw: st.DrawFn) -> tuple[str, str]:
    """Digits, and one of the many ways of saying them."""
    digits = draw(st.text("0123456789", min_size=4, max_size=8))
    style = draw(
        st.sampled_from(["words", "oh", "numerals", "commas", "joined", "double", "pairs"])
    )
    if style == "joined":
        text = digits
    elif style == "numerals":
        text = " ".join(digits)
    elif style == "commas":
        text = ", ".join(digits) + "."
    elif style == "pairs":
        # "twenty" then "oh one" is unambiguous; "twenty" then "one" is not, so nobody says it.
        text = " ".join(_pair(digits[n : n + 2]) for n in range(0, len(digits) - 1, 2))
        digits = digits[: len(digits) // 2 * 2]
    else:
        words = []
        place = 0
        while place < len(digits):
            if style == "double" and digits[place : place + 2] == digits[place] * 2:
                words += ["double", UNITS[int(digits[place])]]
                place += 2
            else:
                zero = style == "oh" and digits[place] == "0"
                words.append("oh" if zero else UNITS[int(digits[place])])
                place += 1
        text = " ".join(words)
    before = draw(st.sampled_from(["", "it's ", "my number is ", "um ", "yes, ", "the order is "]))
    after = draw(st.sampled_from(["", ".", " please", " thank you"]))
    return digits, before + text + after


@given(spoken_in_english())
def test_any_digits_said_in_any_usual_english_style_come_out_as_they_were_meant(
    case: tuple[str, str],
) -> None:
    digits, text = case
    expected = number(len(digits), len(digits))

    found = understand(said(text), expected)

    assert found is not None, text
    assert found.value == digits, text


@given(
    st.text("0123456789", min_size=4, max_size=8),
    st.sampled_from(["", "、", " ", "，"]),
    st.sampled_from(["", "我的订单号是", "嗯", "是"]),
    st.booleans(),
)
def test_any_digits_said_in_mandarin_come_out_as_they_were_meant(
    digits: str,
    between: str,
    before: str,
    yao: bool,  # noqa: FBT001  a drawn value
) -> None:
    spoken = [("幺" if yao and digit == "1" else ZH[int(digit)]) for digit in digits]

    found = understand(said(before + between.join(spoken)), number(4, 8, language="zh"))

    assert found is not None
    assert found.value == digits


@given(st.text(max_size=200), st.sampled_from(["en", "zh", "ko"]), st.booleans())
def test_no_text_breaks_the_understanding_of_numbers(
    text: str,
    language: str,
    letters: bool,  # noqa: FBT001  a drawn value
) -> None:
    expected = number(1, 40, language=language, letters=letters)

    found = understand(said(text), expected)

    assert found is None or 1 <= len(found.value) <= 40
