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
    r"(?:last (?:four|4|few|six|6|three|3|five|5)(?: (?:digits|numbers|characters))?|(?:four|4|six"
    r"|6) last (?:digits|numbers))(?: of)?(?: (?:my|your|the|his|her))?"
)
# What is nobody's secret, also where only "my order" is said of it.
_GOODS: Final = (
    "order|tracking|reference|ref|invoice|ticket|case|booking|reservation|confirmation|serial|"
    "article|item|model|product|flight|batch|claim|job|room|error|promo|discount|voucher|"
    "coupon|gift|customer|member|loyalty|receipt|transaction|parcel|shipment|track|version|"
    "extension|bus|gate|seat|platform|aisle|meter|code of conduct|country|area|pnr|imei|sku|"
    "ups|usps|fedex|dhl|royal mail|an post|australia post|auspost|evri|hermes|dpd|parcelforce"
    "|singpost|"
    "policy|docket|waybill|consignment|rma|airway bill|awb|itinerary|m ?pan|mprn|nmi|"
    "isbn|i s b n|issn|ean|upc|gtin|asin|isin|sedol|cusip|folio|"
    "(?:fixed )?penalty(?: charge)?|pcn|mot"
)
# The same, where "number" is said with it, or the number itself.
_PAPERS: Final = (
    "part|prescription|rx|chart|record|file|form|request|quote|quotation|complaint|incident|"
    "pick ?up|locker|table|queue|lot|stock|catalog(?:ue)?|permit|chassis|train|coach|cabin|"
    "berth|route|channel|delivery|return|repair|warranty|bill|project|appointment|contract|"
    "agreement|subscription|application|membership|frequent flyer|rewards|employee|staff|"
    "badge|registration|plate|licen[cs]e plate|vin|sim|work order|purchase order|p ?o|supply|"
    "device|asset|machine|engine|despatch|dispatch|referral|barcode|vehicle|style|colou?r|"
    "drawing|bin|charity|vat|gst|abn|company registration|session|lesson|course|class|module|"
    "exam|candidate|pledge|donor|donation|raffle|entry|bib|race|tour|group|event|plan|scheme|"
    "programme|bike|scooter|trolley|hire|rental|pallet|container|crate|inspection|survey|"
    "boiler|heater|router|modem|handset|microchip|chip|charger|lamp ?post|pole|zone|bay|"
    "stall|booth|row|page|chapter|verse|episode|season|recipe|pattern|kennel|notice|fine|"
    "citation|summons|cheque|certificate|voucher|tag|label|sticker|slip|docket|"
    "licen[cs]e key|product key|firmware|fault|enquiry|inquiry|query|dispute|pass|letter"
)
_ALSO_PAPERS: Final = "line|service|site"
_CASES: Final = (
    "complaint|request|query|enquiry|inquiry|issue|fault|incident|report|case|problem|application"
    "|booking|order|dispute|feedback|repair|visit|job|concern|matter|outage|claim|appeal|referral"
)
_CARD_OF_NO_BANK: Final = (
    r"(?:gift|loyalty|club|member(?:ship)?|library|rewards?|points|sim|store|oyster|octopus"
    r"|bus|key|room|business|report|score|memory|sd|graphics|video|boarding|phone|calling|birthday)"
    r" ?cards?"
)
_SOME_DIGIT: Final = (
    r"(?:\d|(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|double|triple"
    r"|[a-z]{3,6}ty)\b)"
)
# A number that is longer than a time or a house's.
_LONG_NUMBER: Final = (
    r"(?:(?:plus )?\+?\d[\d ()-]{5,}\d|plus |(?:(?:zero|oh|one|two|three|four|five|six|seven|eight"
    r"|nine|double|triple|[a-z]{3,6}ty) ){4})"
)
_CLOCK: Final = (
    r" (?:about |around )?(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve)(?: (?:thirty|fifteen|forty five|o'?clock|\d\d|to|past|[ap]\.? ?m)\b|:\d\d)"
)
# Papers of persons, by what they are called in the countries that callers are from.
_PERSONAL: Final = (
    r"passports?|travel document|tax(?:payer'?s?)?(?: file| reference| identification)?"
    r"|national insurance|n ?i|p ?p ?s ?n?|public services?(?: card)?|nhs"
    r"|health(?:care)?(?: insurance| card)?"
    r"|hospital|medical card|medicare(?: card)?|medicaid|green card|alien|a|uscis|visa grant"
    r"|student|military|veterans?'?|resident(?:s|ial)?|residence permit|residency"
    r"|work (?:permit|pass)|employment pass|immigration|voter'?s?|epic|election card|ration card"
    r"|aadh?aa?r|adh?aa?r|aad?har|pan(?: card)?|uan|p ?f|provident fund|cpf|nric|n r i c|fin|f i n"
    r"|hong kong id|hkid|h k i d|identity(?: card| document)?|identification|id(?: card)?|i\.?d\.?"
    r"|i ?c|national id(?:entity)?(?: card)?|personal(?: id(?:entification)?)?"
    r"|citizen(?:ship)?(?: card)?"
    r"|state id|government id|photo id|driver'?s?|(?:driver'?s?'?|driving) ?(?:licen[cs]e|permit)"
    r"|learner permit"
    r"|d ?l|licen[cs]e|centrelink(?: customer)?(?: reference)?|unique tax(?:payer)?(?: reference)?"
    r"|ird|c ?r ?n|t ?f ?n|u ?t ?r|concession card|pension(?:er)?(?: card)?"
    r"|birth certificate|permanent resident|p ?r card|social (?:insurance|security)|s ?i ?n|social"
    r"|unemployment|benefits?|garda vetting|gnib|irp|brp|death certificate|medical record|patient"
)
_ABBREVIATED: Final = (
    r"ssn|s s n|itin|e ?i ?n|nino|pps ?n?|p p s ?n?|t f n|tfn|utr|crn|c r n|dvla(?: driver)?"
    r"|aadh?aa?r|adh?aa?r|aad?har|nric"
    r"|n r i c|hkid|h k i d|medicare|medicaid|pan card|socials?|social security|social insurance"
    r"|national insurance|passports?|cpf|uan|epic"
)

PATTERNS: Final = (
    CuePattern(
        Kind.CARD,
        _words(
            r"(?:credit |debit |bank |visa |mastercard |amex |travel )?cards?"
            + _NUMBER
            + r"|(?:long )?numbers? (?:on|of) (?:the |my "
            r"|your )?(?:front of )?(?:the |my |your )?(?:credit |debit |bank )?card|whole number"
            r"|(?:the|my|your|her|his|card'?s?|whole|full) long(?: card)? number|card details"
            r"|(?:sixteen|16|fifteen|15)[ -](?:digits?|figure)(?: number)?|long number (?:on"
            r"|across)"
            r"|(?:digits|numbers?) (?:on|across|off) the front|(?:card )?number (?:across|off) the"
        ),
    ),
    CuePattern(
        Kind.CARD,
        _words(
            r"(?:credit |debit |bank )?card|visa|amex|american express|master ?card|discover"
            r"|(?:first|next|other|remaining) (?:few |four |six |eight |4 |6 |8 |half "
            r"|set of )?(?:digits|numbers)"
            r"|last (?:two|three|four|few) (?:digits|numbers)"
            r"|maestro|rupay|union ?pay|jcb|diners|rupay|eftpos"
        ),
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
            rf"(?:{_ABBREVIATED}|{_PERSONAL})(?: card)?(?:{_NUMBER})?(?:'s)?"
            r"(?: the)? last (?:four|4|few|six|6|three|3)(?: (?:digits|numbers|characters))?"
        ),
        last=True,
    ),
    CuePattern(
        Kind.ID,
        _words(
            rf"(?:{_ABBREVIATED})(?: card)?(?:{_NUMBER})?|(?:{_PERSONAL})(?: card)?{_NUMBER}"
            r"|(?:drivers?'?s?|driving) licen[cs]e(?:'?s)?"
            r"|licen[cs]e (?:says|reads|is)"
            r"|(?:i ?d|identity card|passport|card) (?:says|reads)"
            r"|(?:identity|id|voter'?s? id|ration|public services|medical|health) card"
            r"|(?:state|government|photo|national) id|green card"
        ),
    ),
    CuePattern(
        Kind.PHONE,
        _words(
            r"(?:tele)?phone(?: number)?|mobile(?: number)?|cell(?:phone)?(?: number)?|landline"
            r"|(?:what|which) number (?:can|may|could|should|shall|do|are|to|is|would) (?:we|i|you"
            r"|call|best)"
            r"|(?:work|home|office|daytime|day ?time|evening|other|alternat(?:e|ive)|best|good"
            r"|direct|local|mobile"
            r"|cell|contact|registered|emergency|whats ?app|better|second|backup|fax"
            r"|business) (?:number|line)(?:'?s)?"
            r"|call ?back number|contact (?:number|details)|fax|whats ?app"
            r"|numbers? (?:(?:that )?(?:i|we|you|they) (?:can|could|should|may|might)|for (?:us|me"
            r"|him|her|them)"
            r"|where (?:i|we|you)[a-z' ]{0,12}|(?:i|we|you) have) ?"
            r"(?:to )?(?:call|reach|ring|contact|text|get|phone|dial|use|for (?:you|me))"
            r"|number (?:is|it)?(?:to )?(?:call|reach|ring|contact|text|phone|dial|get you"
            r"|you can be)"
            r"|(?:reach|contact|get|ring|call|text|phone|catch|get hold of|get a hold of) (?:you"
            r"|me|him|her|us|them)"
            r"(?: back)? (?:on|at|to)(?= (?:the |this |that )?(?:number|my|his|her|$))"
            # "Reach the caretaker on oh four…", whoever it is.
            rf"|(?:reach|contact|get|ring|call|text|phone|catch|message|dial|try|buzz)"
            rf"(?: [a-z']{{1,14}}){{1,4}}? (?:on|at)(?= {_LONG_NUMBER})"
        ),
    ),
    CuePattern(
        Kind.PHONE,
        _words(
            r"(?:my|her|his|their|our|your|the|new|old) number(?:'?s)?(?: now)?"
            r"|call(?: me)?(?: back)?|reach (?:me|us|him|her)|text (?:me|us)|ring(?: me)?|area code"
            r"|(?:reach|contact|get|ring|call|text|phone|catch) (?:you|me|him|her|us"
            r"|them)(?: back)? (?:on|at)"
            r"|phone (?:me|us|him|her)|dial(?:led)?"
        ),
        strong=False,
    ),
    CuePattern(
        Kind.PHONE,
        _words(
            # "Which number?" alone may be any: an order's.
            r"(?:what|which) (?:other )?number(?! of)(?= [a-z])"
            r"|(?:on|at|to|from) (?:what|which) (?:other )?number|way to (?:contact|reach|get)"
        ),
        strong=False,
    ),
    CuePattern(
        Kind.ACCOUNT,
        _words(
            r"(?:bank |savings |checking |current )?account(?: number)?|a? ?count number"
            r"|iban|i ban|sort ?code|aba|swift(?: code)?|bsb|routing(?: number)?|transit number"
            r"|ifsc(?: code)?"
            r"|(?:savings|checking|current|chequing|salary|joint|s ?b"
            r"|credit union)(?: account)(?: number)?|acct|a/c"
            r"|(?:savings|checking)(?: number)?|roll number|bank (?:number|details)|demat|giro"
            r"|building society"
            r"|account(?:'s)? no"
            r"|(?:pay|paid|pays|paying|go(?:es)?|going|put|deposit(?:ed)?|credit(?:ed)?|transfer(?:red)?"
            r"|wired?|moved?|sent|send)"
            r"(?: (?:it|that|this|them|me|us|money|the money|everything|back)){0,2}"
            rf" into(?= {_LONG_NUMBER})"
        ),
    ),
    CuePattern(
        Kind.PIN,
        _words(
            r"(?:[mt] ?-?)?pin(?: number| code)?|o ?t ?p|pass ?(?:code|word|phrase)"
            r"|cvv|cvc|c v v|c v c|csc|c s c|cvn|cv2|cid"
            r"|(?:card'?s |three digit |3 digit )*security code"
            r"(?: (?:on|at) the back(?: of (?:the|your|my) card)?)?"
            r"|(?:code|digits|number|numbers) on the back(?: of (?:the|your|my) card)?"
            r"|(?:verification|one[ -]time|access|login|security|secret|otp|unlock|entry|door"
            r"|alarm|gate|building|key ?safe|lock ?box"
            r"|authentication|authenticator|log ?in|activation|banking|confirmation pin"
            r"|security) (?:code|digits|key|pass(?:word|code))|(?<!social )security number"
            r"|code (?:that )?(?:you|we|i) (?:just )?(?:sent|got|texted|received)(?: (?:me|you))?"
            r"|code|(?:on|at) (?:the|its) (?:very )?(?:back|signature strip)(?: of it)?(?:,? (?:it"
            r"|there)(?:'s| is| says))?"
            r"|(?:three|four|six|3|4|6)[ -](?:little |small |last |tiny )?(?:digits?|numbers?"
            r"|figures?)"
            r" (?:code|number|passcode|on the (?:front|back|reverse|rear|signature strip)|(?:we"
            r"|i) (?:just )?(?:sent|texted))"
            r"|(?:text|message|sms)[a-z ,]{0,20} (?:says|said|reads|came (?:through|in)|is)"
            r"|sent you a code"
            r"|(?:cash ?(?:machine|point)|atm|card|keypad|alarm|door|lock|safe|log ?in|locked out)"
            r"[a-z' ]{1,40}(?:typed|keyed|punched|tapped|dialled)(?: it)? in"
            rf"|(?:(?:typed|keyed|punched|tapped)(?: it)? in|used?|enter(?:ed)?)"
            rf"(?= (?:(?:{_SOME_DIGIT}) ?){{3,6}}"
            r"[a-z ]{1,16}(?:cash ?(?:machine|point)|atm|keypad|alarm|door|lock|safe))"
        ),
    ),
    CuePattern(
        Kind.BIRTH,
        _words(
            r"(?:date|day|year|month) of (?:her |his |my |your |the )?birth"
            r"|birth ?(?:date|day(?! (?:cake|present|gift|part|card|treat|dinner|order|meal))|year)"
            r"(?:'?s)?|dob|d[. ]o[. ]b|b ?day|born(?: on| in| back in)?"
        ),
    ),
    CuePattern(
        Kind.ADDRESS,
        _words(
            r"(?:zip|postal|post|eir|area pin) ?codes?|zip|postcode|eircode"
            r"|pin ?code(?= (?:is )?[1-9]\d{5}\b)"
            r"|(?:house|flat|apartment|apt|unit|door|building|block|street|suite|plot|villa)"
            r" (?:number|no\.?)(?: (?:or|and) (?:house|flat|apartment|building) (?:number|name))?"
            r"|(?:house|flat|apartment|unit) or (?:an? )?(?:flat|apartment|house|unit|business)"
            r"|(?:what|which|what's the) (?:suburb|town|city|street|road|county|district|estate)"
            r"|(?:house|building|property) name(?: (?:or|and) (?:house )?number)?|name or number"
            r"|(?:is there|what|which|what's the|whats the|any|and the|do you have) (?:an? )?"
            r"(?:apartment|flat|unit|suite|house|building|street|block|apt)(?: or (?:apartment"
            r"|flat|unit|suite))?"
        ),
    ),
    CuePattern(
        Kind.ADDRESS,
        _words(
            r"(?:home |new |old |billing |delivery |shipping |street |postal |mailing |service "
            r"|correct |right |work )?"
            r"addresses"
            r"|(?:home |new |old |billing |delivery |shipping |street |postal |mailing "
            r"|service )?address"
            r"|(?:i|we|she|he|they)(?:'m| am|'re| are|'s| is)? (?:lives?|living|staying|based"
            r"|located|stay|moved|moving)"
            r"(?: now)?(?: at| on| in| to)"
            r"|(?:living|staying|moved|moving|relocated|delivered|shipped|sent|posted) (?:at|to)"
            r"|house is"
            rf"|(?:flat|apartment)(?: is|'s)(?= {_SOME_DIGIT})"
            r"|(?:it|that) goes to"
            r"|(?:ship|send|deliver|mail|post|bring|redirect|forward) (?:it|them|that|this"
            r"|everything"
            rf"|(?:the|my|a|your) [a-z]+(?: [a-z]+)?) (?:to|at(?!{_CLOCK}))"
            r"|(?:where(?:abouts)?|place) (?:do|does|should|to|would|are|shall|will|can|is) "
            r"(?:we |you |i |it |they |the [a-z]+ )?(?:like us to |be )?"
            r"(?:send|deliver|ship|live|living|located|staying|come|go|post|bring)[a-z ]{0,24}"
            r"|our house"
            r"|(?:my|our|the|her|his) (?:place|house|flat|apartment) (?:is|at)"
        ),
    ),
    CuePattern(
        Kind.ADDRESS,
        _words(
            r"(?:ship|send|deliver|mail|post|bring|redirect|forward|come|moving|go|goes)(?:ed|ered"
            r"|ing)? (?:out )?to"
            r"|tell (?:him|her|them|the [a-z]{2,14}|your [a-z]{2,14})(?: that)? (?:it's|it is|we're"
            r"|i'm|to (?:come|go) to)(?! (?:room|gate|table|platform|door|bay|level|floor)\b)"
        ),
        strong=False,
    ),
    CuePattern(Kind.EMAIL, _words(r"e-?mail(?: address| id)?")),
    CuePattern(
        None,
        _words(
            rf"(?:{_GOODS}){_NUMBER}|(?:{_PAPERS}|{_ALSO_PAPERS}){_NUMBER}|record locator"
            rf"|(?:{_PAPERS})(?=[ :#]{{1,3}}(?:(?!(?:is|was|are|and|to|at|in|on|of|for"
            rf"|it's)\b)[a-z]{{1,4}}[ -]|(?:[a-z][ -]){{2,5}})?{_SOME_DIGIT})"
            rf"|(?:{_CASES})(?:'s| is| was| has| have)?(?: now)?(?: been)? (?:logged|raised"
            r"|registered|recorded|filed|opened|lodged|created|submitted|received|saved|booked)"
            r"(?: in)?(?: (?:as|under|with)(?: the)?|(?: and|,)? (?:(?:the|its|your) )?(?:number"
            r"|reference|ref)(?: is|'s)?)"
            r"|(?:winning|lucky|drawn|win was on|won with|won on|jackpot) numbers"
            rf"|{_CARD_OF_NO_BANK}{_NUMBER}?"
            rf"|{_LAST} (?:order|reference)|how (?:many|much|long|often|far|old)|what (?:time|day"
            rf"|size)"
            r"|which (?:day|floor|size)|when would|lottery|lotto|draw|bingo|score|size|weighs"
            r"|counted"
            r"|testing|press|points?|serial|quantity|readings?|blood pressure|pulse|temperature"
            r"|(?:plate|registration|reg|vin)(?: is| number)|number plate|barcode|total(?:led|s)?"
            r"|came to|worth"
            r"|credit limit|speed|channel"
        ),
    ),
    CuePattern(None, _words(_GOODS), strong=False),
    CuePattern(None, _words(rf"ending(?: in| with)?|ends (?:in|with)|{_LAST} card"), last=True),
    CuePattern(
        None,
        _words(r"balance|amount|price|costs?|charged|paid|pay|owe|sold|since|play"),
        amount=True,
    ),
)
UNITS: Final = _words(
    r"dollars?|euros?|pounds?|bucks|cents?|pence|percent|minutes?|hours?|days?|weeks?|months?"
    r"|years?"
    r"|people|persons?|tickets?|items?|pieces?|times|miles|kilos?|kilomet(?:er|re)s?|degrees"
    r"|points?"
    r"|floors|storeys|doors|flights|streets|stops|stairs|houses|boxes|units|copies|pizzas?|cards|accounts|phones|numbers|o'?clock|a\.?m|p\.?m|stars?"
    r"|gigabytes|megabytes|thousand|million|billion|of|or|grams?|milligrams?|mg|kg|lbs?"
    r"|inch(?:es)?|feet|foot|metres?"
    r"|centimet(?:er|re)s?|cm|mm|litres?|liters?|gallons?|watts?|kilowatts?|kwh|amps?|volts?|mbps"
    r"|megs?|gigs?|gb|mb"
    r"|nights?|guests?|adults?|children|kids|rupees|lakhs?|crores?|quid|euro|yuan|rmb|seconds?"
    r"|secs?|mins?|hrs?"
    r"|pages?|bags?|bottles?|packs?|rooms?|beds?|calls?|rings|working|business|square|year[- ]olds?"
)
POLITE: Final = frozenset(
    "yes yeah yep sure ok okay it's its it is is the my they are that's that was please thanks "
    "thank you um uh er hmm so and then well oh number i think sorry no here goes all right "
    "alright "
    "of course let me see would be to ending".split()
)
CONFIRMING: Final = _words(r"right|correct|is that so")
AGREEING: Final = re.compile(r"\W*(?:yes|yeah|yep|yup|correct|right|that's (?:right|it|correct))\b")
ASKING: Final = re.compile(
    r"\?|^\W*(?:(?:and|so|okay|ok|then|now|sorry|thanks|thank you|great|right)\W+){0,3}"
    r"(?:what|which|when|where|who|how|why|can|could|do|does|did|is|are|would|will|shall|may|have"
    r"|should)\b"
)
# The other side wants to hear the rest.
GOING: Final = _words(
    r"go (?:on|ahead)|carry on|keep going|continue|rest|next|then|after that|remaining"
    r"|take your time|ready"
    r"|no (?:rush|problem|worries|hurry|bother)|listening|still here|got (?:that|it|those)|uh huh"
    r"|mm+ ?-?hm+|and\?"
    r"|last (?:four|three|two|part|bit|few)|whenever|i'm here|with you|hear you|following|so far"
    r"|second half|other half"
)
NUMBER_ASKED: Final = _words(
    r"what'?s?|which|numbers?|read|give|tell|say|reference|code|spell|enter|provide|ref|id"
)
