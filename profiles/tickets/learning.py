"""Learning from what coaches sorted: at night, when something new was sorted, and never by halves.

It may be killed at any point and run twice: nothing is written before all is worked out, and
whoever comes second finds that there is nothing new.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Q, QuerySet

from ..models import Teacher, Ticket, TicketClassifier
from ..signals import tickets_changed
from .allowed import words_of_names
from .classifier import Classifier, newest_classifier, skills_as_told
from .cold_start import SkillWords
from .learned import NONE, told_by
from .reading import LEAST_SURE
from .repeating import mark_repeated

#: Fewer sorted tickets teach less than the skills' own words say already.
FEWEST = 20
#: The newest sorted tickets, so many at the most: it takes minutes, and memory stays bounded.
MOST = 20_000
#: What a category says of a ticket teaches a part of what a person's word does.
WEIGHT_OF_CATEGORY = 0.3
#: Earlier ones that are kept to look back at.
KEPT = 5
#: Tickets changed in one transaction: nobody waits for a long one.
AT_ONCE = 500
#: Tickets looked at in one query where few of them are touched.
LOOKED_AT_ONCE = 5_000
#: Its number, words, category, subcategory, skill and teacher.
Row = tuple[int, str, str, str, int | None, int]
PEOPLES_WORD = (Ticket.Origin.COACH, Ticket.Origin.TEACHER)


def sorted_tickets() -> QuerySet[Ticket]:
    """Return the tickets that may be learned from: a coach or the teacher said what they are
    about, or a coach that they are about no skill; nobody hid them or opted out.

    One whose skill was deleted since says nothing.
    """
    said = Q(skill_origin__in=PEOPLES_WORD, skill__isnull=False)
    left = Q(skill_origin="", skill=None, sorted_at__isnull=False)
    return _usable().filter(said | left)


def filed_tickets() -> QuerySet[Ticket]:
    """Return the tickets that a category told the skill of, and that may be learned from."""
    return _usable().filter(skill_origin=Ticket.Origin.CATEGORY, skill__isnull=False)


def _usable() -> QuerySet[Ticket]:
    return Ticket.objects.usable().exclude(words="")


def learn_from_sorting(*, now: datetime) -> TicketClassifier | None:
    """Learn from the sorted tickets and read the unsorted ones again; return what is new.

    None when nothing was sorted, hidden or renamed since the last time, or too little was sorted.
    """
    rows = _newest(sorted_tickets())
    skills = skills_as_told()
    if len(rows) < FEWEST or len(skills) < 2:
        # What was learned from people who took their tickets back counts no more.
        TicketClassifier.objects.all().delete()
        return None
    ground = _fingerprint(rows, skills)
    newest = TicketClassifier.objects.first()
    if newest is not None and newest.measures.get("ground") == ground:
        return None
    from .training import Example, train  # loads scikit-learn: takes long, and only here

    known = {skill.pk for skill in skills}
    examples = [
        Example(tuple(told_by(words, category, subcategory)), skill or NONE, teacher)
        for _, words, category, subcategory, skill, teacher in rows
        if skill is None or skill in known  # not one that came this minute
    ]
    examples += [
        # of the words alone: that the category is right was not said, but taken for granted
        Example(tuple(words.split()), skill, teacher, WEIGHT_OF_CATEGORY)
        for _, words, _, _, skill, teacher in _newest(filed_tickets())
        if skill in known
    ]
    learned, measures = train(examples, skills)
    told = {} if measures is None else measures._asdict()
    with transaction.atomic():
        made = TicketClassifier.objects.create(
            trained_at=now,
            tickets=len(rows),
            parameters=learned.to_bytes(),
            measures={**told, "ground": ground},
        )
        old = TicketClassifier.objects.values_list("pk", flat=True)[KEPT:]
        TicketClassifier.objects.filter(pk__in=list(old)).delete()
    return made


def read_unsorted_again() -> int:
    """Give the unsorted tickets the skill that is learned now; return how many got one.

    In small transactions, each of which tells whose tickets changed.
    """
    classifier = newest_classifier()
    if not classifier.is_learned:
        return 0
    count, last = 0, 0
    while True:
        open_to = Ticket.objects.unsorted().visible().exclude(words="").filter(pk__gt=last)
        told = open_to.order_by("pk").values_list("pk", "words", "category", "subcategory")
        rows = list(told[:AT_ONCE])
        if not rows:
            return count
        last = rows[-1][0]
        count += _read_again(rows, classifier)


def forget_names() -> int:
    """Take out of the words kept of tickets those that are somebody's name by now; return of how
    many tickets. One pass over all, in small transactions; again, it finds nothing."""
    names = words_of_names()
    gone, last = 0, 0
    while True:
        after = Ticket.objects.exclude(words="").filter(pk__gt=last).order_by("pk")
        rows = list(after.values_list("pk", "words")[:LOOKED_AT_ONCE])
        if not rows:
            return gone
        last = rows[-1][0]
        named = [pk for pk, words in rows if not names.isdisjoint(words.split())]
        for first in range(0, len(named), AT_ONCE):
            gone += _forget(names, named[first : first + AT_ONCE])


@transaction.atomic
def _forget(names: frozenset[str], pks: Sequence[int]) -> int:
    tickets = list(Ticket.objects.select_for_update().filter(pk__in=pks))
    for ticket in tickets:
        ticket.words = " ".join(word for word in ticket.words.split() if word not in names)
    return Ticket.objects.bulk_update(tickets, ["words"])


@transaction.atomic
def _read_again(rows: Sequence[tuple[int, str, str, str]], classifier: Classifier) -> int:
    """Give these tickets a skill where it is sure enough and nobody sorted them meanwhile."""
    guesses = classifier.likeliest([told_by(*told) for _, *told in rows])
    sure = {
        pk: guess for (pk, *_), guess in zip(rows, guesses, strict=True) if guess[1] >= LEAST_SURE
    }
    tickets = list(Ticket.objects.unsorted().select_for_update().filter(pk__in=sure))
    for ticket in tickets:
        ticket.skill_id, ticket.skill_confidence = sure[ticket.pk]
        ticket.skill_origin = Ticket.Origin.LEARNED
    Ticket.objects.bulk_update(tickets, ["skill", "skill_origin", "skill_confidence"])
    if teachers := sorted(ticket.teacher_id for ticket in tickets):
        mark_repeated(teachers=set(teachers))
        tickets_changed.send(
            sender=Ticket, teacher_ids=teachers, count=len(tickets), cause="learned"
        )
    return len(tickets)


def _newest(tickets: QuerySet[Ticket]) -> list[Row]:
    newest = tickets.order_by("-opened_at", "-pk")
    fields = ("pk", "words", "category", "subcategory", "skill_id", "teacher_id")
    return list(newest.values_list(*fields)[:MOST])


def _fingerprint(rows: Sequence[Row], skills: Sequence[SkillWords]) -> str:
    """Return a short name of what was sorted, of the skills' words and of who took their tickets
    back: the same for the same. What categories file each day alone is nothing new."""
    hidden = Ticket.objects.filter(hidden_at__isnull=False).order_by("pk")
    opted_out = Teacher.objects.filter(uses_tickets=False).order_by("pk")
    withheld = [list(found.values_list("pk", flat=True)) for found in (hidden, opted_out)]
    told = sha256()
    for part in (*sorted(rows), *skills, *withheld):
        told.update(repr(part).encode())
    return told.hexdigest()[:32]
