# ruff: noqa: RUF001  Chinese text is Chinese
"""What a caller makes of what the machine says: which question it asks, and what it tells.

Callers listen as people do: to the last question that they understand, whatever is said before it.
These patterns belong to the wording of the shop's flow; when that changes, so do they.
"""

import re
from collections.abc import Mapping, Sequence

QUESTIONS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "wish": r"how can i help|is it about an order|you can say order status",
        "more": r"anything else\?|anything else for you",
        "number": r"order number|one digit after|(?:got|has) (?:only )?\d+ (?:to \d+ )?digit",
        "read_back": r"is that right\?|\. right\?|please say yes or no",
        "cancel": r"shall i cancel it",
        "send_back": r"would you like to send it back",
        "person": r"shall i get you a person|rather talk to a person",
        "change": r"the address, the delivery day, or the item",
        "address": r"what's the new address",
        "day": r"which day suits you|please say the month and the day",
        "item": r"what should be different",
        "reason": r"broken, the wrong item",
        "instead": r"money back, or a new one",
        "question": r"what would you like to know",
        "did_you_mean": r"did you mean|\bor: ",
        "rating": r"from 1, very dissatisfied, to 5|number from 1 to 5",
        "recommend": r"from 0 to 10|zero to ten",
        "comment": r"anything else that you'd like to tell us",
        "keys": r"press \d for|please type|please press",
        "handed_over": r"getting you a person|nobody is free|leave a message",
    },
    "zh": {
        "wish": r"有什么可以帮您|您要查订单|您可以说订单状态",
        "more": r"还需要别的|还有别的需要",
        "number": r"订单号|一个一个地说数字|听到\d+位",
        "read_back": r"对吗|请说是或者不是|请说对或者不对",
        "cancel": r"确定要取消吗",
        "send_back": r"想退货吗",
        "person": r"需要转人工客服吗",
        "change": r"地址、送货日期，还是商品",
        "address": r"新的地址是什么",
        "day": r"哪一天送|请说几月几号",
        "item": r"想怎么改",
        "reason": r"坏了、发错了",
        "instead": r"退款，还是换",
        "question": r"想了解什么",
        "did_you_mean": r"您是想问|还是想问",
        "rating": r"一到五分|1到5的数字",
        "recommend": r"0到10分|零到十分",
        "comment": r"还有什么想告诉我们",
        "keys": r"请按\d|请在键盘上",
        "handed_over": r"正在为您转人工|没有空闲的客服|请在提示音后留言",
    },
}  # fmt: skip

TOLD: Mapping[str, Mapping[str, str]] = {
    "en": {
        "status": r"is being packed|on its way|was delivered|was cancelled|came back to us",
        "change": r"a colleague checks the address|it's noted,|a colleague changes it",
        "cancel": r"it's cancelled",
        "return": r"it's arranged",
        "refund": r"you get .+ for order",
        "promotion": r"20 percent off",
        "survey": r"thank you\. that helps us",
    },
    "zh": {
        "status": r"正在备货|已经发货|已经送达|已经取消|退货已经收到",
        "change": r"核对地址|记下了|帮您修改",
        "cancel": r"已经取消了",
        "return": r"退货已经办好",
        "refund": r"应退",
        "promotion": r"打八折",
        "survey": r"您的意见对我们很有帮助",
    },
}
ANSWERS: Mapping[str, Mapping[str, str]] = {
    "lamp_dimmable": {"en": "five levels", "zh": "五档"},
    "kettle_capacity": {"en": "1.7 liters", "zh": "1.7升"},
    "headphones_battery": {"en": "30 hours", "zh": "30个小时"},
    "backpack_waterproof": {"en": "keeps rain out", "zh": "可以防雨"},
    "chair_weight": {"en": "130 kilos", "zh": "130公斤"},
    "shipping_cost": {"en": "from 50 dollars on", "zh": "免运费"},
    "delivery_time": {"en": "2 to 4 working days", "zh": "2到4个工作日"},
    "payment_methods": {"en": "by credit card", "zh": "信用卡"},
    "warranty": {"en": "two years on everything", "zh": "保修两年"},
    "international": {"en": "united states and canada", "zh": "美国和加拿大"},
}


LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "status": "order status",
        "change": "an order change|change the|the address|the delivery day|the item",
        "change.address": "change the address|the address",
        "change.date": "change the delivery|the delivery day",
        "change.item": "change the color|the item",
        "cancel": "a cancellation",
        "return": "sending it back",
        "refund": "a refund",
        "promotion": "offers",
        "question": "a question",
        "survey": "feedback",
        "other": "opening hours|no thanks|something else|a person|chinese|english",
        "broken": "^broken",
        "wrong_item": "the wrong item",
        "unwanted": "not wanted",
        "money": "money back",
        "exchange": "a new one",
    },
    "zh": {
        "status": "订单状态",
        "change": "修改订单|改地址|改送货|换颜色|^地址|^送货日期|^商品",
        "change.address": "改地址|^地址",
        "change.date": "改送货|^送货日期",
        "change.item": "换颜色|^商品",
        "cancel": "取消订单",
        "return": "^退货",
        "refund": "^退款",
        "promotion": "优惠",
        "question": "咨询",
        "survey": "评价",
        "other": "营业时间|没有了|还有别的|人工|中文|英语",
        "broken": "坏了",
        "wrong_item": "发错",
        "unwanted": "不想要",
        "money": "^退款",
        "exchange": "换新",
    },
}
"""What the flow calls the things that it asks back about: a caller knows whether that was meant."""


def is_meant(read_back: str, wanted: Sequence[str], language: str) -> bool:
    """Whether what was read back is something that the caller wants, or nothing known."""
    labels = LABELS[language]
    known = [name for name, label in labels.items() if re.search(label, read_back.lower())]
    return not known or any(name in wanted for name in known)


def read_back_in(said: str, language: str) -> str:
    """What is asked back: "I heard offers. Is that right?" is about "offers"."""
    pattern = (
        r"(?:i heard )?([^.?!]+)\. (?:is that right|right)\?"
        if language == "en"
        else r"(?:我听到的是)?([^，。？]+)，对吗"
    )
    found = re.findall(pattern, said.lower())
    return found[-1].strip() if found else ""


ABOUT: Mapping[str, str] = {
    "lamp_dimmable": r"lamp|台灯|调光",
    "kettle_capacity": r"kettle|水壶",
    "headphones_battery": r"headphones|耳机",
    "backpack_waterproof": r"backpack|背包",
    "chair_weight": r"chair|办公椅",
    "shipping_cost": r"delivery cost|运费",
    "delivery_time": r"delivery take|送货要多久",
    "payment_methods": r"pay\?|付款",
    "warranty": r"guarantee|保修",
    "international": r"abroad|国外",
}
"""What a question of the knowledge is about that the caller means."""


def is_right_question(topic: str, said: str) -> bool:
    """Whether "Did you mean: …?" is about the caller's topic."""
    offered = re.split(r"did you mean|\bor: |您是想问|还是想问", said.lower())[-1]
    return re.search(ABOUT[topic], offered) is not None


def question_in(said: str, language: str) -> str:
    """The last question that is asked, by its name here; empty when none was understood."""
    text = said.lower()
    places: dict[str, int] = {}
    for name, pattern in QUESTIONS[language].items():
        for found in re.finditer(pattern, text):
            places[name] = found.start()
    return max(places, key=lambda name: places[name]) if places else ""


def is_told(task: str, topic: str, said: str, language: str) -> bool:
    """Whether the caller has heard that the errand is done."""
    if task == "question":
        return ANSWERS[topic][language] in said.lower()
    return re.search(TOLD[language][task], said.lower()) is not None


def digits_in(said: str) -> str:
    """The number that is read back: digits with spaces between."""
    found = re.findall(r"\d(?: \d)+", said)
    return found[-1].replace(" ", "") if found else ""


def key_for(label: str, said: str, language: str) -> str:
    """The key that is told for something, or empty."""
    pairs = (
        re.findall(r"(\d) for ([^,.]+)", said.lower())
        if language == "en"
        else [(key, name) for name, key in re.findall(r"([^，。、]+?)请按(\d)", said)]
    )
    return next((key for key, name in pairs if label in name), "")
