"""The rotating code at the door."""

from __future__ import annotations

from datetime import timedelta

from courses.codes import KNOWN_STEPS, STEP_SECONDS, age_of, code_at


def test_code_is_six_digits_and_changes_with_the_step_the_part_and_the_run(now):
    codes = [
        code_at(secret="a", part=1, at=now),
        code_at(secret="a", part=1, at=now + timedelta(seconds=STEP_SECONDS)),
        code_at(secret="a", part=2, at=now),
        code_at(secret="b", part=1, at=now),
    ]
    assert [(len(code), code.isdecimal()) for code in codes] == [(6, True)] * 4
    assert len(set(codes)) == 4
    assert code_at(secret="a", part=1, at=now + timedelta(seconds=STEP_SECONDS - 1)) == codes[0]


def test_code_is_known_with_its_age_until_it_is_forgotten(now):
    code = code_at(secret="a", part=1, at=now)

    def age(steps: int) -> int | None:
        at = now + timedelta(seconds=STEP_SECONDS * steps)
        return age_of(secret="a", part=1, code=code, at=at)

    assert [age(0), age(1), age(KNOWN_STEPS), age(KNOWN_STEPS + 1), age(-1)] == [
        0,
        1,
        KNOWN_STEPS,
        None,
        None,
    ]
    assert age_of(secret="a", part=2, code=code, at=now) is None
    assert age_of(secret="a", part=1, code="", at=now) is None
