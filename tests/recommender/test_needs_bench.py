import json
import random
from datetime import date, datetime, timedelta
from importlib.util import find_spec

import numpy as np
import pytest

from benchmarks import needs
from benchmarks.helpdesks import make_helpdesk
from benchmarks.logs import Event, read_events, trial_at
from benchmarks.needs import foretell_ours
from benchmarks.peers import PEERS, tifu_knn
from benchmarks.tables import write_json
from pdplanner.recommender.baselines import BASELINES, foretell_by
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


#: Peers of libraries that only the benches need.
OF_LIBRARIES = {
    "item-kNN": "implicit",
    "ALS": "implicit",
    "BPR": "implicit",
    "LightGBM Poisson, 17 features": "lightgbm",
}
FIGURES = ("ndcg10", "low", "high", "deviance", "calibration")


def log_text(
    count=200, *, people=12, topics=5, days=100, head="person,topic,cohort,opened_at", stamp="{}"
):
    draw = random.Random(1)
    rows = []
    for number in range(count):
        at = datetime(2026, 1, 1) + timedelta(days=days * draw.random())
        row = {
            "person": f"p{int(people * draw.random() ** 2)}",
            "topic": f"t{draw.randrange(topics)}",
            "cohort": f"c{draw.randrange(3)}",
            "opened_at": stamp.format(at.isoformat(), zone=("", "Z", "+02:00")[number % 3]),
        }
        rows.append(",".join(row[name] for name in head.split(",")))
    return "\n".join([head, *rows, ""])


@pytest.fixture
def bench(tmp_path, capsys):
    """Run the bench on the text of a log; what it wrote and what it printed."""

    def run(text, *, origin, days=28, encoding="utf-8"):
        log, answer = tmp_path / "log.csv", tmp_path / "answer.json"
        log.write_bytes(text.encode(encoding))
        arguments = ["--events", str(log), "--origin", origin, "--days", str(days)]
        needs.main([*arguments, "--json", str(answer)])
        return json.loads(answer.read_text(), parse_constant=pytest.fail), capsys.readouterr().out

    return run


def refused(capsys, bench, text, **settings):
    with pytest.raises(SystemExit):
        bench(text, **settings)
    return capsys.readouterr().err.splitlines()[-1].partition("error: ")[2]


def only_simple(monkeypatch, **others):
    """Ours and popularity, for what concerns no other peer, and whatever others are given."""
    few = {name: needs.methods()[name] for name in (needs.OURS, BASELINES[0].name)}
    monkeypatch.setattr(needs, "methods", lambda: few | others)


@pytest.mark.parametrize(
    ("settings", "origin"),
    [
        ({"people": 1}, "2026-03-15"),
        ({"topics": 1}, "2026-03-15"),
        ({}, "2026-01-03"),  # two days into the log
        ({"count": 9, "people": 3, "days": 30}, "2026-01-15"),
    ],
)
def test_bench_measures_every_method_on_an_odd_log(bench, settings, origin):
    found, _ = bench(log_text(**settings), origin=origin)
    missing = {name for name, library in OF_LIBRARIES.items() if find_spec(library) is None}
    assert {row["method"] for row in found["failed"]} <= missing
    assert {row["method"] for row in found["rows"] + found["failed"]} == set(needs.methods())
    for row in found["rows"]:
        assert all(isinstance(row[name], float) for name in FIGURES), row
        assert 0 <= row["low"] <= row["ndcg10"] <= row["high"] <= 1


def test_bench_reads_the_same_from_every_way_to_write_a_log(bench, monkeypatch):
    only_simple(monkeypatch)

    def measured(text, **settings):
        rows = bench(text, origin="2026-03-15", **settings)[0]["rows"]
        return [[row[name] for name in ("method", *FIGURES)] for row in rows]

    plain = log_text()
    expected = measured(plain)
    assert measured(plain, encoding="utf-8-sig") == expected
    assert measured(log_text(stamp="{}{zone}")) == expected
    assert measured(plain.replace("\n", "\r\n\r\n")) == expected
    assert measured(log_text(stamp=" {} ")) == expected
    everybody = "person,topic,opened_at"
    nobodys = "\n".join(
        ",".join([*row.split(",")[:2], "", row.split(",")[3]]) for row in plain.split()
    )
    assert measured(log_text(head=everybody)) == measured(
        nobodys.replace("person,topic,,opened_at", "person,topic,cohort,opened_at")
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column person, topic, opened_at"),
        ("person;topic;cohort;opened_at\n", "no column person, topic, opened_at"),
        ("who,topic,opened_at\na,b,2026-01-01\n", "no column person"),
        (
            "person,topic,opened_at\na,b,2026-01-01\n\na,b,last week\n",
            "line 4: Invalid isoformat string: 'last week'",
        ),
        ("person,topic,opened_at\n", "nothing was asked before 2026-03-15"),
        (
            "person,topic,opened_at\na,b,2026-01-01\nb,b,2026-03-16\n",
            "nobody who asked before 2026-03-15 asked again by 2026-04-11",
        ),
    ],
)
def test_bench_says_what_is_wrong_with_a_log(capsys, bench, text, said):
    assert refused(capsys, bench, text, origin="2026-03-15") == said


@pytest.mark.parametrize(
    ("origin", "days", "said"),
    [
        ("2026-06-01", 28, "nobody who asked before 2026-06-01 asked again by 2026-06-28"),
        ("2026-03-15", 0, "argument --days: must be 1 to 3653"),
        ("2026-03-15", 10**9, "argument --days: must be 1 to 3653"),
        ("2026-03-15", "many", "argument --days: must be 1 to 3653"),
    ],
)
def test_bench_says_what_is_wrong_with_a_window(capsys, bench, origin, days, said):
    assert refused(capsys, bench, log_text(), origin=origin, days=days) == said


def test_bench_names_a_log_that_is_no_text(capsys, bench):
    said = refused(capsys, bench, log_text(), origin="2026-03-15", encoding="utf-16")
    assert "log.csv: 'utf-8' codec can't decode" in said


def test_peer_that_fails_is_named_and_left_out(bench, monkeypatch):
    def broken(history, days):
        raise ZeroDivisionError("nobody is near")

    def endless(history, days):
        return np.full((history.people, len(history.skills)), np.inf)

    only_simple(monkeypatch, broken=broken, endless=endless)
    found, told = bench(log_text(), origin="2026-03-15")
    assert {row["method"] for row in found["rows"]} == {"ours", "popularity, decayed"}
    assert found["failed"] == [
        {"method": "broken", "why": "ZeroDivisionError: nobody is near", "log": "log.csv"},
        {"method": "endless", "why": "NotFinite: a forecast that is no number", "log": "log.csv"},
    ]
    assert "\nbroken: failed, left out\n" in told
    assert "\nbroken failed: ZeroDivisionError: nobody is near\n" in told
    assert "ours over popularity, decayed: " in told


def test_our_own_failure_ends_the_bench(bench, monkeypatch):
    monkeypatch.setattr(needs, "foretell_ours", None)
    with pytest.raises(TypeError):
        bench(log_text(), origin="2026-03-15")


def test_json_of_a_bench_holds_null_for_what_is_no_number(tmp_path):
    write_json(tmp_path / "a.json", {"rows": [{"a": float("nan"), "b": (float("inf"), 1.5)}]})
    found = json.loads((tmp_path / "a.json").read_text(), parse_constant=pytest.fail)
    assert found == {"rows": [{"a": None, "b": [None, 1.5]}]}


def test_neighbours_of_the_only_person_are_their_own_asks():
    history = trial_at([e for e in EVENTS if e.person == "ann"], date(2026, 3, 11), 7).history
    found = tifu_knn(history, half_life=400, neighbours=100, own=0.5)
    assert found.argmax(axis=1).tolist() == [history.skills.index("quiz")]
    assert np.isfinite(found).all()


@pytest.mark.parametrize("peer", [peer for peer in PEERS if peer.name not in OF_LIBRARIES])
def test_untuned_peer_foretells_the_usual_pace(peer):
    trial = trial_at(EVENTS, date(2026, 3, 11), 7)
    nothing = np.zeros_like(trial.asked)
    forecast = foretell_by(peer, trial.history, nothing, trial.history, 7)
    assert forecast.sum() == pytest.approx(4 / 10 * 7)  # four asks in ten days
