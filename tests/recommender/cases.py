"""One small district that each test changes as it needs."""

from dataclasses import replace
from datetime import date, timedelta

from pdplanner.recommender import (
    CalendarFacts,
    CourseFacts,
    Facts,
    OfferingFacts,
    TeacherFacts,
    TicketFacts,
)

AS_OF = date(2026, 9, 28)  # a Monday
CALENDAR = CalendarFacts(date(2026, 8, 24), date(2026, 12, 18), "Fall semester")

ANN = TeacherFacts("ann", school="north", schools=("north",), minutes_budget=360)
SYNC = CourseFacts("sync-live", "Grade sync", 45, "self-paced", effects={"sync": 0.4})
QUIZ = CourseFacts("quiz-card", "Quizzes", 20, "quick-card", effects={"quiz": 0.4})


def ask(number, skill="sync", teacher="ann", *, days_ago=None, **changes):
    days = number if days_ago is None else days_ago
    facts = TicketFacts(
        f"{teacher}-{skill}-{number}", teacher, skill, "how-to", AS_OF - timedelta(days=days), 20.0
    )
    return replace(facts, **changes)


ASKS = tuple(ask(number) for number in range(2, 8))


def run(course, day, *, name=None, slot="wed-after", seats=5, **changes):
    facts = OfferingFacts(
        name or f"{course}-{day}", course, day, day, 45, slot=slot, seats_left=seats
    )
    return replace(facts, **changes)


def facts_of(*, teachers=(ANN,), courses=(SYNC, QUIZ), tickets=ASKS, **changes):
    return replace(Facts(AS_OF, CALENDAR, tuple(teachers), tuple(courses), tickets), **changes)
