"""The bench that plans a state in two processes: nobody forgotten, no seat given twice."""

from collections import Counter
from dataclasses import asdict

import pytest

from benchmarks import state
from benchmarks.districts import make_part


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(state.FOLDER, str(tmp_path))
    monkeypatch.setattr(state, "PART", 25)
    return tmp_path


def test_both_halves_of_a_state_plan_everybody_and_share_its_seats(folder, monkeypatch):
    size = state.size_of(150, 40)
    seats = {
        run.id: run.seats_left
        for course in make_part(state.SEED, size, 0, 1).courses
        for run in course.runs or ()
    }
    planned, taken = [], Counter()
    recommend = state.recommend_paths

    def noted(facts, **options):
        paths = recommend(facts, **options)
        if options:  # not the few teachers that load what is compiled
            planned.extend(paths)
            taken.update(state.seats_taken(facts, paths))
        return paths

    monkeypatch.setattr(state, "recommend_paths", noted)
    for half in range(state.PROCESSES):
        state.learn(asdict(size), half)
    rows = [state.plan(asdict(size), half) for half in range(state.PROCESSES)]

    everybody = make_part(state.SEED, size, 0, 25).teachers[:1]
    assert len(planned) == len(set(planned)) == sum(row["teachers"] for row in rows) == 150
    assert everybody[0].id in planned
    assert sum(taken.values()) > 0
    assert {run: count for run, count in taken.items() if count > seats[run]} == {}
    assert all(row["seconds"] > 0 and row["megabytes"] > 0 for row in rows)


def test_seats_grow_with_the_state():
    assert [state.size_of(teachers, 5_000).seats for teachers in (300, 3_000, 100_000)] == [
        6,
        60,
        2_000,
    ]
