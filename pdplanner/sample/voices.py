"""What teachers said: goals, corrections, answers to steps, and asks for a coach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from courses.models import CoursePage
from pdplanner.plans.models import CoachRequest, StepAnswer
from profiles.models import Goal, Skill, SkillAnswer, Ticket, User

from . import content
from .ground import Ground
from .history import suits
from .people import Person

#: Goals in teachers' own words: what they wrote, the skills it comes down to, kinds of school.
GOALS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("Fewer evenings spent grading", ("Quick quizzes", "Rubrics"), ()),
    ("Feedback my students actually use", ("Feedback that gets read",), ()),
    ("Know at the end of the hour who got it", ("Exit tickets",), ()),
    ("Families who hear from me before there is a problem", ("Messages home",), ()),
    (
        "My three newcomers should not sit there with a coloring page",
        ("Newcomers on the same text", "Translating class materials"),
        (),
    ),
    (
        "Get the weaker readers into the same article as everyone else",
        ("Read-aloud", "Different work for different groups"),
        (),
    ),
    (
        "Stop carrying papers home",
        ("Assigning and collecting work", "Marking up a PDF"),
        ("middle", "high", "k8"),
    ),
    ("Report cards without the panic", ("Report cards", "Report comments"), ()),
    (
        "Chromebooks out and working in under five minutes",
        ("Chromebook carts", "Student sign-in"),
        (),
    ),
    (
        "A course page that answers the questions before they are asked",
        ("Course pages",),
        ("high",),
    ),
    ("Better group work on shared documents", ("Writing together online",), ()),
    (
        "Find out what AI is good for, and what it is not",
        ("Planning with AI",),
        ("middle", "high", "k8"),
    ),
    ("Essays that are still theirs", ("AI and students’ own work",), ("middle", "high")),
    ("Use the test results for something", ("Reading test results",), ()),
    (
        "Let them show what they know without writing a page",
        ("Students make videos", "Portfolios"),
        ("elementary", "k8"),
    ),
    ("Record the lesson for those who were out sick", ("Short lesson videos",), ()),
    ("Inbox under control by four o’clock", ("A calm inbox",), ()),
    (
        "Make my slides readable for everybody",
        ("Slides that work from the back row", "Documents everyone can read"),
        (),
    ),
    (
        "Students who check before they share",
        ("Checking sources", "Digital citizenship"),
        ("middle", "high", "k8"),
    ),
    ("Use the iPads for more than games", ("iPads in small hands",), ("elementary", "k8")),
    (
        "Labs where we look at the data and not at the cables",
        ("Measuring in science", "Charts for students"),
        ("middle", "high"),
    ),
    ("Try some coding before winter break", ("First steps in coding",), ()),
    ("Get the quiet ones to speak up", ("Discussion online",), ("middle", "high", "k8")),
    ("Captions on everything I show", ("Captions",), ()),
)
#: What the printed teacher wrote, and when: as shares of the school days so far.
ROSAS_GOALS = (
    ("Newcomers working on the same text as everyone else", "Newcomers on the same text", 0.12),
    ("Know at the end of the hour who got it", "Exit tickets", 0.6),
)
#: What a teacher wrote when asking for a coach.
ASKED = (
    "Could we do this once with my second period?",
    "I tried it and got stuck at the second step.",
    "Tuesday prep would be good, room 114.",
    "",
    "I would rather see it in a class that looks like mine.",
    "Before report cards close, if you can.",
    "",
    "With the new display, please: I have not touched it yet.",
)
OUTCOMES = (
    "Walked through it in prep, works now.",
    "Set up for one class, the others follow next week.",
    "Taught the lesson together on Thursday.",
)


def make_voices(
    ground: Ground,
    people: Sequence[Person],
    pages: Mapping[str, CoursePage],
    skills: Mapping[str, Skill],
    coaches: Sequence[User],
) -> None:
    """Store what teachers said."""
    _make_goals(ground, people, skills)
    fitted = [person for person in people if person.row.fitted_at]
    _make_corrections(ground, fitted, skills)
    _make_answers(ground, fitted, pages)
    _make_requests(ground, fitted, pages, coaches)


def _make_goals(ground: Ground, people: Sequence[Person], skills: Mapping[str, Skill]) -> None:
    rng = ground.rng("goals")
    goals: list[Goal] = []
    wanted: list[tuple[str, ...]] = []
    for person in people:
        if person.is_rosa:
            past = ground.school_days(ground.present.start_date, ground.today)
            for words, name, share in ROSAS_GOALS:
                day = past[int(len(past) * share)] if past else ground.today - timedelta(days=1)
                goals.append(Goal(teacher=person.row, words=words, set_at=ground.at(day, 16, 5)))
                wanted.append((name,))
            continue
        if not person.row.fitted_at:
            continue
        fitting = [goal for goal in GOALS if not goal[2] or person.kind in goal[2]]
        for number in rng.choice(
            len(fitting), size=int(rng.choice([0, 1, 2], p=[0.25, 0.5, 0.25])), replace=False
        ):
            words, names, _ = fitting[int(number)]
            goals.append(Goal(teacher=person.row, words=words, set_at=person.row.fitted_at))
            wanted.append(names)
    Goal.objects.bulk_create(goals)
    through = Goal.skills.through
    through.objects.bulk_create(
        through(goal=goal, skill=skills[name])
        for goal, names in zip(goals, wanted, strict=True)
        for name in names
    )


def _make_corrections(
    ground: Ground, people: Sequence[Person], skills: Mapping[str, Skill]
) -> None:
    """A few said that a skill is not about them, or is known; a few tickets are hidden."""
    rng = ground.rng("corrections")
    names = [skill.name for skill in content.skills()]
    rows = []
    for person in people:
        if rng.random() < 0.08:
            rows.append(
                SkillAnswer(
                    teacher=person.row,
                    skill=skills[names[int(rng.integers(len(names)))]],
                    answer=rng.choice(SkillAnswer.Answer.values),
                    answered_at=ground.midnight - timedelta(days=int(rng.integers(2, 60))),
                )
            )
    SkillAnswer.objects.bulk_create(rows)
    teachers = [person.row for person in people]
    tickets = list(Ticket.objects.filter(teacher__in=teachers).order_by("opened_at", "id")[::97])
    for ticket in tickets:
        ticket.hidden_at = min(ticket.opened_at + timedelta(days=9), ground.midnight)
    Ticket.objects.bulk_update(tickets, ["hidden_at"])


def _make_answers(
    ground: Ground, people: Sequence[Person], pages: Mapping[str, CoursePage]
) -> None:
    """What teachers answered to sessions on their path."""
    rng = ground.rng("answers to steps")
    rows = []
    for person in people:
        texts = [
            text
            for text in content.sessions()
            if suits(person, text) and text.key not in person.completed
        ]
        for number in rng.choice(len(texts), size=min(len(texts), rng.poisson(0.7)), replace=False):
            answer = str(rng.choice(StepAnswer.Answer.values, p=[0.6, 0.15, 0.25]))
            why = rng.choice(StepAnswer.Why.values, p=[0.3, 0.25, 0.2, 0.15, 0.1])
            rows.append(
                StepAnswer(
                    teacher=person.row,
                    course=pages[texts[int(number)].key],
                    answer=answer,
                    why=str(why) if answer == StepAnswer.Answer.NOT_A_FIT else "",
                    answered_at=ground.midnight - timedelta(days=int(rng.integers(1, 30))),
                )
            )
    StepAnswer.objects.bulk_create(rows)


def _make_requests(
    ground: Ground,
    people: Sequence[Person],
    pages: Mapping[str, CoursePage],
    coaches: Sequence[User],
) -> None:
    """Asks for a coach: eight open, some closed."""
    rng = ground.rng("requests")
    rows = []
    chosen = rng.choice(len(people), size=min(20, len(people)), replace=False)
    for place, number in enumerate(chosen):
        person = people[int(number)]
        texts = [
            text
            for text in content.sessions()
            if suits(person, text) and text.key not in person.completed
        ]
        text = texts[int(rng.integers(len(texts)))]
        is_open = place < len(ASKED)
        days = int(rng.integers(1, 12)) if is_open else int(rng.integers(20, 70))
        asked_at = ground.midnight - timedelta(days=days, hours=9)
        rows.append(
            CoachRequest(
                teacher=person.row,
                course=pages[text.key],
                words=ASKED[place % len(ASKED)],
                asked_at=asked_at,
                closed_at=None if is_open else asked_at + timedelta(days=int(rng.integers(2, 9))),
                closed_by=None if is_open else coaches[place % len(coaches)],
                outcome="" if is_open else OUTCOMES[place % len(OUTCOMES)],
            )
        )
    CoachRequest.objects.bulk_create(rows)
