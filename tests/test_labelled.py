"""The labelled tickets that reading is measured on: enough, drawn the same each time."""

from __future__ import annotations

from collections import Counter

from benchmarks.labelled import PHRASINGS, labelled_tickets, phrasings
from pdplanner.sample import content
from profiles.tickets.training import FOLDS, folds_of

CATEGORIES = {skill.name: skill.category for skill in content.skills()}


def test_there_are_two_phrasings_of_ten_questions_for_each_skill():
    tickets = labelled_tickets(CATEGORIES)
    assert Counter(ticket.skill for ticket in tickets) == dict.fromkeys(CATEGORIES, 20)
    assert set(Counter(ticket.question for ticket in tickets).values()) == {len(PHRASINGS)}
    assert len({ticket.template for ticket in tickets}) == len(tickets) == 1320
    written = [row for file in PHRASINGS for rows in phrasings(file).values() for row in rows]
    assert len(set(written)) == len(written)


def test_they_are_drawn_the_same_each_time_and_leave_no_gap():
    tickets = labelled_tickets(CATEGORIES)
    assert tickets == labelled_tickets(CATEGORIES)
    assert tickets != labelled_tickets(CATEGORIES, seed=2)
    texts = [f"{ticket.subject} {ticket.body}" for ticket in tickets]
    assert not [text for text in texts if "{" in text or "}" in text]


def test_few_name_their_skill_and_help_desks_file_some_wrong():
    tickets = labelled_tickets(CATEGORIES)
    named = [
        one for one in tickets if one.skill.casefold() in f"{one.subject} {one.body}".casefold()
    ]
    assert len(named) < len(tickets) * 0.06
    right = [ticket for ticket in tickets if ticket.category == CATEGORIES[ticket.skill]]
    assert 0.5 < len(right) / len(tickets) < 0.75


def test_folds_hold_each_question_whole():
    tickets = labelled_tickets(CATEGORIES)
    folds = folds_of([ticket.question for ticket in tickets]).tolist()
    pairs = {(ticket.question, fold) for ticket, fold in zip(tickets, folds, strict=True)}
    assert (len(pairs), set(folds)) == (660, set(range(FOLDS)))
