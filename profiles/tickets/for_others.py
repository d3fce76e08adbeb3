"""Tells tickets about shared things and about other people from those about one's own teaching.

Shared is what many use (a cart, the library's computers, a room by its number, the copier); others
are whoever somebody asks for ("our team", "on behalf of"). Such a ticket says nothing of what its
sender should learn. In doubt it is the sender's own: one word of their own class, lesson or screen,
or a question of their own ("how do I"), and it counts as theirs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from .reading import TAG, words_of

#: What a ticket is about stands at its start.
MOST_CHARACTERS = 4_000

DEVICE = (
    r"(?:projectors?|panels?|(?:smart|white)?\s?boards?|tvs?|displays?|screens?|printers?|copiers?"
    r"|computers?|pcs?|macs?|machines?|stations?|laptops?|chromebooks?|i?pads?|tablets?|speakers?"
    r"|sound\ssystem|mics?|microphones?|kiosks?|doc(?:ument)?\scam(?:era)?s?|phones?|devices?)"
)
PLACE = (
    r"(?:library|hallway|(?:front|main|school)\soffice|staff\s?room|staff\slounge|lounge|work\s?room"
    r"|copy\sroom|conference\sroom|auditorium|cafeteria|gym(?:nasium)?|lobby|multi-?purpose\sroom)"
)
STAFF = r"(?:teachers|staff|colleagues|co-?workers|subs|substitutes|paras|aides)"
PERSON = (
    r"(?:colleague|co-?worker|teacher|sub|substitute|para(?:professional)?|aide|team|department)"
)
ASKS = (
    r"(?:can'?t|can\s?not|needs?|wants?|asked|asks|has|would\slike|doesn'?t|does\snot|forgot|lost"
    r"|is\s(?:having|unable|not\sable|asking|trying|locked|stuck|new|missing))"
)
WHOLE = r"(?:team|department|dept|grade\slevel|plc|wing|hallway|floor|staff|building)"

#: Words, and what is looked for where one of them stands: most tickets are read no further.
RULES = (
    ("cart", r"(?<!shopping\s)(?<!to\s)(?<!my\s)(?<!own\s)\bcarts?\b(?!\s+page)"),
    (
        "lab",
        rf"\b(?:computer|mac|stem|media|chromebook|pc|tech|language|writing)\s+labs?\b"
        rf"|\blabs?\s+(?:{DEVICE}\b|\d)",
    ),
    (
        "makerspace maker common media library",
        r"\bmaker\s?space\b|\blearning\s+commons\b|\bmedia\s+cent(?:er|re)\b"
        r"|\b(?:at|in|of)\s+(?:the|our)\s+(?:school\s+)?library\b(?!\s+of)",
    ),
    (
        "library hallway office staffroom lounge workroom copy conference auditorium cafeteria gym"
        " gymnasium lobby staff multipurpose",
        rf"\b{PLACE}(?:'s)?\s+{DEVICE}\b"
        rf"|\b{DEVICE}\s+(?:\w+\s+)?(?:at|by|in|on|of|outside)\s+(?:the|our)\s+(?:\w+\s+)?{PLACE}\b",
    ),
    (
        "room rm",
        rf"\b(?:room|rm\.?)\s*\#?\s*[a-z]?\d+[a-z]?(?:'s)?\s+{DEVICE}\b"
        rf"|\b{DEVICE}\s+(?:[\w']+\s+){{0,3}}?(?:in|of|for)\s+(?:room|rm\.?)\s*\#?\s*[a-z]?\d",
    ),
    ("shared loaner checkout", rf"\bshared\s+{DEVICE}\b|\bloaners?\b|\bcheckout\s+{DEVICE}\b"),
    ("copier copy", r"\bthe\s+copier\b|\bcopy\s+machine\b"),
    (
        "whole entire",
        rf"\b(?:our|the)\s+(?:whole|entire)\s+(?:[\w-]+\s+)?(?:{WHOLE}|school|grade)\b",
    ),
    (
        "team department dept plc wing hallway floor staff building level",
        rf"\bour\s+(?:[\w-]+\s+)?{WHOLE}\s+{ASKS}\b",
    ),
    (
        "teacher staff colleague coworker worker sub substitute para aide",
        rf"\b(?:all|several|some|many|most|other|few|couple)\s+(?:of\s+)?(?:our\s+|the\s+|my\s+)?"
        rf"(?:[\w-]+\s+){{0,2}}?{STAFF}\b",
    ),
    (
        "colleague coworker worker teacher sub substitute para paraprofessional aide team"
        " department",
        rf"\b(?:an?|another|our|the)\s+(?:[\w-]+\s+)?{PERSON}\s+(?:\w+\s+){{0,3}}?{ASKS}\b",
    ),
    (
        "colleague coworker worker teacher sub substitute para paraprofessional aide team"
        " department mr mrs ms miss dr",
        rf"\b(?:asking|writing|ticket|request|requesting|submitting|putting|in)\s+(?:this\s+)?"
        rf"(?:in\s+)?for\s+(?:an?\s+|another\s+|the\s+|our\s+)?(?:new\s+|[\w-]+\s+grade\s+)?"
        rf"(?:{PERSON}|mrs?|ms|miss|dr)\b",
    ),
    (
        "mr mrs ms miss dr coach",
        rf"\b(?:mrs?|ms|miss|dr|coach)\b\.?\s+[\w'-]+\s+(?:\w+ly\s+)?{ASKS}\b",
    ),
)
#: Whoever says so asks for somebody else, whatever else they say.
BEHALF = re.compile(r"\bon behalf of (?!(?:all )?(?:of )?my(?:self)?\b)")
ASSET = re.compile(
    r"\b(?:carts?|labs?|library|shared|loaners?|commons|media cent(?:er|re)|maker ?space|lobby"
    rf"|check-?out|{PLACE})\b"
)

OWN = re.compile(
    r"""
    \bmy\s+(?:own\s+)?(?!(?:team|department|colleague|co-?worker|principal|hallway)s?\b)[\w'-]+
    | \b(?:how|where|what|which|when|can|could|may|should|would)
      \s+(?:do\s+|can\s+|could\s+|would\s+|should\s+|might\s+)?(?:i|we|us)\b
    | \bi(?:'m|\s+am)\s+(?:trying|not\s+sure|unsure|stuck|planning|teaching|using|new\s+to)\b
    | \bi(?:'d)?\s+(?:want|need|like|would\s+like|have)\s+to\s+(?!report|ask|request|log|submit|let)
    | \bi\s+(?:don't|do\s+not|can't|can\s?not|couldn't)\s+(?:know|understand|remember|see|find
      |figure|get|make|share|seem|open)\b
    | \bi\s+(?:teach|have|would|just|was|tried)\b | \b(?:show|teach|walk)\s+me\b | \bmyself\b
    """,
    re.VERBOSE,
)

BY_WORD: dict[str, list[re.Pattern[str]]] = defaultdict(list)
for words, rule in RULES:
    for word in words_of(words):
        BY_WORD[word].append(re.compile(rule))
TELLING = frozenset(BY_WORD) | {"behalf"}
#: Everybody has a room; only a number makes one of these words tell anything.
ROOMS = frozenset(("room", "rm"))
NUMBERED = re.compile(r"\br(?:oo)?m\.?\s*#?\s*[a-z]?\d", re.IGNORECASE)


def is_for_others(subject: str, body: str, words: Sequence[str], asset: str = "") -> bool:
    """Return whether a ticket with these words is about something shared or somebody else, and
    about nothing of its sender's own."""
    is_shared = bool(asset) and ASSET.search(asset.casefold()) is not None
    found = TELLING.intersection(words)
    if found & ROOMS and not (NUMBERED.search(subject) or NUMBERED.search(body)):
        found -= ROOMS
    if not found and not is_shared:
        return False
    text = plain(f"{subject}\n{body[:MOST_CHARACTERS]}")
    if "behalf" in found and BEHALF.search(text):
        return True
    is_told = is_shared or any(
        rule.search(text) for word in found for rule in BY_WORD.get(word, ())
    )
    return is_told and OWN.search(text) is None


def plain(text: str) -> str:
    """Return a text as the rules read it: small letters, straight quotes, no tags."""
    text = TAG.sub(" ", text) if "<" in text else text
    return text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
