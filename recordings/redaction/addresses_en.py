"""Street addresses in English: a number, a name, a kind of street, and what follows them."""

import re
from collections.abc import Iterator
from typing import Final

_NUMBER_WORD: Final = (
    r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    r"|ninety|hundred|thousand)\b"
)
_NUMBER: Final = (
    r"(?:\d{1,6}(?:/\d{1,6})?(?:[ -]?[a-f])?"
    rf"|{_NUMBER_WORD}(?:[ -](?:and )?{_NUMBER_WORD}){{0,5}}(?: [a-f]\b)?)"
)
NUMBER: Final = re.compile(_NUMBER)
_TYPE: Final = (
    r"(?:street|str|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square"
    r"|sq"
    r"|terrace|way|crescent|close|highway|hwy|parkway|pkwy|circle|cir|row|gardens|grove|mews|walk"
    r"|alley|trail|hill|plaza|loop|view|rise|quay|wharf|parade|pike|turnpike|heights|ridge|bend"
    r"|glen"
    r"|cove|villas?|croft|wynd|chase|esplanade|promenade|embankment|mount|brae|strand|causeway"
    r"|dale|vale"
    r"|grange|meadows?|fields|nagar|marg|salai|cross|layout|colony|enclave|estate|hollow|orchard"
    r"|knoll|broadway)"
)
_NOT_A_NAME: Final = (
    r"(?:of|to|for|in|on|at|a|an|the|is|are|was|were|and|or|by|from|with|that|this|it|my|your|our"
    r"|i|we"
    r"|you|people|persons?|minutes?|hours?|days?|weeks?|months?|years?|dollars?|pounds?|euros?"
    r"|percent|miles?|times?|way|ways|lane|car|bedroom|star|more|o'?clock|am|pm|points?|boxes"
    r"|tickets?"
    r"|still|running|along|near|off|past|into|onto|through|going|goes|runs|stops?|stopped|when"
    r"|where|if|does|do|did|just|only|about|around|behind|across|between|towards?|outside|inside"
    r"|opposite|but|so|because|they|he|she|be|been|floors"
    r"|other|per|before|after|until|not|no|have|has|will|can|blocks?|meters?|metres?|then|long"
    rf"|{_NUMBER_WORD})"
)
_NAME: Final = rf"(?:(?!{_NOT_A_NAME}\b)[a-z0-9][a-z0-9'.]{{0,20}})"
_UNIT: Final = (
    r"(?:[ ,]{1,2}(?:apartment|apt\.?|suite|ste\.?|unit|floor|flat|room|number|#) ?"
    rf"(?:{_NUMBER_WORD}(?:[ -]{_NUMBER_WORD}){{0,3}}|\d{{1,5}})?(?: ?[a-z]\b)?)"
)
_SIGN: Final = r"(?:#|hash|pound|number sign)"
_HASH: Final = (
    rf"(?:[ ,]{{1,2}}(?:unit )?{_SIGN} ?(?:\d{{1,4}}|{_NUMBER_WORD}(?: {_NUMBER_WORD}){{0,3}})"
    rf"(?: ?(?:-|dash|hyphen|to) ?(?:\d{{1,5}}|{_NUMBER_WORD}(?: {_NUMBER_WORD}){{0,4}}))?)"
)
_FLAT: Final = (
    rf"(?:(?:flat|apartment|apt\.?|suite|unit|number|no\.?) (?:{_NUMBER}|[a-z]\b)[ ,]{{1,2}}"
    r"(?:[a-z]{3,14} (?:house|court|lodge|point|tower|building)[ ,]{1,2})?)?"
)
# "Forty first street" is a street, not a house in it.
_NO_ORDINAL: Final = (
    r"(?![a-z]{3,6}ty (?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\b)"
)
_STREET: Final = re.compile(
    rf"\b{_FLAT}{_NO_ORDINAL}{_NUMBER}(?: |, ?(?!\d))(?:(?:{_NAME} ){{1,4}}{_TYPE}\b"
    rf"(?: {_NUMBER}(?=\W*(?:unit|hash|#|singapore|block|$)))?"
    rf"|the {_TYPE}\b(?! of))\.?(?: (?:upper|lower|north|south|east|west)\b)?{_UNIT}{{0,2}}"
)
_ORDINAL: Final = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
    r"|[a-z]{4,9}teenth|[a-z]{3,6}tieth|\d{1,3}(?:st|nd|rd|th))"
)
_FIFTH: Final = re.compile(
    rf"\b{_NO_ORDINAL}"
    rf"{_NUMBER} (?:(?:north|south|east|west) )?(?:{_NUMBER_WORD} )?{_ORDINAL} {_TYPE}\b"
    rf"{_UNIT}{{0,2}}"
)
_STREET_FIRST: Final = re.compile(
    rf"\b(?:(?:north|south|east|west) )?(?:{_NUMBER_WORD} )?{_ORDINAL} {_TYPE}"
    rf" (?:number|building|house) {_NUMBER}"
)
# A block of flats and the street it stands at: "block 412 Ang Mo Kio Avenue 10 #08-1105".
_BLOCK: Final = re.compile(
    rf"\b(?:block|blk) {_NUMBER}[ ,]{{1,2}}(?:{_NAME} ){{1,4}}{_TYPE}\b(?: {_NUMBER})?{_HASH}?"
    rf"|\b(?:block|blk) {_NUMBER}(?:[ ,]{{1,2}}{_NAME}){{1,4}}{_HASH}"
    rf"|\b{_NUMBER} (?:{_NAME} ){{1,3}}{_TYPE}(?: {_NUMBER})?{_HASH}"
)
# A flat of a house that has a name: "flat 302 sai residency 4th cross".
_NAMED_HOUSE: Final = re.compile(
    rf"\b(?:flat|apartment|apt\.?|plot|door|house|room|h|unit|shop|villa)(?: (?:number"
    rf"|no\.?))? {_NUMBER},?"
    rf"(?: {_NAME},?){{1,4}}? (?:residency|apartments?|towers?|heights|enclave|nagar|colony|layout"
    r"|society|complex|mansions?|court|house|garden|gardens|building|block|estate|lodge|villas?)\b"
    rf"(?:,? (?:\d{{1,2}}(?:st|nd|rd|th)|[a-z]{{3,7}}(?:st|nd|rd|th)) (?:cross|main|floor|block"
    rf"|phase|stage)"
    rf"|,? (?:sector|phase|block|tower) (?:{_NUMBER}|[a-z]\b)){{0,3}}"
)
_ROUTE: Final = re.compile(
    rf"\brural (?:delivery|mail) {_NUMBER}"
    rf"|\b(?:rural route|r r|highway contract) {_NUMBER},? box {_NUMBER}"
    rf"|\b{_NUMBER} (?:(?:north|south|east|west) )?(?:county|state|country|farm|ranch|us|u s)"
    rf" (?:road|route|highway) {_NUMBER}"
)
_BOX: Final = re.compile(
    rf"\bp\.? ?o\.? ?box (?:number )?(?:\d{{1,6}}|{_NUMBER_WORD}(?:[ -]{_NUMBER_WORD}){{0,6}})"
)
_ONE_TO_NINE: Final = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_PLACE_AND_ZIP: Final = re.compile(
    r"(?:[ ,]{1,2}(?!(?:and|in|since|on|for|call|me|my|at|is|or|but|please|the|it|i|to|phone"
    r"|number|order|oh|zero|double|triple)\b)"
    r"[a-z][a-z.'-]{0,20}){1,5}?(?:[ ,]{1,2}(?:or|me|in|hi)(?= \d{5}))?"
    r"[ ,]{1,2}(?:\d{4,6}(?:-\d{4})?"
    rf"|(?:(?:double |triple )?(?:zero|oh|{_ONE_TO_NINE})[ ]?){{3,6}}|{_ONE_TO_NINE} thousand)\b"
)
_TOWN: Final = re.compile(r",[ ](?:[A-Z][a-z'-]{1,20})(?: [A-Z][a-z'-]{1,20}){0,2}")
_DIGIT: Final = r"(?:\d|zero|oh|one|two|three|four|five|six|seven|eight|nine)"
_LETTER: Final = r"(?:(?:double |[a-z] )?[a-z])"
_POSTCODE: Final = re.compile(
    rf"(?<!')\b[ac-fhknprtv-y] {_DIGIT} (?:{_DIGIT}|w)(?: (?:{_DIGIT}|[a-z])){{4}}\b|"
    r"(?<!')\b[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2}\b"
    rf"|(?<!')\b(?:[a-z] ){{1,2}}{_DIGIT}(?: (?:{_DIGIT}|[a-z]))? {_DIGIT} {_LETTER}\b"
    r"|\b(?:[a-z] ){1,2}(?:ten|eleven|twelve|[a-z]{3,5}teen|twenty)(?: [a-z])? "
    rf"{_DIGIT} {_LETTER}\b"
)
_AFTER: Final = 40
# Written with its gap and in capitals it needs no word before it.
_WRITTEN_POSTCODE: Final = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b|\b[AC-FHKNPRTV-Y]\d[\dW] [A-Z\d]{4}\b"
)
_PART: Final = re.compile(
    r"\b(?:apartment|apt\.?|flat|unit|suite|ste\.?|house|door|villa|plot|lot|block|blk|tower"
    r"|building|room|box"
    rf"|number|no\.?|floor|level|phase|sector)(?: (?:number|no\.?|name))?(?: (?:is"
    rf"|it's))? (?:{_SIGN} ?)?"
    rf"(?:{_NUMBER}(?: ?(?:-|dash|slash|/) ?{_NUMBER})?(?: ?[a-z]\b)?|[b-hj-z]\b(?: {_NUMBER})?)"
    rf"(?:,? the {_NAME}(?: {_NAME})?(?= (?:on|in|at|near|by|off)\b|[,.]|$))?"
)
_PARTS_BEFORE: Final = re.compile(rf"(?:(?:{_PART.pattern})[ ,]{{1,2}}){{1,3}}$")
_WORD_BEFORE: Final = re.compile(r"\b(?:lot|number|no\.?|house|plot|door|unit|flat|property) $")
# "We're thirty one, not thirteen Maple Drive."
_MENDED_BEFORE: Final = re.compile(rf"\b{_NUMBER},? (?:(?:and )?not|no|sorry|i mean) $")
_TOWN_BEFORE: Final = re.compile(rf"(?:{_NAME}[ ,]{{1,2}}){{1,3}}$")
_TOWN_LENGTH: Final = 20
# As in Malaysia, Singapore, Spain, France: the kind of street comes first.
_KIND_FIRST: Final = re.compile(
    rf"\b{_NUMBER},? (?:jalan|jln|lorong|lor|persiaran|lebuh|taman|calle|rue|via|avenida|rua)"
    rf"(?: (?:de|du|des|del|la|le|da) )?(?: {_NAME}){{1,2}}"
)
_FLOOR: Final = re.compile(
    rf"\b(?:{_ORDINAL}|ground|top) floor(?: (?:left|right|flat|front|back))?\b"
)
_HASHED: Final = re.compile(rf"(?<!\w){_HASH[3:-1].replace('[ ,]{1,2}', '')}")
# Two of them say by themselves where somebody lives: "tower two unit eighteen oh five".
_TWO: Final = (
    r"(?:apartment|apt\.?|flat|unit|suite|tower|block|blk|building|villa) "
    rf"(?:{_SIGN} ?)?(?:{_NUMBER}(?: ?[a-z]\b)?|[b-hj-z]\b)"
)
_TWO_PARTS: Final = re.compile(
    rf"\b{_TWO}(?: ?(?:-|dash|slash) ?{_NUMBER})?(?:[ ,]{{1,2}}|,? in )(?:the )?{_TWO}"
)
# As in Singapore and Hong Kong: "#08-1105", "15/F, Block 2, Kornhill".
_FLOOR_AND_FLAT: Final = re.compile(
    rf"(?<!\w){_SIGN} ?(?:\d{{1,3}}|{_NUMBER_WORD}(?: {_NUMBER_WORD}){{0,2}}) ?(?:-|dash|hyphen) ?"
    rf"(?:\d{{1,5}}|{_NUMBER_WORD}(?: {_NUMBER_WORD}){{0,4}})"
    rf"|\b\d{{1,2}}/f\b(?:[ ,]{{1,2}}{_TWO})?(?:[ ,]{{1,2}}{_NAME}){{0,2}}"
)
# Kinds of street that are other words too, so that a comma must follow: "8 Willow Bank, Sligo".
_BEFORE_TOWN: Final = re.compile(
    rf"\b{_NUMBER} (?:{_NAME} ){{1,3}}"
    r"(?:bank|green|park|end|gate|fold|side|mill|wood|field|bay|run|path)(?=, [a-z])"
)
_NAMES: Final = rf"(?: (?:the )?{_NAME}){{1,4}}"
_HOUSE_AND_NAME: Final = re.compile(rf"\b(?:[b-hj-z][ -])?{_NUMBER}(?: ?/ ?{_NUMBER})?,?{_NAMES}")
_HOUSE: Final = re.compile(rf"\b(?:[b-hj-z][ -])?{_NUMBER}(?: ?[/-] ?{_NUMBER})?(?:,?{_NAMES})?")
# What houses that have no number are called.
_HEADS: Final = (
    r"(?:forge|mill|rectory|vicarage|parsonage|manse|stables?|gatehouse|oaks?|willows?|laurels|elms?"
    r"|beech(?:es)?|firs|cedars?|pines|limes|hollies|chapel|bakery|smithy|granary|dairy|priory"
    r"|schoolhouse|annexe?|gables|chalet|homestead|oast|dovecote|boathouse|lighthouse|penthouse"
    r"|hayloft|nook|haven|paddock|orchards?|cabin|steading|tannery|brewery|malthouse|maltings)"
)
_NO_NUMBER: Final = re.compile(
    rf"\b(?:the )?(?:{_NAME} ){{1,3}}(?:cottage|lodge|farm|farmhouse|manor|barn|bungalow|house|hall"
    rf"|{_HEADS})\b"
    rf"(?! {_TYPE}\b)"
    rf"|\bthe {_HEADS}\b(?! {_TYPE}\b)"
    rf"|\b(?:{_NAME} ){{1,3}}{_TYPE}\b"
)
_THE_ONE: Final = re.compile(
    r".*\b(?:the|this|that|same|last|other|old|new|usual|first|second|wrong|right|no|any|which)"
    r" one\b"
)
_NOT_A_HOUSE: Final = re.compile(
    r"\b(?:at|by|after|before|around|about|until|till|since|for|than|past|every|last|next) $"
)


def streets(text: str, original: str) -> Iterator[tuple[int, int]]:
    """From, to (not included) of each; text is `plain`, original tells towns by their capitals."""
    for pattern in (_TWO_PARTS, _FLOOR_AND_FLAT, _BEFORE_TOWN, _KIND_FIRST):
        for two in pattern.finditer(text):
            yield two.start(), two.end()
    for pattern in (_BLOCK, _NAMED_HOUSE, _STREET_FIRST, _STREET, _FIFTH, _ROUTE, _BOX):
        for found in pattern.finditer(text):
            end = _past_town(text, original, found.end())
            before = _PARTS_BEFORE.search(text, max(0, found.start() - _AFTER), found.start())
            before = before or _MENDED_BEFORE.search(
                text, max(0, found.start() - _AFTER), found.start()
            )
            before = before or _WORD_BEFORE.search(text, max(0, found.start() - 10), found.start())
            yield (before.start() if before else found.start()), end
            for code in _POSTCODE.finditer(text, end, min(len(text), end + 2 * _AFTER)):
                if code.start() - end > _AFTER:
                    break
                yield (end if code.start() - end < _TOWN_LENGTH else code.start()), code.end()


def _past_town(text: str, original: str, end: int) -> int:
    further = _PLACE_AND_ZIP.match(text, end) or _TOWN.match(original, end)
    return further.end() if further else end


def postcodes(text: str) -> Iterator[tuple[int, int]]:
    """British postcodes, for a text that speaks of one."""
    for found in _POSTCODE.finditer(text):
        yield found.start(), found.end()


def written_postcodes(original: str) -> Iterator[tuple[int, int]]:
    """British postcodes as they are written."""
    for found in _WRITTEN_POSTCODE.finditer(original):
        yield found.start(), found.end()


def house_and_name(text: str, start: int) -> tuple[int, int] | None:
    """A number and a name ("88 Broadway"), where the words before said that an address comes."""
    found = _HOUSE_AND_NAME.search(text, start)
    return found.span() if found and found.start() <= start + _AFTER else None


def parts(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Flats, floors, blocks and houses by their numbers, where an address is spoken of."""
    for pattern in (_PART, _HASHED):
        for found in pattern.finditer(text, start):
            yield found.start(), found.end()


def town_before(text: str, place: int) -> int:
    """Where the town before a postcode begins; the postcode's own place if there is none."""
    found = _TOWN_BEFORE.search(text, max(0, place - _AFTER), place)
    return found.start() if found else place


def answers(text: str) -> Iterator[tuple[int, int]]:
    """All that may be of an address in an answer to a question for one."""
    yield from parts(text)
    for found in _FLOOR.finditer(text):
        yield found.start(), found.end()
    for found in _HOUSE.finditer(text):
        if _THE_ONE.match(text[max(0, found.start() - 8) : found.start() + 4]):
            continue  # "the one you've got"
        if not _NOT_A_HOUSE.search(text, max(0, found.start() - 12), found.start()):
            yield found.start(), found.end()
    for found in _NO_NUMBER.finditer(text):
        yield found.start(), found.end()
