"""What teachers keep in their closets, and what they packed for one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from profiles.models import Practice, Skill

from .ground import Ground
from .people import Person

#: What somebody packed: the skill it shows, and their own words.
PACKED: tuple[tuple[str, str], ...] = (
    ("Exit tickets", "Two questions at the door, read before the next class"),
    ("Grade sync", "Friday at two: sync, look at the log, done"),
    ("Quick quizzes", "Quizzes that sort my groups for the next day"),
    ("Messages home", "One good message a day, from a list"),
    ("Newcomers on the same text", "Same article, three reading levels"),
    ("Chromebook carts", "Carts out and logged in within four minutes"),
    ("Rubrics", "Four lines, and students grade a sample first"),
    ("Captions", "Captions on by themselves in every video I show"),
    ("iPads in small hands", "Guided access for the little ones"),
    ("Charts for students", "Lab data into a chart before the bell"),
    ("A calm inbox", "Mail twice a day, with three folders"),
    ("Checking sources", "Two tabs: the claim and who says so"),
)
#: What the teacher who is printed keeps.
KEPT = ("Document camera", "Student work under the camera, first thing each Monday")


def make_closets(ground: Ground, people: Sequence[Person], skills: Mapping[str, Skill]) -> None:
    """Hang something into a dozen closets and one; packed things are of people of many schools."""
    rng = ground.rng("closets")
    rosa = next(person for person in people if person.is_rosa)
    others = [person for person in people if not person.is_rosa]
    chosen = rng.choice(len(others), size=len(PACKED), replace=False)
    rows = [
        Practice(
            teacher=others[int(number)].row,
            skill=skills[skill],
            words=words,
            state=Practice.State.PACKED,
            since_at=ground.midnight - timedelta(days=int(rng.integers(5, 120))),
        )
        for number, (skill, words) in zip(chosen, PACKED, strict=True)
    ]
    skill, words = KEPT
    rows.append(
        Practice(
            teacher=rosa.row,
            skill=skills[skill],
            words=words,
            state=Practice.State.KEPT,
            since_at=ground.midnight - timedelta(days=33),
        )
    )
    Practice.objects.bulk_create(rows)
