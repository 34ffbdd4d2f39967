# ruff: noqa: SIM905  lists of words read best as words
"""English words that say what a number near them is."""

import re
from typing import Final

from recordings.redaction.cues import CuePattern
from recordings.redaction.model import Kind


def _words(pattern: str) -> "re.Pattern[str]":
    return re.compile(rf"\b(?:{pattern})\b")


_NUMBER: Final = r"(?:'?s)? ?(?:numbers?|no\.?|code|id)"
_LAST: Final = (
    r"last (?:four|4|few|six|6)(?: (?:digits|numbers))?(?: of)?(?: (?:my|your|the|his|her))?"
)
_GOODS: Final = (
    "order|tracking|reference|ref|invoice|ticket|case|booking|reservation|confirmation|serial|"
    "article|item|model|product|flight|batch|claim|job|room|error|promo|discount|voucher|"
    "coupon|gift|customer|member|loyalty|receipt|transaction|parcel|shipment|track|house|version|"
    "extension|bus|gate|seat|platform|aisle|meter|code of conduct|country|area"
)
_PAPERS: Final = (
    "part|prescription|rx|chart|record|file|form|request|quote|docket|complaint|incident|pick ?up|"
    "locker|table|queue|lot|stock|sku|catalog(?:ue)?|permit|chassis|train|coach|cabin|berth|route|"
    "line|channel|waybill|consignment|delivery|return|rma|repair|service|warranty|bill|site|"
    "project|appointment"
)

PATTERNS: Final = (
    CuePattern(
        Kind.CARD,
        _words(
            r"(?:credit |debit |bank )?cards?"
            + _NUMBER
            + r"|(?:long )?numbers? (?:on|of) (?:the |my "
            r"|your )?(?:front of )?(?:the |my |your )?(?:credit |debit |bank )?card|whole number"
            r"|long number|card details"
        ),
    ),
    CuePattern(
        Kind.CARD,
        _words(r"(?:credit |debit |bank )?card|visa|amex|american express|master ?card|discover"),
        strong=False,
    ),
    CuePattern(
        Kind.ID,
        _words(_LAST + r" (?:social(?: security)?(?: number)?|socials|ssn|passport|id)"),
        last=True,
    ),
    CuePattern(
        Kind.ID,
        _words(
            r"social security(?: number)?|socials?(?: number)?|ssn|passport(?: number)?|tax id"
            r"|n ?i number|nino|(?:medicare|medicaid|nhs|health(?: insurance| card)?|tax|taxpayer"
            r"|green card|alien|student|military|resident)(?: card| registration)?"
            r"(?: number|'?s? id)"
            r"|medicare|medicaid|itin|e ?i ?n"
            r"|(?:drivers?'?s?|driving) licen[cs]e(?:'?s)?(?: number)?|licen[cs]e"
            r" (?:number|says|reads|is)"
            r"|(?:i ?d|identity card|passport|card) (?:says|reads)"
            r"|national insurance(?: number)?|(?:national )?(?:id|identity|identification)"
            r"(?: card)? number"
        ),
    ),
    CuePattern(
        Kind.PHONE,
        _words(
            r"(?:tele)?phone(?: number)?|mobile(?: number)?|cell(?:phone)?(?: number)?|landline"
            r"|(?:what|which) number (?:can|may|could|should|shall|do|are|to) (?:we|i|you|call)"
            r"|(?:work|home) number(?:'?s)?"
            r"|call ?back number|contact number"
        ),
    ),
    CuePattern(
        Kind.PHONE,
        _words(
            r"(?:my|her|his|their|our|your) number(?:'?s)?"
            r"|call(?: me)?(?: back)?|reach (?:me|us|him|her)|text (?:me|us)|ring(?: me)?|area code"
        ),
        strong=False,
    ),
    CuePattern(
        Kind.ACCOUNT,
        _words(
            r"(?:bank |savings |checking |current )?account(?: number)?|a? ?count number"
            r"|iban|i ban|sort code|aba|swift|bsb|routing"
            r"(?: number)?|(?:savings|checking)(?: account)?(?: number)?"
        ),
    ),
    CuePattern(
        Kind.PIN,
        _words(
            r"pin(?: number| code)?|passcode|password|cvv|cvc|c v v|c v c"
            r"|(?:card'?s |three digit |3 digit )*security code"
            r"(?: (?:on|at) the back(?: of (?:the|your|my) card)?)?"
            r"|(?:code|digits|number|numbers) on the back(?: of (?:the|your|my) card)?"
            r"|(?:verification|one[ -]time|access|login|security|secret) (?:code|pass(?:word|code))"
            r"|code (?:that )?(?:you|we|i) (?:just )?(?:sent|got|texted|received)(?: (?:me|you))?"
            r"|code|(?:on|at) the back(?: of it)?(?:,? (?:it|there)(?:'s| is| says))?"
            r"|(?:three|four|six|3|4|6)[ -](?:little )?(?:digits?|numbers?) (?:code|on the"
            r" (?:front|back))"
            r"|(?:text|message|sms)[a-z ,]{0,20} (?:says|said|reads)"
            r"|sent you a code"
        ),
    ),
    CuePattern(
        Kind.BIRTH,
        _words(
            r"(?:date|day|year) of birth|birth ?(?:date|day)(?:'?s)?|dob|d o b|born(?: on| in)?"
        ),
    ),
    CuePattern(Kind.ADDRESS, _words(r"(?:zip|postal|post) ?codes?|zip|postcode")),
    CuePattern(
        Kind.ADDRESS,
        _words(
            r"(?:home |new |billing |delivery |shipping |street |postal |mailing )?address"
            r"|(?:i|we|she|he|they) lives? (?:at|on|in)|living at|moved to|house is"
            r"|(?:it|that) goes to"
            r"|(?:ship|send|deliver|mail|post|bring) (?:it|them|that|this|everything) to"
            r"|(?:where|place) (?:do|should|to) "
            r"(?:we |you )?(?:send|deliver|ship|live)[a-z ]{0,24}|our house"
        ),
    ),
    CuePattern(Kind.EMAIL, _words(r"e-?mail(?: address)?")),
    CuePattern(
        None,
        _words(
            rf"(?:{_GOODS}){_NUMBER}?|(?:{_PAPERS}){_NUMBER}|record locator"
            r"|ending(?: in| with)?|ends (?:in|with)"
            rf"|{_LAST} card|how (?:many|much|long|often)|what (?:time|day|size)"
            r"|which day|when would|play|lottery|lotto|draw|bingo|score"
            r"|balance|amount|price|costs?|charged|paid|pay|owe|size|weighs|counted|sold|since"
            r"|testing|press|points?|serial|quantity"
        ),
    ),
)
UNITS: Final = _words(
    r"dollars?|euros?|pounds?|bucks|cents?|pence|percent|minutes?|hours?|days?|weeks?|months?|years?"
    r"|people|persons?|tickets?|items?|pieces?|times|miles|kilos?|kilomet(?:er|re)s?|degrees|points?"
    r"|boxes|units|copies|pizzas?|cards|accounts|phones|numbers|o'?clock|a\.?m|p\.?m|stars?"
    r"|gigabytes|megabytes|thousand|million|billion|of|or"
)
POLITE: Final = frozenset(
    "yes yeah yep sure ok okay it's its it is is the my they are that's that was please thanks "
    "thank you um uh er hmm so and then well oh number i think sorry no here goes all right "
    "alright "
    "of course let me see would be to ending".split()
)
CONFIRMING: Final = _words(r"right|correct|is that so")
AGREEING: Final = re.compile(r"\W*(?:yes|yeah|yep|yup|correct|right|that's (?:right|it|correct))\b")
