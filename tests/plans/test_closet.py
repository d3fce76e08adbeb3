"""What hangs in a closet shapes the path: picked up asks for more, kept for less."""

from __future__ import annotations

from pdplanner.plans.operations import rebuild_plans
from pdplanner.plans.queries import read_facts
from pdplanner.plans.queries.paths import path_of
from pdplanner.recommender.facts import Answer
from profiles.closet.operations import adopt, keep, let_go, pack, pick_up

from .conftest import at
from .test_paths import NOW, TODAY


def test_a_practice_that_was_picked_up_puts_its_session_on_the_path(
    new_teacher, mentor_teacher, term, screen_sharing, add_session
):
    add_session("Mirror anything", screen_sharing)
    rebuild_plans(as_of=TODAY, now=NOW)
    assert path_of(new_teacher, now=NOW).steps == ()
    theirs = keep(teacher=mentor_teacher, skill=screen_sharing, words="Mirror it", now=at(TODAY, 8))
    pack(practice=theirs, packs=True, now=at(TODAY, 8))
    picked = pick_up(teacher=new_teacher, practice=theirs, now=at(TODAY, 9))
    answers = {
        Answer(mentor_teacher.pk, screen_sharing.pk, "still-working", TODAY),
        Answer(new_teacher.pk, screen_sharing.pk, "picked-up", TODAY),
    }
    assert set(read_facts(as_of=TODAY).answers) == answers
    rebuild_plans(as_of=TODAY, now=NOW)
    (step,) = path_of(new_teacher, now=NOW).steps
    assert (step.course.title, step.reason.text) == (
        "Mirror anything",
        f"You picked up something about Screen sharing from a colleague on {TODAY.day} {TODAY:%B}.",
    )
    adopt(practice=picked, now=at(TODAY, 10))
    rebuild_plans(as_of=TODAY, now=NOW)
    assert path_of(new_teacher, now=NOW).steps == ()
    let_go(practice=picked, now=at(TODAY, 10))
    assert len(read_facts(as_of=TODAY).answers) == 1
