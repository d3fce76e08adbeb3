"""Practices are kept, packed, picked up and let go of, each by its own teacher."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from profiles.closet.operations import NotPacked, adopt, keep, let_go, pack, pick_up
from profiles.closet.queries import packed_for, practices_of
from profiles.models import Notice, Practice, SkillAnswer, User
from profiles.signals import profiles_changed

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.fixture
def packed(mentor_teacher, grade_sync) -> Practice:
    practice = keep(
        teacher=mentor_teacher, skill=grade_sync, words="Sync grades on Fridays", now=NOW
    )
    pack(practice=practice, packs=True, now=NOW)
    practice.refresh_from_db()
    return practice


@pytest.fixture
def told():
    """Collect whose path is owed anew: (teacher ids, cause)."""
    heard = []

    def hear(sender, teacher_ids, cause, **kwargs):
        heard.append((list(teacher_ids), cause))

    profiles_changed.connect(hear)
    yield heard
    profiles_changed.disconnect(hear)


def test_kept_twice_is_kept_once_and_owes_a_path_once(new_teacher, grade_sync, told):
    first = keep(teacher=new_teacher, skill=grade_sync, words="I sync weekly", now=NOW)
    assert keep(teacher=new_teacher, skill=grade_sync, words="I sync weekly", now=NOW) == first
    assert told == [([new_teacher.pk], "closet")]


def test_picked_up_is_told_to_who_packed_it_once(new_teacher, mentor_teacher, packed):
    User.objects.update(wants_digest=True)
    picked = pick_up(teacher=new_teacher, practice=packed, now=NOW)
    assert pick_up(teacher=new_teacher, practice=packed, now=NOW) == picked
    assert (picked.state, picked.words, picked.picked_from) == (
        "picked",
        "Sync grades on Fridays",
        packed,
    )
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.facts) == (
        mentor_teacher.user,
        "picked-up",
        {"practice": picked.pk},
    )
    assert [one.wanted_by for one in practices_of(mentor_teacher)] == [1]


def test_what_is_not_packed_or_ones_own_can_not_be_picked_up(new_teacher, mentor_teacher, packed):
    with pytest.raises(NotPacked):
        pick_up(teacher=mentor_teacher, practice=packed, now=NOW)
    pack(practice=packed, packs=False, now=NOW)
    with pytest.raises(NotPacked):
        pick_up(teacher=new_teacher, practice=packed, now=NOW)
    assert Practice.objects.count() == 1


def test_picked_up_becomes_kept_and_then_goes(new_teacher, packed):
    picked = pick_up(teacher=new_teacher, practice=packed, now=NOW)
    adopt(practice=picked, now=NOW)
    assert [one.state for one in practices_of(new_teacher)] == ["kept"]
    let_go(practice=picked, now=NOW)
    let_go(practice=picked, now=NOW)
    assert list(practices_of(new_teacher)) == []
    again = pick_up(teacher=new_teacher, practice=packed, now=NOW)
    assert again != picked


def test_colleagues_of_the_own_school_come_first_and_closed_skills_never(
    new_teacher, mentor_teacher, outsider, packed, grade_sync, screen_sharing
):
    far = keep(teacher=outsider, skill=screen_sharing, words="Mirror the iPad", now=NOW)
    pack(practice=far, packs=True, now=NOW)
    keep(teacher=outsider, skill=screen_sharing, words="Kept for myself", now=NOW)
    assert [one.words for one in packed_for(new_teacher)] == [
        "Sync grades on Fridays",
        "Mirror the iPad",
    ]
    assert [one.words for one in packed_for(new_teacher, words="ipad")] == ["Mirror the iPad"]
    SkillAnswer.objects.create(teacher=new_teacher, skill=grade_sync, answer="know-it")
    assert [one.words for one in packed_for(new_teacher)] == ["Mirror the iPad"]


def test_screen_keeps_packs_and_picks_up(
    new_teacher, mentor_teacher, packed, screen_sharing, signed_in
):
    client = signed_in(new_teacher)
    client.post("/closet/", {"words": "  Mirror   the iPad ", "skill": screen_sharing.pk})
    mine = Practice.objects.get(teacher=new_teacher)
    assert (mine.words, mine.state) == ("Mirror the iPad", "kept")
    client.post(f"/closet/{mine.pk}/", {"to": "pack"})
    client.post(f"/closet/{packed.pk}/pick-up/")
    states = Practice.objects.filter(teacher=new_teacher).values_list("state", flat=True)
    assert sorted(states) == ["packed", "picked"]
    assert client.post(f"/closet/{packed.pk}/", {"to": "let-go"}).status_code == 404
    packed.refresh_from_db()
    assert packed.ended_at is None


@pytest.mark.parametrize("many", [1, 25])
def test_screen_takes_the_same_queries_however_much_hangs_there(
    many, new_teacher, mentor_teacher, grade_sync, signed_in, django_assert_num_queries
):
    for number in range(many):
        keep(teacher=new_teacher, skill=grade_sync, words=f"Mine {number}", now=NOW)
        theirs = keep(teacher=mentor_teacher, skill=grade_sync, words=f"Theirs {number}", now=NOW)
        pack(practice=theirs, packs=True, now=NOW)
    client = signed_in(new_teacher)
    with django_assert_num_queries(9):
        assert client.get("/closet/").status_code == 200
