"""Minutes of teaching that a ticket cost: what the help desk's own field says, else what its words
say. Reads a text once and keeps a number of it.

Words count only when they say that time of a class went: a loss and a length of time in one
sentence. A length alone ("starts in 10 minutes"), what may still happen ("or we will lose 20
minutes") and time that is no teaching ("lost my 20 minute prep") say nothing. Of several losses
in one ticket the longest counts: mails repeat themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..models import Ticket

#: What "the whole period" stands for; `half` and `most` are parts of it. Nobody tells us the
#: bell schedule: 45 minutes is the usual period of an American middle school.
PERIOD_MINUTES = 45
#: A day of school. What is longer was no class.
MOST_MINUTES = 480
#: Of a text, and of one sentence: nobody tells a loss in a longer one.
MOST_CHARACTERS, LONGEST_SENTENCE = 20_000, 1_000

ONES = "zero one two three four five six seven eight nine"
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
NUMBERS = {
    **{word: number for number, word in enumerate(f"{ONES} {TEENS}".split())},
    **TENS,
    **{
        f"{tens}-{one}": number + ones
        for tens, number in TENS.items()
        for ones, one in enumerate(ONES.split())
        if ones
    },
    "sixty": 60,
    "ninety": 90,
}
PARTS = {"half": 0.5, "most": 0.75, "a third": 1 / 3, "a quarter": 0.25, "whole": 1.0}

# ---- the words -----------------------------------------------------------------------------------

NUMBER = rf"(?:\d{{1,3}}(?:\.\d)?|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
MINUTES = r"min(?:ute)?s?\b"
LENGTH = (
    rf"(?P<low>{NUMBER})(?:\s?(?:-|–|to|or)\s?(?P<high>{NUMBER}))?[\s-]?(?P<unit>{MINUTES}|hours?\b)"
    rf"(?:\s(?:and\s)?(?P<more>{NUMBER})[\s-]?{MINUTES})?(?P<half>\sand\sa\shalf\b)?"
    r"|(?P<hour>half\s(?:of\s)?an\shour|a\shalf[\s-]hour|half[\s-]hour|a\squarter\sof\san\shour"
    r"|an\shour\sand\sa\shalf|an\shour|a\sfull\shour)\b"
)
OWN = r"(?:the|my|our|their|this|that|a|an|each|every|today['’]s|one)"
ROUGHLY = (
    r"(?:(?:about|almost|nearly|around|over|at|least|roughly|approximately|some|maybe|up|to|like"
    r"|more|than|easily|probably|another|a|good|solid|the|my|our|first|last|us|me|my|his|her|them"
    r"|class|students|kids|everyone)\s){0,6}"
)
#: Time with a class. "Lesson plans", "class set" and "class list" are things.
NO_THING = (
    r"(?!['’-]|\s(?:plans?|set|list|roster|page|code|site|website|link|folder|drive|notebook"
    r"|video|recording|materials?|files?|notes?|slides?|work|data|account|meeting)\b)"
)
NO_LESSON = r"(?!(?:prep\w*|plan\w*|lunch|conference|free|duty|meeting|recess)\b)"
TEACHING = (
    NO_LESSON + r"(?:(?:class|instruction(?:al)?|teaching|learning|lesson|lab|student|work)"
    r"\s(?:time|period|hour)"
    r"|(?:\d\w{2}|\w{3,8})\s(?:period|hour|grade)\s(?:class|\w{2,12})|classes|class|lessons|lesson"
    r"|instruction|teaching|learning|period|block)\b" + NO_THING
)
OF_TEACHING = (
    rf"(?:\s(?:of|from|away\sfrom|out\sof|in|into|off)\s(?:{OWN}\s)?{NO_LESSON}"
    rf"(?:\w{{2,12}}\s)?{TEACHING})"
)
PART = (
    r"(?:(?:about|almost|nearly|over|around)\s)?(?P<part>half|most|a\sthird|a\squarter)\s(?:of\s)?(?:the|my|our|a|that|this|today['’]s)\s"
    r"|(?P<whole>(?:(?:the|my|our|a|an|that|this)\s)?(?:whole|entire|full)\s|all\sof\s(?:the|my|our)\s)"
)
#: A stretch between two bells. "Half the class" are people as often.
STRETCH = (
    NO_LESSON
    + r"(?:(?:\w{2,12}\s)?(?:lesson|period|block|class\speriod|class\stime|class\shour)\b"
    + NO_THING
    + r")"
)
CLASS_AS_TIME = (
    r"class\b(?=\s*$|[,:)]|\s(?:to|on|because|trying|waiting|just|getting|today|yesterday|over"
    r"|fixing|troubleshooting|again|due|and|for\sthis|this\smorning|with\sthis)\b)"
)

LOST = r"(?:lost|lose|loses|losing|wasted|wasting|forfeited|threw\saway|burned|burnt)"
TOOK = (
    r"(?:took(?:\sup)?|takes(?:\sup)?|taking(?:\sup)?|ate(?:\sup|\sinto)?|eats(?:\sup)?|eaten\sup"
    r"|cost|costs|costing|used\sup|missed|missing|set\sus\sback|robbed)"
)
SPENT = r"(?:spent|spend|spending|wasted)"
TROUBLE = (
    r"(?:trying|waiting|fixing|troubleshooting|getting|rebooting|restarting|logging|resetting"
    r"|hunting|looking|searching|figuring|reconnecting|signing|sorting|fighting|struggling)\b"
)
GONE = r"(?:gone|lost|wasted|missed|ruined|down\sthe\sdrain|went|used\sup|eaten\sup|spent)"
HAS_GONE = rf"\s(?:(?:was|were|is|are|have|has|had|been|just|all|already)\s){{0,3}}{GONE}\b"
PEOPLE = r"(?:class|students|kids|children|pupils|everyone|everybody|(?:they|we)(?:\sall)?)"
STOOD_STILL = (
    r"(?:waited|sat|were\ssitting|was\ssitting|stood|were\sstuck|was\sstuck|were\swaiting"
    r"|was\swaiting|had\sto\swait|was\sheld\sup|were\sheld\sup|had\snothing\sto\sdo|were\sidle"
    r"|was\sstopped|stopped)"
)
NOT_TAUGHT = (
    r"(?:could\snot|couldn['’]?t|was\sunable\sto|were\sunable\sto|was\snot\sable\sto|had\sto\sstop)"
    r"\s(?:teach(?:ing)?|start\s(?:class|the\slesson|my\slesson|teaching)|begin\s(?:class|teaching))"
)

Amount = Callable[[re.Match[str]], float]


def length_of(match: re.Match[str]) -> float:
    """Return the minutes of a length of time."""
    if hour := match["hour"]:
        if "and" in hour:
            return 90.0
        return 15.0 if "quarter" in hour else 30.0 if "half" in hour else 60.0
    low = number_of(match["low"])
    high = number_of(match["high"]) if match["high"] else low
    each = 60.0 if match["unit"].startswith("h") else 1.0
    more = number_of(match["more"]) if match["more"] else 0.0
    return (low + high) / 2 * each + more + (each / 2 if match["half"] else 0.0)


def number_of(text: str) -> float:
    """Return the number that digits or a word stand for."""
    return float(NUMBERS.get(text, 0)) if text in NUMBERS else float(text)


def part_of(match: re.Match[str]) -> float:
    """Return the minutes of a part of the period."""
    name = " ".join(match["part"].split()) if match["part"] else "whole"
    return PARTS[name] * PERIOD_MINUTES


def periods_of(match: re.Match[str]) -> float:
    """Return the minutes of so many periods."""
    said = match["periods"] or match["lessons"]
    return PERIOD_MINUTES * (1.0 if said in ("a", "an", "my", "our", "the") else number_of(said))


def pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


RULES: tuple[tuple[re.Pattern[str], Amount], ...] = (
    # lost 20 minutes of class; it took half an hour out of my lesson
    (pattern(rf"\b(?P<loss>{LOST}|{TOOK}|{SPENT})\s{ROUGHLY}(?:{LENGTH}){OF_TEACHING}"), length_of),
    # we lost 20 minutes; lost the first fifteen minutes, wasted half an hour trying to log in
    (
        pattern(
            rf"\b(?P<loss>{LOST})\s{ROUGHLY}(?:{LENGTH})(?P<bare>)(?!\s(?:of|ago|late|from|prep\w*"
            r"|plan\w*|lunch|recess|meeting|break|video|recording|clip|earlier|before|after)\b)"
        ),
        length_of,
    ),
    # 20 minutes of instruction were lost; the first ten minutes of class went on passwords
    (pattern(rf"\b(?:{LENGTH}){OF_TEACHING}(?:{HAS_GONE})"), length_of),
    # 25 minutes of lost class time
    (pattern(rf"\b(?:{LENGTH})\sof\s(?:lost|wasted|missed)\s{TEACHING}"), length_of),
    # 20 min lost
    (
        pattern(
            rf"(?<!\w)(?:{LENGTH})(?P<bare>)\s(?:(?:was|were|are|already)\s)?(?:lost|wasted)"
            r"(?=\s*(?:$|[,)]|(?:again|already|today|this|because|due|trying|waiting|on|so\sfar)\b))"
        ),
        length_of,
    ),
    # minutes lost: 15; class time lost: 25 min
    (
        pattern(
            r"\b(?P<form>minutes|time|class|instruction)\slost(?:\sin\sclass)?(?:\s\(min\w*\))?\s?[:=]\s?"
            rf"(?P<low>{NUMBER})(?P<high>)(?P<more>)(?P<half>)(?P<hour>)\s?(?P<unit>hours?|min\w*|$|(?=,))"
        ),
        length_of,
    ),
    # the first fifteen minutes gone
    (pattern(rf"\b(?:first|last)\s(?:{LENGTH})(?P<bare>)(?:{HAS_GONE})"), length_of),
    # took the whole period; lost half the lesson; wasted my entire class
    (
        pattern(
            rf"\b(?P<loss>{LOST}|{TOOK})\s(?:us\s|me\s)?(?:{PART})(?:{STRETCH}|{CLASS_AS_TIME})"
        ),
        part_of,
    ),
    # spent most of the lesson trying to log in
    (pattern(rf"\b(?P<loss>{SPENT})\s(?:{PART})(?:{STRETCH}|class)\s{TROUBLE}"), part_of),
    # half the lesson gone; the whole period was wasted
    (pattern(rf"\b(?:{PART}){STRETCH}(?:{HAS_GONE})"), part_of),
    # lost two class periods
    (
        pattern(
            rf"\b(?P<loss>{LOST})\s(?P<periods>a|an|my|our|the|{NUMBER})\s(?:whole\s|full\s|entire\s)?"
            r"(?:class\s|teaching\s|instructional\s)?periods?\b(?!\s(?:of|plan))"
            rf"|\b(?:{LOST}|{TOOK})\s(?P<lessons>{NUMBER})\s(?:whole|full|entire)\s"
            r"(?:lessons|classes)\b"
        ),
        periods_of,
    ),
    # the kids sat for 10 minutes; my class was waiting almost 15 minutes
    (
        pattern(
            rf"\b{PEOPLE}\s(?:\w{{2,8}}\s)?(?P<loss>{STOOD_STILL})\s(?:(?!until)\w{{2,9}}\s){{0,3}}?"
            rf"(?:for\s)?{ROUGHLY}(?:{LENGTH})(?P<bare>)"
        ),
        length_of,
    ),
    # couldn't teach for 20 minutes
    (
        pattern(rf"\b(?P<loss>{NOT_TAUGHT})\s(?:\w+\s){{0,3}}?for\s{ROUGHLY}(?:{LENGTH})"),
        length_of,
    ),
    # class started 10 minutes late; started my lesson 10 minutes late
    (
        pattern(
            rf"\b(?:{TEACHING}\s(?:\w+\s)?(?P<loss>started|began|start)|(?:started|began)\s(?:{OWN}\s)?"
            rf"(?:\w{{2,9}}\s)?{TEACHING})\s{ROUGHLY}(?:{LENGTH})\slate\b"
        ),
        length_of,
    ),
    # delayed class by 10 minutes; held up the lesson for a quarter of an hour
    (
        pattern(
            rf"\b(?P<loss>delayed|delaying|held\sup|interrupted|stopped)\s(?:{OWN}\s)?{TEACHING}\s"
            rf"(?:by|for)\s{ROUGHLY}(?:{LENGTH})"
        ),
        length_of,
    ),
)

#: What has to be in a text before a rule is worth a look: most tickets end here.
TIMES: dict[Amount, tuple[str, ...]] = {
    length_of: ("min", "hour"),
    part_of: ("half", "most", "third", "quarter", "whole", "entire", "full", "all of"),
    periods_of: ("period", "whole", "entire", "full"),
}
ANY_TIME = tuple(dict.fromkeys(word for words in TIMES.values() for word in words))
#: And one of these: each rule tells a loss.
LOSSES = (
    "los wast forfeit threw burn took tak ate eat cost used miss set robbed spen gone ruin drain"
    " went wait sat sit stood stuck held stop nothing idle could unable able late delay interrupt"
)
ANY_LOSS = tuple(LOSSES.split())
SENTENCES = re.compile(r"[.!?;]+(?=\s|$)|\n\s*\n|\bbut\b")
#: In front of a loss that has not happened.
UNREAL = re.compile(
    r"(?:\b(?:not|never|without|avoid|avoiding|will|would|could|might|may|can|should|to|if|before"
    r"|cannot)|n['’]t|['’]ll|['’]d)\s(?:\w+\s){0,2}$"
)
#: What a class does as planned takes its time too.
AS_PLANNED = re.compile(
    r"\b(?:activity|quiz|test|exam|assignment|video|lab|lesson|project|assembly|she|he|student)"
    r"\s(?:\w+\s)?$"
)
#: Time outside lessons, unless a lesson is named.
NO_CLASS = re.compile(
    r"\b(?:after school|before school|last night|weekend|at home|evening|prep|planning|lunch|recess"
    r"|meeting|grading|battery|of sleep|commut\w+)\b"
)


def minutes_in(text: str) -> int | None:
    """Return the minutes of teaching that a text says were lost, None when it says nothing."""
    spoken = text[:MOST_CHARACTERS].casefold()
    if not (holds_any(spoken, ANY_TIME) and holds_any(spoken, ANY_LOSS)):
        return None
    found = [amount for sentence in SENTENCES.split(spoken) for amount in losses(sentence)]
    return max(found, default=None)


def holds_any(text: str, parts: tuple[str, ...]) -> bool:
    """Return whether any of these is in a text. A loop: every ticket comes by here."""
    for part in parts:  # noqa: SIM110 (`any` takes twice as long)
        if part in text:
            return True
    return False


def losses(sentence: str) -> Iterator[int]:
    """Yield the minutes of each loss that one sentence tells."""
    words = " ".join(sentence[:LONGEST_SENTENCE].split())
    possible = {amount for amount, times in TIMES.items() if holds_any(words, times)}
    for rule, amount in RULES:
        if amount not in possible:
            continue
        for match in rule.finditer(words):
            before = words[: match.start()]
            if "loss" in rule.groupindex and UNREAL.search(before):
                continue
            if AS_PLANNED.search(before) or ("bare" in rule.groupindex and NO_CLASS.search(words)):
                continue
            minutes = round(amount(match))
            if 0 < minutes <= MOST_MINUTES:
                yield minutes


def minutes_said(field: int | None, subject: str, body: str) -> tuple[int | None, str]:
    """Return the minutes that a ticket tells and where from: its field first, then its words."""
    if field is not None:
        return field, Ticket.MinutesOrigin.FIELD.value
    said = [minutes for text in (subject, body) if (minutes := minutes_in(text)) is not None]
    return (max(said), Ticket.MinutesOrigin.WORDS.value) if said else (None, "")
