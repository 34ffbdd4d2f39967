# ruff: noqa: RUF001, E501  a table of texts as people write them, in two scripts
import datetime as dt
import logging

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tts.normalize import MAX_CHARS, normalize

pytestmark = pytest.mark.unit

ENGLISH = [
    ("Your total is $12.50.", "Your total is twelve dollars and fifty cents."),
    ("€1,299.00", "one thousand two hundred ninety-nine euros"),
    ("12,50 €", "twelve euros and fifty cents"),
    ("1.299,00 €", "one thousand two hundred ninety-nine euros"),
    ("It costs $1.", "It costs one dollar."),
    ("$0.99", "ninety-nine cents"),
    ("$1.5 million", "one point five million dollars"),
    ("-$5.00", "minus five dollars"),
    ("¥1200", "one thousand two hundred yen"),
    ("US$12", "twelve dollars"),
    ("12.50 EUR", "twelve euros and fifty cents"),
    ("£3.01", "three pounds and one penny"),
    ("2026-11-23", "November twenty-third, twenty twenty-six"),
    ("2026-11-23T14:30", "November twenty-third, twenty twenty-six two thirty P M"),
    ("11/23/2026", "November twenty-third, twenty twenty-six"),
    ("23.11.2026", "November twenty-third, twenty twenty-six"),
    ("Nov 23, 2026", "November twenty-third, twenty twenty-six"),
    ("November 23rd", "November twenty-third"),
    ("23 November 2026", "November twenty-third, twenty twenty-six"),
    ("Tuesday, Nov. 3", "Tuesday, November third"),
    ("May 2027", "May twenty twenty-seven"),
    ("on the 4th of July", "on July fourth"),
    ("at 14:30", "at two thirty P M"),
    ("9:05", "nine oh five"),
    ("9:00", "nine o'clock"),
    ("at 9 a.m.", "at nine A M."),
    ("9:30pm", "nine thirty P M"),
    ("Mon–Fri 9am–5pm.", "Monday to Friday nine A M to five P M."),
    ("Mon-Fri 9-5pm", "Monday to Friday nine to five P M"),
    ("from 9:00 - 17:30", "from nine o'clock to five thirty P M"),
    ("5%", "five percent"),
    ("2.5 %", "two point five percent"),
    ("5–10%", "five to ten percent"),
    ("1st 2nd 23rd 101st", "first second twenty-third one hundred first"),
    ("+1 (555) 123-4567", "plus one, five five five, one two three, four five six seven"),
    ("555-123-4567", "five five five, one two three, four five six seven"),
    ("1-800-555-0199", "one, eight hundred, five five five, zero one nine nine"),
    ("(020) 7946 0958", "zero two zero, seven nine four six, zero nine five eight"),
    ("+44 20 7946 0958", "plus four four, two zero, seven nine four six, zero nine five eight"),
    ("call 555-0199", "call five five five, zero one nine nine"),
    ("#4711", "number four seven one one"),
    ("order 4711", "order four seven one one"),
    ("Your order number 4711 is on its way", "Your order number four seven one one is on its way"),
    ("order #4711", "order four seven one one"),
    ("4 7 1 1", "four seven one one"),
    ("AB-12", "A B one two"),
    ("A1B2C3", "A one B two C three"),
    ("COVID-19", "COVID nineteen"),
    ("4K", "four K"),
    ("MP3", "M P three"),
    ("5 kg", "five kilograms"),
    ("1 km", "one kilometer"),
    ("3.5 km", "three point five kilometers"),
    ("20 °C", "twenty degrees Celsius"),
    ("68°F", "sixty-eight degrees Fahrenheit"),
    ("500 ml", "five hundred milliliters"),
    ("2-3 hrs", "two to three hours"),
    ("1/2", "one half"),
    ("2 1/2", "two and a half"),
    ("3/4", "three quarters"),
    ("24/7", "twenty-four seven"),
    ("10k", "ten thousand"),
    ("3.14", "three point one four"),
    ("1,299", "one thousand two hundred ninety-nine"),
    ("1.2.3", "one point two point three"),
    ("-5", "minus five"),
    ("007", "zero zero seven"),
    ("4711471147", "four seven one, one four seven, one one four seven"),
    ("in 2026", "in twenty twenty-six"),
    ("since 1999", "since nineteen ninety-nine"),
    ("the 1990s", "the nineteen nineties"),
    ("2026 items", "two thousand twenty-six items"),
    ("Dr. Lee", "Doctor Lee"),
    ("12 Elm Dr.", "twelve Elm Drive."),
    ("St. Mary", "Saint Mary"),
    ("45 Main St.", "forty-five Main Street."),
    ("No. 5", "number five"),
    ("e.g. shoes", "for example shoes"),
    ("Mr. Smith vs. Mrs. Jones", "Mister Smith versus Missus Jones"),
    ("etc.", "et cetera."),
    ("support@example.com", "support at example dot com"),
    ("Visit www.example.com/help.", "Visit w w w dot example dot com slash help."),
    ("https://example.co.uk/a1", "example dot c o dot u k slash a one"),
    ("press # to finish", "press pound to finish"),
    ("Press *.", "Press star."),
    ("Press 1 for billing, 2 for sales.", "Press one for billing, two for sales."),
    ("yes/no", "yes or no"),
    ("Q&A", "Q and A"),
    ("Your PIN is 1234", "Your PIN is one two three four"),
    ("ext. 204", "extension two zero four"),
    ("The code is 0451.", "The code is zero four five one."),
    ("room 412", "room four one two"),
    ("page 3 of 12", "page three of twelve"),
    ("ticket ABC-1234", "ticket A B C one two three four"),
    ("zip code 94103", "zip code nine four one zero three"),
    ("2x", "two times"),
    ("٣", "three"),
    ("①", "one"),
    ("call us Mon, Nov 23 at 9am", "call us Monday, November twenty-third at nine A M"),
    ("It's 5 min. away", "It's five minutes away"),
    ("UPS or DHL", "U P S or D H L"),
    ("J.R.R. Tolkien", "J R R Tolkien"),
    ("$3.50/month", "three dollars and fifty cents per month"),
    ("1 item(s)", "one item"),
    ("10 m", "ten meters"),
    ("1 h", "one hour"),
    ("100 percent", "one hundred percent"),
    ("Your balance is -$12.05", "Your balance is minus twelve dollars and five cents"),
    ("100,000", "one hundred thousand"),
    ("1000000", "one million"),
    ("12345678", "one two three, four five six, seven eight"),
    ("card ending in 4242", "card ending in four two four two"),
    ("two items @ $5", "two items at five dollars"),
    ("v2.1", "version two point one"),
    ("the 24-hour line", "the twenty-four hour line"),
    ("a 3-day trip", "a three day trip"),
    ("3-5 days", "three to five days"),
    ("5' 10\"", "five foot ten"),
    ("1990-1995", "nineteen ninety to nineteen ninety-five"),
    ("call 911", "call nine one one"),
    ("in 30 s", "in thirty seconds"),
    ("5 to 7pm", "five to seven P M"),
    ("order 2 pizzas", "order two pizzas"),
    ("order 250 items", "order two hundred fifty items"),
    (
        "Your refund of $1,049.99 was sent on 2026-11-20.",
        "Your refund of one thousand forty-nine dollars and ninety-nine cents was sent on November twentieth, twenty twenty-six.",
    ),
    ("Flight LH400 leaves at 18:05.", "Flight L H four zero zero leaves at six oh five P M."),
    ("Reference number 0012", "Reference number zero zero one two"),
    ("Invoice INV-2026-004", "Invoice I N V two zero two six zero zero four"),
    ("1,5 kg", "one point five kilograms"),
    ("10:00 a.m.", "ten A M."),
    ("Sat & Sun 10-4pm", "Sat and Sun ten to four P M"),
    ("2nd floor", "second floor"),
    ("1.299,00", "one thousand two hundred ninety-nine point zero zero"),
    ("3 of 5", "three of five"),
    ("1 000 000", "one million"),
    ("CHF 20", "twenty francs"),
    ("RMB 99", "ninety-nine yuan"),
    ("$20k", "twenty thousand dollars"),
    ("£2bn", "two billion pounds"),
    ("7 days a week", "seven days a week"),
    ("Windows 11", "Windows eleven"),
    ("5-year-old", "five year old"),
    ("USB-C", "USB-C"),
    ("a 10% discount", "a ten percent discount"),
    ("at 0:15", "at twelve fifteen A M"),
    ("12:00", "twelve o'clock"),
    ("Jan. 1st, 2000", "January first, two thousand"),
    ("the '80s", "the eighties"),
    ("1/3", "one third"),
    ("5/8", "five eighths"),
    ("call +49 30 901820", "call plus four nine, three zero, nine zero one eight two zero"),
    ("32°", "thirty-two degrees"),
    ("-12 °C", "minus twelve degrees Celsius"),
    ("60 mph", "sixty miles per hour"),
    ("100 GB", "one hundred gigabytes"),
    ("Your wait is about 2 min.", "Your wait is about two minutes."),
    ("#AB12", "number A B one two"),
    ("pin 0000", "pin zero zero zero zero"),
    ("We have 0 items", "We have zero items"),
    ("in 2005", "in two thousand five"),
    ("in 1900", "in nineteen hundred"),
    ("member no. 88123", "member number eight eight one two three"),
    ("Apt. 4B", "apartment four B"),
    ("1 lb", "one pound"),
    ("2 ft", "two feet"),
    ("5 oz", "five ounces"),
    ("It is 3 a.m. now", "It is three A M now"),
    ("Mr. Lee, Jr.", "Mister Lee, Junior."),
    ("order (4711)", "order four seven one one"),
    ("~5 minutes", "about five minutes"),
    ("A/B", "A or B"),
    ("FAQs", "F A Qs"),
    ("IDs", "I Ds"),
]

MANDARIN = [
    ("您的订单号4711已发货。", "您的订单号四七幺幺已发货。"),
    ("订单 4711", "订单四七幺幺"),
    ("您的订单号是 4 7 1 1。", "您的订单号是四七幺幺。"),
    ("合计¥12.50。", "合计十二元五角。"),
    ("¥12.55", "十二元五角五分"),
    ("¥12.05", "十二元零五分"),
    ("¥0.50", "五角"),
    ("¥1,299.00", "一千二百九十九元"),
    ("12.5元", "十二元五角"),
    ("2元", "两元"),
    ("200元", "两百元"),
    ("3.5万元", "三点五万元"),
    ("¥3.5万", "三点五万元"),
    ("$12.50", "十二点五美元"),
    ("€20", "二十欧元"),
    ("20 EUR", "二十欧元"),
    ("100美元", "一百美元"),
    ("2026-11-23", "二零二六年十一月二十三日"),
    ("2026年11月23日", "二零二六年十一月二十三日"),
    ("11月23日", "十一月二十三日"),
    ("2月2日", "二月二日"),
    ("2026/11/23", "二零二六年十一月二十三日"),
    ("2026年", "二零二六年"),
    ("14:30", "十四点三十分"),
    ("9:05", "九点零五分"),
    ("2:00", "两点"),
    ("上午9:30", "上午九点三十分"),
    ("下午2点30分", "下午两点三十分"),
    ("2点半", "两点半"),
    ("9:00-17:00", "九点到十七点"),
    ("周一-周五 9:00-17:00", "周一到周五九点到十七点"),
    ("5%", "百分之五"),
    ("2.5%", "百分之二点五"),
    ("5%-10%", "百分之五到百分之十"),
    ("3-5天", "三到五天"),
    ("2个", "两个"),
    ("2天", "两天"),
    ("12个", "十二个"),
    ("22个", "二十二个"),
    ("2小时", "两小时"),
    ("2位客服", "两位客服"),
    ("第2个", "第二个"),
    ("2楼", "二楼"),
    ("2号线", "二号线"),
    ("2000", "两千"),
    ("2200", "两千二百"),
    ("12000", "一万两千"),
    ("22222", "两万两千二百二十二"),
    ("100000000", "一亿"),
    ("1005", "一千零五"),
    ("1050", "一千零五十"),
    ("10010", "一万零一十"),
    ("10", "十"),
    ("110", "一百一十"),
    ("1/2", "二分之一"),
    ("3.14", "三点一四"),
    ("-5", "负五"),
    ("-5°C", "零下五摄氏度"),
    ("25℃", "二十五"),
    ("5kg", "五公斤"),
    ("2.5km", "二点五公里"),
    ("13812345678", "幺三八，幺二三四，五六七八"),
    ("400-820-8820", "四零零，八二零，八八二零"),
    ("010-12345678", "零幺零，幺二三四五六七八"),
    ("+86 138 1234 5678", "加八六，幺三八，幺二三四，五六七八"),
    ("拨打12345", "拨打幺二三四五"),
    ("验证码0451", "验证码零四五幺"),
    ("AB-12", "A B幺二"),
    ("尾号8888", "尾号八八八八"),
    ("按#号键", "按井号键"),
    ("按*键", "按星号键"),
    ("按1转人工，按2结束", "按一转人工，按二结束"),
    ("support@example.com", "support艾特example点com"),
    ("访问www.example.cn", "访问w w w点example点c n"),
    ("是/否", "是或否"),
    ("Q&A", "Q和A"),
    ("１２３", "一百二十三"),
    ("①", "一"),
    ("二〇二六", "二〇二六"),
    ("24小时", "二十四小时"),
    ("7天", "七天"),
    ("1.2.3", "一点二点三"),
    ("会员号A1B2", "会员号A幺B二"),
    ("房间302", "房间三零二"),
    ("共3件商品，合计¥99。", "共三件商品，合计九十九元。"),
    ("500ml", "五百毫升"),
    ("0", "零"),
    ("007", "零零七"),
    ("20%的用户", "百分之二十的用户"),
    ("1000000", "一百万"),
    ("12345678", "幺二三四五六七八"),
    ("第100名", "第一百名"),
    ("2倍", "两倍"),
    ("1,299", "一千二百九十九"),
    ("两件", "两件"),
    ("5-10%", "百分之五到百分之十"),
    ("10:00", "十点"),
    ("0.5元", "五角"),
    ("2角", "两角"),
    ("102元", "一百零二元"),
    ("¥2.20", "两元二角"),
    ("2026-13-45", "二零二六，幺三，四五"),
    ("再等2分钟", "再等两分钟"),
    ("第3季度", "第三季度"),
    ("#4711", "四七幺幺号"),
    ("2月", "二月"),
    ("12月2号", "十二月二号"),
    ("价格是３５元", "价格是三十五元"),
    ("电话：010-8888 6666", "电话：零幺零，八八八八，六六六六"),
    ("2:30开始", "两点三十分开始"),
    ("10元/个", "十元每个"),
    ("请按1、2或3", "请按一、二或三"),
    ("您有3条新消息", "您有三条新消息"),
    ("2024年2月29日", "二零二四年二月二十九日"),
    ("HK$100", "一百港币"),
    ("300分钟", "三百分钟"),
    ("第12位", "第十二位"),
    ("约2周", "约两周"),
    ("9折", "九折"),
    ("1.5小时", "一点五小时"),
    ("满200减20", "满两百减二十"),
    ("12,345", "一万两千三百四十五"),
    ("快递单号SF1234567", "快递单号S F幺二三四五六七"),
    ("2/3", "三分之二"),
    ("8月", "八月"),
    ("1月1日", "一月一日"),
    ("前面还有2人", "前面还有两人"),
]


@pytest.mark.parametrize(("written", "spoken"), ENGLISH)
def test_english_is_said_as_people_say_it(written: str, spoken: str) -> None:
    assert normalize(written, "en-US") == spoken


@pytest.mark.parametrize(("written", "spoken"), MANDARIN)
def test_mandarin_is_said_as_people_say_it(written: str, spoken: str) -> None:
    assert normalize(written, "zh-CN") == spoken


@pytest.mark.parametrize(
    ("text", "language"), [(s, "en") for _, s in ENGLISH] + [(s, "zh") for _, s in MANDARIN]
)
def test_what_is_in_words_stays_as_it_is(text: str, language: str) -> None:
    assert normalize(text, language) == text


def test_a_near_date_is_said_by_its_weekday_and_a_far_one_by_its_year() -> None:
    today = dt.date(2026, 11, 21)

    near = normalize("It arrives on 2026-11-23.", "en", today=today)
    far = normalize("You joined on 2024-11-23.", "en", today=today)
    near_zh = normalize("2026-11-23送达。", "zh", today=today)

    assert near == "It arrives on Monday, November twenty-third."
    assert far == "You joined on November twenty-third, twenty twenty-four."
    assert near_zh == "十一月二十三日星期一送达。"


def test_other_languages_get_their_own_number_words() -> None:
    assert normalize("Drücken Sie die 2.", "de-DE") == "Drücken Sie die zwei."
    assert normalize("Appuyez sur 21", "fr") == "Appuyez sur vingt et un"
    assert normalize("2 hal", "xx") == "2 hal"


FRAGMENTS = st.sampled_from(
    [
        "$12.50",
        "€1.299,00",
        "2026-11-23",
        "2026-13-45",
        "#4711",
        "order",
        "4711",
        "number",
        "no.",
        "9am",
        "–",
        "-",
        "Dr.",
        "St.",
        "5%",
        "3-5",
        "1/2",
        "AB-12",
        "½",
        "²",
        "+1",
        "555-123-4567",
        "kg",
        "°C",
        "¥",
        "元",
        "2个",
        "订单",
        "年",
        "14:30",
        "25:99",
        "a@b.com",
        "http://x.y/z?a=1",
        "'90s",
        "1990s",
        "No.",
        "0",
        "00",
        "1,299",
        "(",
        ")",
        "*",
        "#",
        "/",
        "٣",
        "①",
        "x2",
        "10k",
        "T",
        ".",
        "，",
        "。",
        "\u200b",
        "\x00",
        "�",
        "🙂",
        "𝟘",
        "⑳",
        "㈠",
    ]
)
ANY_TEXT = st.one_of(
    st.text(max_size=60),
    st.lists(FRAGMENTS, max_size=8).map("".join),
    st.lists(FRAGMENTS, max_size=8).map(" ".join),
    st.text(alphabet="0123456789.,:/-– '$€¥%aAmp#", max_size=30),
)


@settings(deadline=None)
@given(ANY_TEXT, st.sampled_from(["en", "zh", "de"]))
@example("1" * 5000, "en")
@example("9" * 999 + "%", "zh")
def test_any_text_is_put_into_words_of_bounded_length(text: str, language: str) -> None:
    problems: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: problems.append(record.getMessage())  # type: ignore[method-assign]
    log = logging.getLogger("tts.normalize")
    log.addHandler(handler)
    try:
        spoken = normalize(text, language)
    finally:
        log.removeHandler(handler)

    assert problems == []  # a rule that fails is caught and logged; none may
    assert len(spoken) <= 40 * min(len(text), MAX_CHARS) + 20
    assert spoken == " ".join(spoken.split())
    if language != "de":
        assert not any(c.isdigit() for c in spoken)


@given(st.integers(0, 10**12 - 1))
def test_the_separators_of_a_number_are_not_heard(value: int) -> None:
    plain = normalize(f"{value} items", "en") if value < 10**7 else None

    grouped = normalize(f"{value:,} items", "en")

    assert plain in (grouped, None)
    assert "," not in grouped
