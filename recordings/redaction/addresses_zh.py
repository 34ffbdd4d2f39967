# ruff: noqa: RUF001  Chinese text is Chinese
"""Street addresses in Chinese: a street's or an estate's name with a number behind it."""

import re
from collections.abc import Iterator
from typing import Final

_NUMBER: Final = r"[零〇一幺二两三四五六七八九十百千0-9]{1,7}"
_STREET: Final = r"(?:大道|大街|(?<![知频报通渠味街])道|[路街巷弄]|胡同|街道|里弄)"
_ESTATE: Final = r"(?:新城|[居邨庭轩府墅坊湾]|小区|新村|花园|公寓|家园|[苑园区里村院])"
_PART: Final = (
    rf"(?:(?:之|[a-z]座?|地下|后座|前座)\s?{_NUMBER}?(?:室|单元|座|铺)?|附{_NUMBER}号"
    rf"|(?<=[楼层])[a-z](?![a-z室座铺户])|[a-z][室座铺户]|[一-鿿]{{2,8}}{_NUMBER}\s?(?:幢|栋|座"
    rf"|号楼)|{_NUMBER}[a-z]?[室座铺户]|{_NUMBER}\s?(?:组|段|期|邻|里)|{_NUMBER}[\s-]?(?:号楼|号院"
    rf"|号(?![线车机])|弄|巷|支路|栋|幢|座|单元|楼|层|室|区|房)"
    rf"|(?:[一-鿿]{{2,14}}(?:大厦|广场|中心|大楼|公馆|国际))?(?:[a-z]座\s?{_NUMBER}(?:层|楼|室)?"
    rf"|座{_NUMBER}(?:层|楼|室))"
    r"|[一-鿿]{2,14}(?:大厦|广场|中心|大楼|公馆)"
    rf"|{_NUMBER}(?![\s]?[元块点个位月年天]))"
)
_NAME: Final = r"[^月在到是址住去的从，。,.\s：:？?！!寄送往了]"
_ADDRESS: Final = re.compile(
    rf"{_NAME}{{1,20}}?(?:{_STREET}(?:[一二三四五六七八九十东南西北中]段)?\s?(?:{_NUMBER}\s?[巷弄])?\s?(?:{_NUMBER}\s?弄)?\s?{_NUMBER}\s?(?:号楼|号院|号(?![线车机])|弄|巷|支路|栋|座)"
    rf"|[村区寨屯庄](?:第?{_NUMBER}[组队社])(?:{_NUMBER}号)?"
    rf"|{_ESTATE}[一-鿿]{{0,4}}?\s?{_NUMBER}\s?(?:号楼|号院|[栋幢座区]|单元))(?:\s?{_PART}){{0,5}}"
)
_HOUSE: Final = rf"{_NUMBER}\s?(?:号楼|号院|号|楼|室|栋|幢|座|弄|单元|层)(?:\s?{_PART}){{0,4}}"
_DAY: Final = re.compile(
    r"[^路街巷弄道村区苑园里院寨镇乡]*?(?:[一二三]?十?[一二三四五六七八九]?|[0-9]{1,2})号"
)
_ANY: Final = re.compile(rf"{_NAME}{{0,20}}{_HOUSE}")
_DOOR: Final = re.compile(rf"(?:门牌(?:号码?)?|楼号|栋号)(?:是|为)?(?P<number>{_NUMBER}号?)")
# An answer that is nothing else: "滨江花园", "在东大街".
_ALONE: Final = re.compile(
    r"[，。,.\s嗯呃啊哦]*(?:(?:就是|就在|我家在|我住在?|地址是|是|在)\s?)?"
    r"(?P<name>(?:(?![这那哪个我同跟没不还原样先])[一-鿿]){2,12}"
    r"(?:花园|小区|新村|公寓|家园|新城|大厦|广场|大院|[苑园村庄城湾府庭轩里邨坊寨屯镇乡段路街巷弄]|大道))"
    r"[，。,.\s吧呀啊的]*"
)
_ASKS: Final = re.compile(r"[哪几]")
_NAMED: Final = re.compile(rf"{_NAME}{{2,20}}{_HOUSE}")


def streets(text: str) -> Iterator[tuple[int, int]]:
    """From, to (not included) of each in a text that is `plain`."""
    for found in _ADDRESS.finditer(text):
        yield found.start(), found.end()


def houses(text: str, *, asked: bool) -> Iterator[tuple[int, int]]:
    """Any name with a house's number, where an address was announced or asked for."""
    for found in _DOOR.finditer(text):
        yield found.start("number"), found.end()
    if asked and (alone := _ALONE.fullmatch(text)):
        yield alone.span("name")
    for found in (_ANY if asked else _NAMED).finditer(text):
        if _ASKS.search(found[0]):
            continue  # "哪一栋"
        if asked or not _DAY.fullmatch(found[0]):
            yield found.start(), found.end()
