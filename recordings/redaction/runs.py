"""Stretches of a text that spell a number, and what they spell."""

import unicodedata
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Run:
    """One such stretch.

    Attributes:
        start: first character.
        end: after its last one.
        value: what it spells: digits, and letters (upper case) where they were read too.
        plus: it begins with "+" or "plus".
    """

    start: int
    end: int
    value: str
    plus: bool = False

    @property
    def digits(self) -> int:
        """How many of its characters are digits."""
        return sum(letter.isdigit() for letter in self.value)


# Chinese as it is written in Taiwan and Hong Kong, of the words that cues, numbers, dates and
# addresses are made of; each letter for one letter.
_TRADITIONAL: Final = str.maketrans(
    "號碼證電話帳賬戶銀儲機聯絡駕執護郵編區樓層單寄訂發點幾個兩萬億驗開歲塊錢時間陽農曆歷陰國際廣場廈棟園雙"
    "後這為對嗎謝請說們處貨遞貳參陸門牌縣鄉鎮東橋華會員條張從給訊簡動號碼彙匯轉審報寫傳撥響線專綫數張廳號壹"
    "該實麼週總額價費餘買賣與還沒錯結質檔簽譯臺灣麗龍馬爾裡裏係網頁檢繳稅紙駐顯錄學車輛櫃優惠",
    "号码证电话帐账户银储机联络驾执护邮编区楼层单寄订发点几个两万亿验开岁块钱时间阳农历历阴国际广场厦栋园双"
    "后这为对吗谢请说们处货递贰叁陆门牌县乡镇东桥华会员条张从给讯简动号码汇汇转审报写传拨响线专线数张厅号壹"
    "该实么周总额价费余买卖与还没错结质档签译台湾丽龙马尔里里系网页检缴税纸驻显录学车辆柜优惠",
)


def plain(text: str) -> str:
    """Lower case, half-width, digits of every script as 0-9; each character stays in its place.

    Traditional Chinese letters become simplified ones.
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_plain, text)).translate(_TRADITIONAL)


def _plain(letter: str) -> str:
    digit = unicodedata.digit(letter, None)
    if digit is not None:
        return str(digit)
    for made in (unicodedata.normalize("NFKC", letter).lower(), letter.lower()):
        if len(made) == 1:
            return made
    return letter
