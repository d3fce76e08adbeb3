from datetime import date

import numpy as np

from benchmarks.helpdesks import make_helpdesk
from benchmarks.logs import Event, read_events, trial_at
from benchmarks.needs import foretell_ours
from pdplanner.recommender.yardsticks import ndcg_by_person

EVENTS = [
    Event("ann", "sync", "north", date(2026, 3, 1)),
    Event("ann", "quiz", "south", date(2026, 3, 3)),
    Event("ann", "quiz", "south", date(2026, 3, 9)),
    Event("ben", "sync", "north", date(2026, 3, 10)),
    Event("ann", "forms", "north", date(2026, 3, 12)),
    Event("cat", "sync", "north", date(2026, 3, 12)),
    Event("ann", "sync", "north", date(2026, 3, 20)),
]


def test_trial_knows_people_and_cohorts_of_before_only():
    trial = trial_at(EVENTS, date(2026, 3, 11), 7)
    history = trial.history
    assert history.skills == ("forms", "quiz", "sync")
    assert history.people == 2
    assert history.since.tolist() == [-9.0, 0.0]
    assert [history.cohorts.groups[group] for group in history.cohorts.group] == [
        ("school", "south"),
        ("school", "north"),
    ]
    assert trial.asked.tolist() == [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


def test_events_are_read_and_incomplete_ones_left_out(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(
        "person,topic,cohort,opened_at\nann,sync,north,2026-03-01T09:00\nben,,north,2026-03-01\n"
        "cat,quiz,,2026-03-02 10:00:00\n"
    )
    assert read_events(path) == [
        Event("ann", "sync", "north", date(2026, 3, 1)),
        Event("cat", "quiz", "", date(2026, 3, 2)),
    ]


def test_ours_beats_chance_and_fades_before_the_truth_on_a_made_up_desk():
    desk = make_helpdesk(1, people=60, topics=10, days=500)
    trial = trial_at(desk.events, desk.origins[0], 90)
    rows = [
        int(p[1:])
        for p in sorted({e.person for e in desk.events if e.opened_date < desk.origins[0]})
    ]
    columns = [int(topic[1:]) for topic in trial.history.skills]
    truth = desk.truth[0][np.ix_(rows, columns)]
    flat = np.ones_like(truth)
    ours = ndcg_by_person(foretell_ours(trial.history, 90), trial.asked).mean()
    best = ndcg_by_person(truth, trial.asked).mean()
    assert ndcg_by_person(flat, trial.asked).mean() + 0.1 < ours < best
