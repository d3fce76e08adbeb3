"""What a mail says: each notice turned into a headline, a few lines and a link."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from courses.models import (
    Claim,
    Enrolment,
    EnrolmentEvent,
    Evaluation,
    HandIn,
    Offering,
    parts_of,
)
from courses.models.evaluations import CLOSES_AFTER, Moment
from courses.queries.calendars import page_address
from profiles.models import Notice, Practice
from profiles.notices import INVITATION, Letter
from profiles.queries import the_district

from ..models import CoachRequest, PlanVersion
from ..wording import causes_words, clock_words, moment_words, part_words, run_words
from .paths import changes_of


@dataclass(frozen=True, slots=True)
class News:
    """One thing that a mail tells."""

    title: str
    lines: tuple[str, ...]
    link_words: str
    address: str


def news_of(letter: Letter, *, now: datetime) -> tuple[News, ...]:
    """Return what there is to tell; what concerns something gone or over since is left out."""
    zone = the_district().zone
    told: list[News] = []
    kinds = dict.fromkeys(notice.kind for notice in letter.notices)
    if len(kinds) > 1:
        kinds.pop(INVITATION, None)  # it goes with the word on the same run, which says it all
    for kind in kinds:
        notices = [notice for notice in letter.notices if notice.kind == kind]
        if kind in _OF_THE_DAY:
            told += _OF_THE_DAY[kind](notices, zone, now)
        else:
            told += _TELL[kind](notices, zone)
    return tuple(told)


def _path_changed(notices: Iterable[Notice], zone: ZoneInfo) -> Iterable[News]:
    """All changes since the last mail under one headline, oldest first."""
    versions = PlanVersion.objects.filter(
        pk__in=[notice.facts["version"] for notice in notices]
    ).order_by("number")
    lines: dict[str, None] = {}
    first = False
    for version in versions:
        first |= version.number == 1
        if why := causes_words(version.causes) if version.number > 1 else "":
            lines[f"Because of this: {why}."] = None
        lines |= dict.fromkeys(change.text for change in changes_of(version))
    if versions and (lines or first):
        title = "Your path is ready" if first else "Your path changed"
        yield News(title, tuple(lines), "See your path", _address("plans:path"))


def _coach_asked(notices: Iterable[Notice], zone: ZoneInfo) -> Iterable[News]:
    for request in CoachRequest.objects.filter(
        pk__in=[notice.facts["request"] for notice in notices], closed_at=None
    ).select_related("teacher", "course"):
        yield News(
            f"{request.teacher} would like a coach",
            (f"To walk through “{request.course.title}” together.",),
            "See who asks",
            _address("coach-requests"),
        )


def _picked_up(notices: Iterable[Notice], zone: ZoneInfo) -> Iterable[News]:
    """A colleague would like to see what was packed."""
    for picked in Practice.objects.filter(
        pk__in=[notice.facts["practice"] for notice in notices],
        ended_at=None,
        state=Practice.State.PICKED,
    ).select_related("teacher__main_school"):
        where = f" of {picked.teacher.main_school}" if picked.teacher.main_school else ""
        reach = f" Write to {picked.teacher.email}." if picked.teacher.email else ""
        yield News(
            f"{picked.teacher} would like to see what you do",
            (f"{picked.teacher}{where} picked up “{picked}”.{reach}",),
            "See your closet",
            _address("profiles:closet"),
        )


def _claim_answered(notices: Iterable[Notice], zone: ZoneInfo) -> Iterable[News]:
    """What came of something learned elsewhere, as it stands by now."""
    for claim in Claim.objects.filter(
        pk__in=[notice.facts["claim"] for notice in notices],
        state__in=(Claim.State.APPROVED, Claim.State.RETURNED),
    ).select_related("course"):
        is_back = claim.state == Claim.State.RETURNED
        said = [f"It counts as “{claim.course.title}”."] if claim.course is not None else []
        yield News(
            f"{'Sent back' if is_back else 'Approved'}: {claim.title}",
            (*said, *([claim.reason] if claim.reason else [])),
            "Mend it and send it again" if is_back else "See your record",
            _address("courses:claim", claim.pk) if is_back else _address("courses:record"),
        )


def _task_answered(notices: Iterable[Notice], zone: ZoneInfo) -> Iterable[News]:
    """What a coach said to a task, as it stands by now."""
    for task in (
        HandIn.objects.filter(pk__in=[notice.facts["task"] for notice in notices])
        .exclude(state=HandIn.State.SENT)
        .select_related("course")
    ):
        is_back = task.state == HandIn.State.RETURNED
        yield News(
            f"Your task is {'sent back' if is_back else 'accepted'}: {task.course.title}",
            (task.reason,) if task.reason else (),
            "See the task" if is_back else "See the session",
            page_address(task.course),
        )


def _run_soon(notices: Iterable[Notice], zone: ZoneInfo, now: datetime) -> Iterable[News]:
    """The dates that come up, under one headline, for seats that are still held."""
    rows = Enrolment.objects.filter(
        pk__in=[notice.facts["enrolment"] for notice in notices],
        state=Enrolment.State.SEATED,
        offering__is_cancelled=False,
    ).select_related("offering__school", "course")
    seats = {row.pk: row for row in rows.prefetch_related("offering__parts")}
    found = []
    for notice in notices:
        row = seats.get(notice.facts["enrolment"])
        if row is None or row.offering is None:
            continue
        for part in parts_of(row.offering):
            # Named by its start: a date that has moved since has its own line, or none.
            if part.starts_at.isoformat() == notice.facts["starts_at"] and part.starts_at > now:
                found.append((part, row.course.title))
    if found:
        found.sort(key=lambda one: one[0].starts_at)
        yield News(
            f"Coming up: {found[0][1]}" if len(found) == 1 else "Coming up",
            tuple(f"{title}: {part_words(part, zone)}" for part, title in found),
            "See your calendar",
            _address("courses:calendar"),
        )


def _seat_waits(notices: Iterable[Notice], zone: ZoneInfo, now: datetime) -> Iterable[News]:
    """Offers that are still open."""
    for row in Enrolment.objects.filter(
        pk__in=[notice.facts["enrolment"] for notice in notices],
        state=Enrolment.State.OFFERED,
        offered_until_at__gt=now,
    ).select_related("offering__school", "course"):
        if row.offering is not None and row.offered_until_at is not None:
            yield News(
                f"A seat waits for your answer: {row.course.title}",
                (run_words(row.offering, zone), kept_words(row.offered_until_at, zone)),
                "Answer",
                page_address(row.course),
            )


def _evaluation(notices: Iterable[Notice], zone: ZoneInfo, now: datetime) -> Iterable[News]:
    """Sessions that are over, and how they went: one headline for each of the two questions."""
    rows = Evaluation.objects.filter(
        pk__in=[notice.facts["evaluation"] for notice in notices],
        answered_at=None,
        skipped_at=None,
        asked_at__gt=now - CLOSES_AFTER,
    ).select_related("course")
    for moment, one, several in (
        (Moment.CLOSE, "How was “{}”?", "How were they?"),
        (Moment.LATER, "Is “{}” still working?", "Are they still working?"),
    ):
        asked = [row for row in rows if row.moment == moment]
        if len(asked) == 1:
            lines = ["About a minute. Nobody sees who said what."]
            address = _address("courses:evaluation", asked[0].pk)
            yield News(one.format(asked[0].course.title), tuple(lines), "Tell us", address)
        elif asked:
            lines = [row.course.title for row in asked]
            address = _address("courses:record") + "#asked"
            yield News(several, tuple(lines), "Tell us", address)


def _invitation(notices: Iterable[Notice], zone: ZoneInfo) -> Iterable[News]:
    """A calendar's part that goes alone: somebody took a seat, or gave it back."""
    for notice in notices:
        run = Offering.objects.filter(pk=notice.facts["offering"]).select_related("course").first()
        if run is None:
            continue
        title = "You have a seat: {}" if notice.facts["is_first"] else "New time or place: {}"
        lines = [
            moment_words(datetime.fromisoformat(starts_at).astimezone(zone), place)
            for _, starts_at, _, place in notice.facts["parts"]
        ]
        if notice.facts["method"] == "CANCEL":
            title = "Out of your calendar: {}"
        else:
            lines.append("Open the invitation in this mail to have it in your calendar.")
        yield News(
            title.format(run.course.title),
            tuple(lines),
            "See the session",
            page_address(run.course),
        )


More = Callable[[Notice, ZoneInfo], str]


def _of_run(
    title: str, *, more: More | None = None, at_desk: bool = False
) -> Callable[[Iterable[Notice], ZoneInfo], Iterable[News]]:
    """Tell about a run: which session, when, where, and what `more` there is to say."""

    def tell(notices: Iterable[Notice], zone: ZoneInfo) -> Iterable[News]:
        for notice in notices:
            run = (
                Offering.objects.filter(pk=notice.facts["offering"])
                .select_related("course", "school")
                .first()
            )
            if run is not None:
                said = more(notice, zone) if more else ""
                yield News(
                    title.format(run.course.title),
                    (run_words(run, zone), said) if said else (run_words(run, zone),),
                    "See who comes" if at_desk else "See the session",
                    _address("desk:run", run.pk) if at_desk else page_address(run.course),
                )

    return tell


def _why(notice: Notice, zone: ZoneInfo) -> str:
    """The reason that was given with the last change of the seat."""
    lines = EnrolmentEvent.objects.filter(enrolment=notice.facts.get("enrolment"))
    last = lines.order_by("happened_at", "pk").last()
    return last.why if last is not None else ""


def _until(notice: Notice, zone: ZoneInfo) -> str:
    """How long a seat is kept for whoever it is offered to."""
    row = Enrolment.objects.filter(pk=notice.facts.get("enrolment")).first()
    return kept_words(row.offered_until_at, zone) if row and row.offered_until_at else ""


def kept_words(until_at: datetime, zone: ZoneInfo) -> str:
    """Return until when a seat is kept."""
    until = until_at.astimezone(zone)
    return f"It is kept for you until {until:%A} {until.day} {until:%B}, {clock_words(until)}."


def _address(name: str, *args: object) -> str:
    return settings.WAGTAILADMIN_BASE_URL + reverse(name, args=args)


_TELL: dict[str, Callable[[Iterable[Notice], ZoneInfo], Iterable[News]]] = {
    "path-changed": _path_changed,
    "coach-asked": _coach_asked,
    "picked-up": _picked_up,
    "claim-answered": _claim_answered,
    "task-answered": _task_answered,
    "seat-free": _of_run("You have a seat: {}"),
    "seat-offered": _of_run("A seat is offered to you: {}", more=_until),
    "offer-passed": _of_run("The seat went on to the next in line: {}"),
    "seat-refused": _of_run("No seat for you this time: {}", more=_why),
    "seat-taken-back": _of_run("You no longer have a seat: {}", more=_why),
    "seat-asked": _of_run("Somebody asks for a seat: {}", at_desk=True),
    "seat-to-give": _of_run("A seat is free to give: {}", at_desk=True),
    "go-no-go": _of_run("Does it take place? {}", at_desk=True),
    "run-moved": _of_run("New time or place: {}"),
    "run-cancelled": _of_run("Called off: {}", more=_why),
    "invitation": _invitation,
}
_OF_THE_DAY: dict[str, Callable[[Iterable[Notice], ZoneInfo, datetime], Iterable[News]]] = {
    "run-soon": _run_soon,
    "seat-waits": _seat_waits,
    "evaluation": _evaluation,
}
