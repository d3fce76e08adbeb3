"""Any order of clicks, deadlines and coaches' changes leaves seats as the model says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from courses.models import Enrolment, Offering
from courses.operations import (
    FewerSeatsThanTaken,
    OfferIsGone,
    RegistrationClosed,
    RunIsFull,
    RunIsPast,
    accept_offer,
    enrol,
    give_seat,
    keep_deadlines,
    remove,
    store_offering,
    withdraw,
)
from profiles.models import Teacher

from .race import broken_promises, set_up
from .seats_model import SeatsModel

PEOPLE = 5
STARTS = 96  # hours from the beginning
CLOSES = 12  # hours before the start
LASTS = 1  # hours
REFUSALS = (RegistrationClosed, RunIsPast, OfferIsGone, RunIsFull, FewerSeatsThanTaken)
who = st.integers(0, PEOPLE - 1).map("T{}".format)


class Seats(RuleBasedStateMachine):
    """One run, five people, a coach and a clock; beside it the model."""

    @initialize(
        seats=st.integers(1, 3),
        policy=st.sampled_from(["automatic", "offer", "coach"]),
    )
    def begin(self, seats: int, policy: str) -> None:
        self.example = transaction.atomic()
        self.example.__enter__()
        self.pk = set_up(PEOPLE)
        run = Offering.objects.get(pk=self.pk)
        self.zero = run.starts_at - timedelta(hours=STARTS)
        self.hour = 0
        Offering.objects.filter(pk=self.pk).update(
            seats=seats, waiting_policy=policy, closes_at=self.at(STARTS - CLOSES)
        )
        self.start = STARTS
        self.model = SeatsModel(seats, policy, cut_off=STARTS - CLOSES, end=STARTS + LASTS)

    def at(self, hour: int):
        return self.zero + timedelta(hours=hour)

    @property
    def run_now(self) -> Offering:
        return Offering.objects.get(pk=self.pk)

    def standing(self, name: str) -> Enrolment:
        rows = Enrolment.objects.exclude(state__in=Enrolment.ENDED_EARLY)
        return rows.select_related("offering", "teacher").get(teacher__given_name=name)

    def does(self, change, **arguments) -> bool:
        """Whether the change went through; a refusal has to leave everything as it was."""
        before = self.seen()
        try:
            change(by=None, now=self.at(self.hour), **arguments)
        except REFUSALS:
            assert self.seen() == before
            return False
        return True

    def seen(self) -> dict[str, str]:
        rows = Enrolment.objects.exclude(state__in=Enrolment.ENDED_EARLY).order_by("position")
        return dict(rows.values_list("teacher__given_name", "state"))

    @rule(name=who)
    def someone_enrols(self, name: str) -> None:
        teacher = Teacher.objects.get(given_name=name)
        if self.does(enrol, teacher=teacher, offering=self.run_now):
            self.model.enrol(name, self.hour)
        else:
            assert self.hour >= self.model.cut_off

    @precondition(lambda self: self.model.line)
    @rule(data=st.data(), by_coach=st.booleans())
    def someone_leaves(self, data, by_coach: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.model.line)))
        enrolment = self.standing(name)
        how = {"why": "Booked twice."} if by_coach else {}
        left = self.does(remove if by_coach else withdraw, enrolment=enrolment, **how)
        assert left == (self.hour < self.start)
        if left:
            self.model.leave(name, self.hour)

    @precondition(lambda self: self.model.line)
    @rule(data=st.data())
    def someone_takes_an_offer(self, data) -> None:
        name = data.draw(st.sampled_from(sorted(self.model.line)))
        took = self.does(accept_offer, enrolment=self.standing(name))
        assert took == self.model.accept(name, self.hour)

    @precondition(lambda self: self.model.line and self.hour < self.start)
    @rule(data=st.data())
    def a_coach_gives_a_seat(self, data) -> None:
        name = data.draw(st.sampled_from(sorted(self.model.line)))
        gave = self.does(give_seat, enrolment=self.standing(name))
        assert gave == self.model.give(name)

    @rule(seats=st.integers(1, 4))
    def a_coach_resizes(self, seats: int) -> None:
        run = self.run_now
        run.seats = seats
        stored = self.does(store_offering, offering=run)
        assert stored == (seats >= self.model.taken)
        if stored and seats != self.model.seats:
            self.model.seats = seats
            self.model.settle(self.hour)

    @precondition(lambda self: self.hour < self.start)
    @rule(hours=st.sampled_from([-6, 6, 30]))
    def a_coach_moves_it(self, hours: int) -> None:
        run = self.run_now
        for name in ("starts_at", "ends_at", "closes_at"):
            setattr(run, name, getattr(run, name) + timedelta(hours=hours))
        assert self.does(store_offering, offering=run)
        self.start += hours
        self.model.cut_off += hours
        self.model.end += hours
        self.model.settle(self.hour)

    @rule(hours=st.sampled_from([1, 12, 24, 36]))
    def time_passes(self, hours: int) -> None:
        self.hour += hours

    @rule()
    def the_sweep_comes(self) -> None:
        keep_deadlines(now=self.at(self.hour))
        assert keep_deadlines(now=self.at(self.hour)) == 0
        self.model.settle(self.hour)

    @invariant()
    def it_stands_as_the_model_says(self) -> None:
        assert self.seen() == self.model.line
        assert list(self.seen()) == list(self.model.line)  # in the same order
        run = self.run_now
        assert (run.seats, run.seats_taken) == (self.model.seats, self.model.taken)
        assert broken_promises(self.pk, only_always=True) == []

    def teardown(self) -> None:
        if hasattr(self, "example"):
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)


@pytest.mark.django_db
def test_seats_stand_as_the_model_says_whatever_happens():
    run_state_machine_as_test(
        Seats,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
