"""English words of feeling, as callers of a hotline use them.

Calibrated for speech: no capitals, no punctuation, and problems that are facts ("my card was
stolen", "the screen is dead") rather than feelings. An insult counts where it is aimed at somebody.
"""

import re

from dialog.understanding.feeling.cues import read_cues
from dialog.understanding.words import squeezed

# "Not angry", "no problem", "not bad" and the like mean nothing of the kind.
_DENIED = re.compile(
    r"\b(?:not|isn't|aren't|wasn't|never|no longer|don't be|hardly|no need to be)"
    r"(?: (?:so|too|that|really|very|at all|even|being|getting))?"
    r" (?:angry|mad|upset|annoyed|frustrated|furious|disappointed|bad|terrible|ridiculous|stupid|"
    r"sick|useless|a joke|a complaint|complaining)\b"
)
_COURTESY = re.compile(
    r"\b(?:hate to (?:bother|ask|say)|no problem|stupid (?:question|mistake|me|of me)|"
    r"silly (?:question|me)|i'm (?:so )?stupid|might be (?:stupid|dumb)|dumb question)\b"
)


def prepared(text: str) -> str:
    """Lower case, single spaces, without what denies a feeling or is mere courtesy."""
    return _COURTESY.sub(" ", _DENIED.sub(" ", squeezed(text)))


_VERY = r"(?:so |really |very |just |absolutely |completely |totally |extremely |pretty |getting )*"
_I_AM = rf"(?:i'm|i am|we're|we are|makes me|making me|feel|feeling) {_VERY}"
_THING = (
    r"(?:machine|bot|robot|system|computer|thing|menu|company|bank|app|website|service|program|"
    r"shop|store|people|guys|idiots?|voice|phone|question|questions|policy|rules?)"
)
_NOW = r"(?:now|right now|right away|immediately|this (?:minute|instant|second)|today)"
_COUNT = r"(?:two|three|four|five|six|seven|eight|nine|ten|a dozen|\d+|many|several|so many)"
_NTH = r"(?:second|third|fourth|fifth|sixth|seventh|eighth|tenth|hundredth|millionth|\d+th|3rd)"
_PARTS = {"i_am": _I_AM, "very": _VERY, "thing": _THING, "now": _NOW, "count": _COUNT, "nth": _NTH}

ANGER = read_cues(
    r"""
# swearing
0.8  f+u+c+k\w* | motherf\w+ | bullshit | shitty | asshole\w* | bastards? | dickheads? | wankers?
0.7  shit | crap | crappy | piss(?:ed)? off | pissed | screw (?:you|this|that) | f (?:this|that|
     you|off)
0.7  (?:what|who|why|where|how|go to) (?:in )?the hell | go to hell | hell no | what in hell
0.7  god ?damn\w* | damn(?:ed)? (?!it$)\w+ | dammit | damn it | bloody (?!mary)\w+
0.7  piece of (?:junk|crap|garbage|shit|trash|rubbish)
# insults
0.7  idiots? | morons? | imbeciles? | clowns | crooks? | scumbags? | jerks? | losers
0.6  (?:you|your|this|that|these|the|such) (?:\w+ )?(?:stupid|dumb|useless|idiotic) <thing>
0.6  you(?:'re| are| guys are| people are)(?: all)? (?:\w+ )?(?:stupid|dumb|useless|liars?|
     thieves|incompetent|crazy|terrible|awful|horrible|hopeless|a joke|a fraud|criminals)
0.6  (?:bot|system|machine|robot|company) (?:is|are) (?:\w+ )?(?:stupid|dumb|useless|garbage|
     trash|crap|a joke|rubbish|worthless)
0.6  completely useless | absolutely useless | totally useless | incompeten(?:t|ce) | pathetic
0.6  a (?:complete |total |absolute |utter )?disgrace | disgraceful | shame on | shameful |
     disgusting | despicable | appalling
0.6  (?:this|it|that)(?:'s| is) (?:\w+ )?(?:garbage|rubbish|trash|a joke|a scam|a rip ?off|
     robbery|theft|insane|an insult) | (?:this|that) (?:garbage|rubbish|trash)
0.6  what a (?:joke|rip ?off|scam|circus|mess of a) | joke of a
0.6  you (?:\w+ )?(?:lied|lie to|cheated|robbed|scammed|stole|tricked|ruined|conned|ripped) |
     you've (?:\w+ )?(?:lied|cheated|robbed|stolen|ruined|scammed) | your lies | ripp?(?:ed|
     ing) (?:me|us|people|customers) off
0.6  (?:the )?worst (?:\w+ )?(?:service|company|bank|shop|store|experience|airline|hotline|
     support|customer service|people)
0.6  (?:terrible|horrible|awful|lousy) (?:company|people|bank|shop|store|customer service)
# outrage
0.65 ridiculous | ridiculously | unacceptable | outrageous | outrage | preposterous |
     scandal(?:ous)?
0.65 (?:are you|you must be|you've got to be|you gotta be|is this) (?:\w+ )?(?:kidding|joking|
     insane|crazy|mad|nuts)(?: me)? | give me a break
0.65 how dare (?:you|they) | don't you dare | who do you think you are | how can you (?:do this|
     people)
0.6  (?:i )?can(?:'t|not) believe (?:you|this company) | been treated like | treat(?:ed|
     ing)? (?:people|me|us|customers) (?:like|this way)
# what they say of themselves
0.75 <i am>(?:angry|furious|livid|outraged|enraged|fuming|boiling|pissed)
0.65 <i am>mad(?: (?:at|about|with|now)) | <i am>sick (?:of|and tired) | sick and tired of
# threats
0.7  (?:my|a|our) (?:lawyers?|attorneys?|solicitor) (?:will|is going|are going) | (?:call|
     calling|hear from|hearing from|contact|contacting|get|hire|hiring|see) (?:my|a|
     our) (?:lawyer|attorney|solicitor)
0.7  (?:i'll|i will|i'm going to|gonna|going to) sue | sue you | take you to court |
     see you in court | legal action
0.6  report (?:you|this company|your company) | consumer protection | better business bureau |
     (?:i'm going|i'll go|i will go|i go|going straight) to the (?:police|press|media|news)
0.6  (?:tell|telling|warn|warning) (?:everyone|everybody|all my friends) | (?:post|put|
     share) (?:this|it|that) (?:all over|on the internet|everywhere) | (?:bad|one star|negative|
     terrible) review
0.65 never (?:ever )?(?:buy|buying|shop|shopping|order|ordering|use|using|fly|flying|book|
     booking|come|coming|call|calling|bank|banking|deal|dealing)\b.{0,24}\b(?:you|
     here) (?:people )?again
0.5  (?:i'm|i am|we're) done with (?:you|this company) | you(?:'ve| have)? lost (?:me|
     a customer) | (?:i'm|i am|i'll be|we're|we are) switching to (?:another|a different|your)
# demands
0.65 i want (?:my|the) (?:\w+ )?(?:money|refund)(?: back)? <now> |
     i want (?:\w+ ){1,5}<now> (?:or|do you) | and i want (?:it|one|them|that) <now>
0.65 i demand | i insist | (?<!not )(?<!n't )(?<!to )(?<!hasn't )(?:give|gimme|
     hand) (?:me )?(?:back )?my (?:\w+ )?money | (?:get|give|put) (?:me )?(?:a|your|
     the) (?:manager|supervisor|boss)\b.{0,16}\bnow
0.7  shut up | shut the | stop (?:lying|wasting my time|asking me) | leave me alone | get lost
0.65 thanks for nothing | thank you for nothing | big help you are | what is wrong with you |
     what's wrong with you
""",
    **_PARTS,
)
FRUSTRATION = read_cues(
    r"""
# having to say or do it again
0.55 i(?:'ve| have)? already (?:told|said|gave|given|explained|entered|typed|tried|done (?:that|
     this|it)|did (?:that|this|it)|answered|called|sent|spoke|talked)
0.55 i (?:just |have |literally )*(?:told|said|gave|explained|
     asked)(?: you| that| it| this)* (?:already|before|twice|(?:\w+ )?times) |
     as i (?:just )?(?:said|told you)(?: before| already)?
0.55 how many (?:more )?times (?:do i have|must i|have i told|should i (?:say|tell|repeat)) |
     for the (?:hundredth|umpteenth|third|fourth|tenth|millionth) time | (?:^|
     no )for the last time (?!\w+ (?:was|were|went|did))
0.5  (?:the|my) <nth> time (?:i|i'm|i've|we|we've|you|that|this|now|already|in|today|calling)
0.5  (?:called|calling|asked|tried|told|transferred|explained|written|emailed|
     waited)\b(?! the wrong).{0,24}\b(?<!too )(?:twice|<count> (?:\w+ )?times|<count> of your)
0.5  (?:over and over|again and again|time and again|time after time|
     every (?:single )?time i (?:call|ask|try)|once again i)
0.5  why (?:do|must|should|did) i (?:always |still )?have to (?:say|repeat|tell|explain|wait|
     keep|call|ask|do this|go through) | do i (?:really )?have to .{0,16}again
0.5  (?:you|it|they|people|system) (?:just |always )?keeps? (?:\w+ )?(?:asking|telling|saying|
     sending|hanging|repeating|transferring|giving|doing|cutting)
0.45 i keep (?:getting|having|being|telling|saying|hearing|calling) |
     the same (?:\w+ )?(?:question|answer|thing|problem|story|issue)s? (?:again|over|every|
     each) | same (?:question|answer|thing|problem|mistake)
0.5  you (?:just |already )+asked | you asked me (?:that|this) | not again | here we go again |
     yet another | another form
0.5  (?:round|around)(?: and around)? in circles | passed around | sent back and forth |
     from one (?:department|person|agent|colleague|desk|office|number) to (?:another|the next) |
     (?:transferred|bounced) around
# not being understood
0.5  (?:you're|you are|you|aren't|are not)(?: just)? not listening | aren't you listening |
     listen to me | are you (?:even )?listening | you (?:don't|do not|never) (?:listen|
     understand|get it)
0.5  that(?:'s| is) not what i (?:asked|said|want|wanted|meant|mean) | (?:doesn't|don't|never|
     can't) understand(?:s)? (?:me|anything|a (?:single )?word)
0.5  ^(?:no )?i said | no (?:no )+(?:no|not) | no i (?:said|told)
0.3  never (?:works?|understands?|listens?|answers?|helps?) | what don't you understand
# waiting
0.5  (?:been|kept) (?:\w+ )?(?:waiting|holding|sitting here|on hold|in the queue) |
     on hold (?:for|forever|all) | still waiting | waited (?:for )?(?:\w+ )?(?:an hour|hours|
     weeks|days|ages)
0.5  tak(?:es|ing|en) (?:forever|ages|so long|too long|way too long|all day) |
     how much longer (?:do|must|will|should|am) i
0.35 for (?:over|more than|almost|at least) (?:an?|\w+) (?:hour|hours|week|weeks|month|months) |
     for (?:weeks|months|hours|ages|days now)
0.35 (?:been|after) (?:\w+ )?(?:two|three|four|five|six|several|\d+) (?:hours|weeks|months)\b
0.35 still (?:no|nothing|not working|doesn't work|isn't|hasn't been|haven't (?:gotten|heard|got))
0.5  (?:don't|do not) have (?:all day|time for this|the time for this) | hurry up |
     get on with it | get to the point | wast(?:e|ing) (?:of |my )(?:my )?time
# what they say of themselves
0.6  <i am>(?:annoyed|frustrated|disappointed|upset|unhappy|dissatisfied|irritated|tired of|
     fed up|losing (?:my )?patience|not (?:\w+ )?(?:happy|satisfied|pleased|impressed))
0.55 fed up | had enough | had it with | tired of | sick of | (?:losing|lost|
     running out of) (?:my )?patience | can't take (?:it|this) | at my wit'?s end
0.5  frustrat(?:ing|ed|ion) | annoy(?:ing|ed|s me) | disappoint(?:ing|ed|ment) | irritating |
     exhausting | aggravating | a nightmare | infuriating | unbelievable
0.5  not (?:\w+ )?(?:happy|satisfied|pleased|impressed) (?:with|about|at) | unhappy (?:with|
     about) | dissatisfied
# exasperation
0.5  oh come on | ^come on | for (?:god's|goodness|heaven's|pete's|christ's|crying out|christ|
     gods|god|the love of)(?: sakes?| loud)? | oh my god | jesus(?: christ)? | good grief |
     oh boy | argh+ | ugh+ | ^seriously | oh no not
0.5  what(?:'s| is) the (?:point|use)(?: (?:of|in) (?:this|it|that|all this|calling|asking|
     talking|having this))?$ | i give up | forget it | forget about it | this is (?:hopeless|
     pointless|a mess|a waste|impossible|too much) | you (?:can't|cannot) be serious
0.55 why is (?:this|it|that|everything) (?:so|always|taking) | (?:is|can) (?:it|this|
     that) (?:be )?(?:really )?(?:so|that|too) (?:hard|difficult|complicated|much to ask) |
     why on earth | why can't (?:you|i|anyone|anybody) (?:just|simply|ever)
0.35 i just want to (?:talk|speak) | all i want(?:ed)? is | please just | can (?:you|
     we) (?:please )?just
# no help
0.5  (?:nobody|no one|not one person) (?:ever |there |here |seems to |could |can |was able to |
     wants to |would |has |at your \w+ )*(?:call|calls|called|answer|answers|answered|help|helps|
     helped|help me|cares?|knows?|responds?|replie[sd]|picks? up|listens?|bothers?|tells?)
0.5  tried everything | nothing (?:works|helps|happens|has happened|is working) | hung up on me |
     (?:get|got|getting|being|been|was|were|keeps?) (?:\w+ )?cut off | you people |
     you guys (?:always|never|keep)
0.5  ^(?:no |well |but )?(?:this|it|that)(?:'s| is| just)*(?: still)? (?:isn't|not|is not|
     doesn't|won't) (?:work(?:ing)?|help(?:ing)?)(?: at all)?$
0.55 (?:make|file|filing|lodge|submit|raise|have|register) a (?:\w+ )?complaint | (?:want|like|
     going|calling|need) to complain | complain(?:ing)? (?:about|to)
0.5  (?:bad|poor|terrible|horrible|awful|lousy|slow) (?:customer )?service |
     something different (?:every|each) | (?:tell|told|telling) me something different
# praise that is none
0.5  (?:great|wonderful|fantastic|brilliant|perfect|lovely|awesome|
     excellent)\b(?: (?!to\b)[\w']+){0,3} (?:again|wrong|another|broken|error|menu)
""",
    **_PARTS,
)
PLEASURE = read_cues(
    r"""
0.6  (?:that's|that is|this is|it's|it was|that was|you're|you are|you've been|sounds|
     everything (?:is|was)|oh|wow|how|been) (?:\w+ )?(?:wonderful|great|fantastic|awesome|
     amazing|brilliant|excellent|lovely|perfect|superb|terrific|marvelous|marvellous|incredible|
     outstanding|beautiful|helpful|nice|kind|sweet|friendly|good news|great news|quick|fast|easy|
     cool)
0.55 wonderful | fantastic | awesome | amazing | brilliant | excellent | superb | terrific |
     marvell?ous | outstanding | delighted | delightful | thrilled | lovely
0.55 (?:i'm|i am|we're|we are) <very>(?:happy|glad|pleased|satisfied|relieved|impressed|grateful|
     thankful) | so (?:happy|glad|pleased|grateful) | couldn't be happier | made my day |
     made me happy
0.55 (?:i|we) (?:really |just |absolutely )*(?:love|loved|like|liked|enjoyed) (?:it|this|that|
     them|your|the) | really appreciate | much appreciated | i appreciate
0.55 thank you (?:so|ever so) much | thank (?:god|goodness|heavens) | thanks a (?:million|bunch|
     ton) | thank you for (?:your|the) (?:help|quick|kind|patience) | thank you kindly
0.35 thanks a lot | thank you very much | many thanks | perfect | great | beautiful | super |
     wow | cool | nice
0.55 (?:very|so|really|extremely|most|super) (?:helpful|kind|nice|friendly|good|fast|quick|
     polite|patient|well|easy|smooth|smoothly) | better than (?:i )?(?:expected|thought) |
     went smoothly
0.6  great job | good job | well done | good work | nice work | keep it up | best \w+ ever |
     you're (?:a star|a lifesaver|a saint|an angel|the best) | five stars | ten out of ten |
     saved (?:me|my) | you helped me | what a (?:relief|pleasure|surprise|great|nice|wonderful) |
     exactly what i (?:need|needed|want|wanted) | good news | works (?:great|perfectly|
     like a charm|fine now)
0.35 happy | glad | pleased | love | satisfied | relief | relieved | impressed
""",
    **_PARTS,
)
