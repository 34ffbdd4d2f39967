"""Whatever the value, said in words by a writer of its own it is read back as that value."""

from datetime import date, datetime, time

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from num2words import num2words

from dialog.understanding import understand
from dialog.understanding.digits_en import NATO
from dialog.understanding.words import listed
from voxdesk.kernel.speech import AnswerKind, Choice, Expectation, Hypothesis, Transcript

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 18)
DIGITS = listed("zero one two three four five six seven eight nine")
ALPHABET = {letter: word for word, letter in NATO.items()}
FILLERS = st.sampled_from(["", "um ", "it's ", "uh it's "])
DIGITS_ZH = "零一二三四五六七八九"


def read(kind: AnswerKind, said: str, language: str = "en", **fields: object) -> str | None:
    expectation = Expectation(kind=kind, language=language, **fields)  # type: ignore[arg-type]
    found = understand(
        Transcript((Hypothesis(said, 0.9),)), expectation, today=TODAY, now=time(10, 20)
    )
    return found.value if found else None


def in_words(number: int) -> str:
    return str(num2words(number)).replace(",", "")


def in_chinese(number: int) -> str:
    """Below ten thousand, as it is written out: 一千零五十."""
    if not number:
        return "零"
    out, zero = "", False
    for place, scale in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            lead = digit == 1 and scale == "十" and not out
            out += ("零" if zero and out else "") + ("" if lead else DIGITS_ZH[digit]) + scale
        zero = not digit and bool(out)
    return out


@st.composite
def spelled_codes(draw: st.DrawFn) -> tuple[str, str]:
    """A code, and one of the ways of spelling it."""
    letters = draw(st.text("BCDFGHJKLMNPQRSTVWXZ", min_size=1, max_size=4))
    digits = draw(st.text("0123456789", min_size=1, max_size=5))
    style = draw(st.sampled_from(["nato", "letter", "as in"]))
    words = [
        {"nato": ALPHABET[letter], "letter": letter.lower(),
         "as in": f"{letter.lower()} as in {ALPHABET[letter]}"}[style]
        for letter in letters
    ]  # fmt: skip
    return letters + digits, " ".join([*words, *(DIGITS[int(digit)] for digit in digits)])


@given(spelled_codes(), FILLERS)
def test_a_code_that_is_spelled_is_that_code(code: tuple[str, str], filler: str) -> None:
    assert read(AnswerKind.CODE, filler + code[1]) == code[0]


@given(st.integers(0, 9_999_999), FILLERS)
def test_a_number_in_words_is_that_number(number: int, filler: str) -> None:
    assert read(AnswerKind.NUMBER, filler + in_words(number)) == str(number)
    assert read(AnswerKind.NUMBER, f"{filler}{number:,}") == str(number)


@given(st.integers(0, 9999))
def test_a_number_in_mandarin_is_that_number(number: int) -> None:
    assert read(AnswerKind.NUMBER, in_chinese(number) + "个", "zh") == str(number)


CENTS = st.sampled_from([" and {} cents", " {} cents", " {}"])


@given(st.integers(1, 99_999), st.integers(0, 99), CENTS, FILLERS)
def test_dollars_and_cents_in_words_are_that_amount(
    dollars: int,
    cents: int,
    tail: str,
    filler: str,
) -> None:
    said = f"{in_words(dollars)} dollars"
    if cents:
        said += (tail if cents >= 10 else " and {} cents").format(in_words(cents))

    assert read(AnswerKind.MONEY, filler + said) == f"{dollars}.{cents:02d} USD"


@given(st.integers(1, 99), st.integers(10, 99))
def test_a_price_without_its_currency_is_dollars_and_cents(dollars: int, cents: int) -> None:
    assume(dollars < 20 or dollars % 10 or cents >= 10)
    said = f"{in_words(dollars)} {in_words(cents)}"

    assert read(AnswerKind.MONEY, said) == f"{dollars}.{cents} USD"


@given(st.integers(1, 9999), st.integers(0, 9), st.integers(0, 9))
def test_yuan_jiao_and_fen_are_that_amount(yuan: int, jiao: int, fen: int) -> None:
    assume(jiao or not fen)
    said = in_chinese(yuan) + "块"
    said += f"{DIGITS_ZH[jiao]}毛" if jiao else ""
    said += f"{DIGITS_ZH[fen]}分" if fen else ""

    assert read(AnswerKind.MONEY, said, "zh") == f"{yuan}.{jiao}{fen} CNY"


def spoken_times(when: time) -> list[str]:
    hour, minute = when.hour, when.minute
    half = "am" if hour < 12 else "pm"
    name, after = in_words(hour % 12 or 12), in_words((hour + 1) % 12 or 12)
    part = "in the morning" if hour < 12 else "in the afternoon"
    said = [f"{when:%H:%M}", f"{hour % 12 or 12}:{minute:02d} {half}"]
    if minute == 0:
        said += [f"{name} {half}", f"{name} o'clock {part}"]
    elif minute < 10:
        said += [f"{name} oh {in_words(minute)} {half}"]
    else:
        said += [f"{name} {in_words(minute)} {half}", f"{name} {in_words(minute)} {part}"]
    if minute == 30:
        said.append(f"half past {name} {half}")
    if 0 < minute < 30:
        said.append(f"{in_words(minute)} minutes past {name} {half}")
    if minute > 30 and hour % 12 != 11:
        said.append(f"{in_words(60 - minute)} to {after} {half}")
    return said


def chinese_times(when: time) -> list[str]:
    hour, minute = when.hour, when.minute
    part = "上午" if hour < 12 else "下午"
    tail = f"{in_chinese(minute)}分" if minute >= 10 else f"零{DIGITS_ZH[minute]}分"
    tail = "" if not minute else tail
    said = [f"{part}{in_chinese(hour % 12 or 12)}点{tail}", f"{hour}点{minute}分"]
    return said if hour % 12 else said[1:]


@given(st.times().map(lambda found: found.replace(second=0, microsecond=0)))
def test_a_time_in_words_is_that_time(when: time) -> None:
    for said in spoken_times(when):
        assert read(AnswerKind.TIME, said) == f"{when:%H:%M}", said


@given(st.times(time(7), time(18, 59)).map(lambda found: found.replace(second=0, microsecond=0)))
def test_a_time_in_mandarin_is_that_time(when: time) -> None:
    for said in chinese_times(when):
        assert read(AnswerKind.TIME, said, "zh") == f"{when:%H:%M}", said


@given(
    st.dates(date(2026, 11, 19), date(2027, 11, 17)),
    st.times(time(7), time(18, 59)).map(lambda found: found.replace(second=0, microsecond=0)),
    st.sampled_from(["{day} at {hour}", "{hour} on {day}"]),
)
def test_a_day_with_a_time_is_that_moment(
    day: date,
    clock: time,
    wording: str,
) -> None:
    value = datetime.combine(day, clock).isoformat(timespec="minutes")
    ordinal = str(num2words(day.day, to="ordinal"))
    for said in (f"{day:%B} {ordinal}".lower(), f"the {ordinal} of {day:%B}".lower()):
        for hour in spoken_times(clock):
            whole = wording.format(day=said, hour=hour)
            assert read(AnswerKind.DATETIME, whole, when="future") == value, whole
    for hour in chinese_times(clock):
        whole = f"{in_chinese(day.month)}月{in_chinese(day.day)}号{hour}"
        assert read(AnswerKind.DATETIME, whole, "zh", when="future") == value, whole


@given(st.sampled_from(["US", "GB", "CN", "DE"]), st.data())
def test_a_telephone_number_digit_by_digit_is_that_number(
    country: str, data: st.DataObject
) -> None:
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    tail = data.draw(st.text("0123456789", min_size=4, max_size=4))
    national = phonenumbers.national_significant_number(example)[:-4] + tail
    number = phonenumbers.parse(national, country)
    assume(phonenumbers.is_valid_number(number))
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    dialled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    digits = [character for character in dialled if character.isdigit()]

    said = " ".join(DIGITS[int(digit)] for digit in digits)
    chinese = "".join(DIGITS_ZH[int(digit)] for digit in digits)
    abroad = "plus " + " ".join(DIGITS[int(digit)] for digit in value[1:])
    assert read(AnswerKind.PHONE, said, country=country) == value
    assert read(AnswerKind.PHONE, dialled, country=country) == value
    assert read(AnswerKind.PHONE, chinese, "zh", country=country) == value
    assert read(AnswerKind.PHONE, abroad) == value


OPTIONS = tuple(Choice(name, (name,)) for name in ("red", "blue", "green", "yellow", "orange"))


@given(st.lists(st.sampled_from([option.value for option in OPTIONS]), min_size=1, unique=True))
def test_a_list_of_options_is_those_options_whatever_their_order(named: list[str]) -> None:
    value = ",".join(option.value for option in OPTIONS if option.value in named)

    joined = " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
    assert read(AnswerKind.CHOICES, joined, choices=OPTIONS) == value
    one_by_one = " and ".join(f"the {name} one" for name in named)
    assert read(AnswerKind.CHOICES, one_by_one, choices=OPTIONS) == value


@given(st.integers(1, 999), st.integers(1, 999))
def test_what_is_taken_back_does_not_count(wrong: int, right: int) -> None:
    assume(wrong != right)
    for said in (
        f"{in_words(wrong)}, no wait, {in_words(right)}",
        f"{in_words(wrong)} no I mean {in_words(right)}",
        f"{in_words(right)}, not {in_words(wrong)}",
        f"not {in_words(wrong)}, {in_words(right)}",
        f"I said {in_words(right)} not {in_words(wrong)}",
    ):
        assert read(AnswerKind.NUMBER, said) == str(right), said
