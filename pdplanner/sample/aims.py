"""What some of the sample's sessions are for, as their authors would say it: from students back."""

from __future__ import annotations

#: Session -> the fields of its page.
AIMS: dict[str, dict[str, str]] = {
    "coding-first": {
        "for_students": "They find a mistake in ten blocks themselves and say what it was.",
        "in_use": "One lesson a unit in which students build something in your subject.",
        "support_needed": "A cart for one double lesson, and a colleague who has done it once.",
        "should_feel": "I can stand in front of this without knowing every answer.",
    },
    "gradebook-sync": {
        "for_students": "They see marks the day after, so they ask about them while it matters.",
        "in_use": "Marks go over once a week, and nobody types them twice.",
        "support_needed": "Sync rights for the class, and half an hour when the term begins.",
        "should_feel": "That was one thing less on my list.",
    },
    "feedback-opened": {
        "for_students": "They open a comment, change one thing, and hand it in again.",
        "in_use": "Two comments a piece of work, and a lesson in which they are used.",
        "support_needed": "Time in class for the second try.",
        "should_feel": "My evenings got shorter.",
    },
    "quiz-live": {
        "for_students": "They hear within the lesson what they have not understood yet.",
        "in_use": "Three questions in the middle of a lesson, and what follows depends on them.",
        "support_needed": "Devices in the room that are charged.",
        "should_feel": "I want to try this tomorrow.",
    },
    "report-cards-calm": {
        "for_students": "Their families read something about them, not about a template.",
        "in_use": "Comments begun two weeks before the date.",
        "support_needed": "The dates, early; and nobody who changes the form in the last week.",
        "should_feel": "It can be done without a lost weekend.",
    },
}
