"""What teachers learned elsewhere, tasks they handed in, and a run that is on today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from courses.models import CoursePage, Enrolment, EnrolmentEvent, HandIn, Offering, OfferingPart
from courses.operations import approve_claim, hand_in, return_claim, return_task, send_claim
from profiles.models import Notice, User

from .catalogue import uid_of
from .ground import SOURCE, Ground
from .people import Person

#: The session whose rule asks for a task besides a coach's word.
TASKED = "lead-a-walk-through"
#: What it was, who held it, days ago, minutes, and what became of it.
CLAIMS = (
    ("State conference on digital learning", "State department of education", 41, 720, "approved"),
    ("Teaching fractions with manipulatives", "Lakeside University", 66, 360, "approved"),
    ("Mental health first aid for schools", "County health services", 23, 480, "sent"),
    ("Reading workshop, summer week", "Lakeside University", 118, 1800, "sent"),
    ("Safety in the science lab", "State science teachers", 12, 180, "sent"),
    ("Webinar: exit tickets", "A publisher", 30, 45, "returned"),
    ("Coding club leaders’ evening", "Public library", 9, 120, "sent"),
)
SENT_BACK = "The certificate shows no hours. Ask them for one that does, or give the program."
TASKS = (
    ("Everybody leaves with one rubric that they have tried on a paper of their own.", False),
    ("Twenty minutes in pairs with the shared drive, then what to keep. Slides to follow.", False),
    ("I will show my class page.", True),
)
TOO_SHORT = "What will they do themselves? Add that, and it is ready."
#: The run of today: whose session, when, how many come.
TODAYS, TODAYS_SEATS, TODAYS_PEOPLE = "display-first-lesson", 14, 11


def make_elsewhere(
    ground: Ground,
    people: Sequence[Person],
    pages: Mapping[str, CoursePage],
    coaches: Sequence[User],
    coordinator: User,
) -> None:
    """Store claims in every state, tasks on the coaches' desk, and a roster for the door."""
    rng = ground.rng("elsewhere")
    others = [person for person in people if not person.is_rosa]
    order = [others[int(number)] for number in rng.permutation(len(others))]
    _claims(ground, order[: len(CLAIMS)], coordinator)
    _tasks(ground, order[len(CLAIMS) :], pages[TASKED], coaches[0])
    _run_of_today(ground, order[len(CLAIMS) :], pages[TODAYS], coaches[0])
    # What was answered long ago is no news: nobody of the sample is written to about it.
    Notice.objects.filter(user__teacher__in=[person.row for person in order]).delete()


def _claims(ground: Ground, people: Sequence[Person], coordinator: User) -> None:
    for person, (title, provider, days, minutes, became) in zip(people, CLAIMS, strict=True):
        sent_at = ground.midnight - timedelta(days=max(days - 5, 1), hours=5)
        claim = send_claim(
            teacher=person.row,
            said={
                "title": title,
                "provider": provider,
                "held_date": ground.today - timedelta(days=days),
                "minutes": minutes,
                "words": "",
                "link": "https://certificates.example.org/shown",
            },
            evidence=None,
            by=person.row.user,
            now=sent_at,
        )
        answered_at = sent_at + timedelta(hours=20)
        if became == "approved":
            approve_claim(claim=claim, course=None, by=coordinator, now=answered_at)
        elif became == "returned":
            return_claim(claim=claim, why=SENT_BACK, by=coordinator, now=answered_at)


def _tasks(ground: Ground, people: Sequence[Person], page: CoursePage, coach: User) -> None:
    free = [person for person in people if TASKED not in person.completed]
    for days, person, (words, is_returned) in zip((6, 4, 9), free, TASKS, strict=False):
        at = ground.midnight - timedelta(days=days, hours=7)
        task: HandIn = hand_in(
            teacher=person.row, course=page, words=words, link="", by=person.row.user, now=at
        )
        if is_returned:
            return_task(task=task, why=TOO_SHORT, by=coach, now=at + timedelta(days=1))


def _run_of_today(ground: Ground, people: Sequence[Person], page: CoursePage, coach: User) -> None:
    """A run this afternoon, for a look at the door: its people sit, nobody is marked."""
    starts_at = ground.at(ground.today, 15, 30)
    run = Offering(
        course=page,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=page.minutes or 60),
        place="Learning center",
        coach=coach,
        seats=TODAYS_SEATS,
        seats_taken=TODAYS_PEOPLE,
        next_position=TODAYS_PEOPLE + 1,
        source=SOURCE,
        external_id="run-today",
    )
    run.uid = uid_of(run)
    run.save()
    OfferingPart.objects.create(
        offering=run,
        number=1,
        starts_at=run.starts_at,
        ends_at=run.ends_at,
        place=run.place,
    )
    free = [person for person in people if TODAYS not in person.completed]
    for number, person in enumerate(free[:TODAYS_PEOPLE], start=1):
        seated_at = ground.midnight - timedelta(days=3 + number, hours=6)
        enrolment = Enrolment.objects.create(
            teacher=person.row,
            course=page,
            offering=run,
            state=Enrolment.State.SEATED,
            position=number,
            since_at=seated_at,
        )
        EnrolmentEvent.objects.create(
            enrolment=enrolment,
            state=Enrolment.State.SEATED,
            happened_at=seated_at,
            by=person.row.user,
        )
