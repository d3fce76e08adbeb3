"""What a teacher does about seats: ask for one, take an offer, give it back."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_POST

from profiles.access import SignedInRequest, teacher_required

from . import operations
from .models import CoursePage, Enrolment, Offering
from .views import back_from

State = Enrolment.State

#: What stands on screen after a click, by how the enrolment stands.
SAID = {
    State.REQUESTED: "Your request is sent. A coach says yes or no, and you hear by mail.",
    State.SEATED: "Your seat is reserved. If plans change, give it back for the next one.",
    State.OFFERED: "A seat is kept for you. Say yes before the offer passes.",
}
WAITING = {
    Offering.WaitingPolicy.AUTOMATIC: (
        "It is full, so you wait for a seat. You get the next one that is given back."
    ),
    Offering.WaitingPolicy.OFFER: (
        "It is full, so you wait for a seat. You are asked when it is your turn."
    ),
    Offering.WaitingPolicy.COACH: (
        "It is full, so you wait for a seat. A coach decides who gets a free one."
    ),
}
DECLINED = "Thank you for saying so. The next in line is asked."
FASTER = "Somebody else was faster, and nothing was changed. Try it once more."
REFUSED = {
    operations.RunIsPast: "That date is gone. Nothing was changed; look for another one.",
    operations.RunIsCancelled: "That date is gone. Nothing was changed; look for another one.",
    operations.RegistrationClosed: "Signing up has closed for that date. Nothing was changed.",
    operations.SessionNotOpen: "That session is not open at the moment. Nothing was changed.",
    operations.SeatsAreContended: FASTER,
}


@teacher_required
@require_POST
def enrol(request: SignedInRequest, pk: int) -> HttpResponse:
    """Reserve a seat in a run, ask for one, or take a place in its queue."""
    offering = Offering(pk=pk)  # the operation reads the row, under its lock
    try:
        enrolment = operations.enrol(
            teacher=request.teacher, offering=offering, by=request.user, now=timezone.now()
        )
    except operations.RegistrationNotOpen as refusal:
        opens = date_format(timezone.localtime(refusal.args[0]), "j F, H:i")
        messages.warning(request, f"Signing up opens on {opens}. Nothing was changed.")
    except Offering.DoesNotExist as error:
        raise Http404 from error
    except tuple(REFUSED) as refusal:
        messages.warning(request, REFUSED[type(refusal)])
    else:
        messages.success(request, _said(enrolment, offering))
    # Where the form names a page to go back to, nobody has to read the session.
    return back_from(request, cast(CoursePage, SimpleLazyObject(lambda: offering.course)))


@teacher_required
@require_POST
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say yes to the seat one is offered."""
    enrolment = _own(request, pk)
    try:
        operations.accept_offer(enrolment=enrolment, by=request.user, now=timezone.now())
    except (operations.OfferIsGone, operations.RunIsCancelled, operations.NotRequested):
        messages.warning(request, "That offer has passed, so the seat went on to the next one.")
    except operations.SeatsAreContended:
        messages.warning(request, FASTER)
    else:
        messages.success(request, SAID[State.SEATED])
    return back_from(request, enrolment.course)


@teacher_required
@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give one's own seat back, decline an offer, leave the queue, or stop what was started."""
    enrolment = _own(request, pk)
    was_offered = enrolment.state == State.OFFERED
    try:
        operations.withdraw(enrolment=enrolment, by=request.user, now=timezone.now())
    except operations.RunIsPast:
        messages.warning(request, "It has begun, so the seat can no longer be given back.")
    except operations.TooLateToWithdraw:
        messages.warning(
            request, "It is too late to give the seat back here. Write to the coach instead."
        )
    except operations.AlreadyMarked:
        messages.warning(request, "The coach has marked who came. Ask the coach to correct it.")
    except operations.SeatsAreContended:
        messages.warning(request, FASTER)
    else:
        said = f"You are out of “{enrolment.course.title}”. Come back any time."
        messages.success(request, DECLINED if was_offered else said)
    return back_from(request, enrolment.course)


def _own(request: SignedInRequest, pk: int) -> Enrolment:
    return get_object_or_404(
        Enrolment.objects.select_related("course", "offering"), pk=pk, teacher=request.teacher
    )


def _said(enrolment: Enrolment, offering: Offering) -> str:
    if enrolment.state == State.WAITING:
        return WAITING[Offering.WaitingPolicy(offering.waiting_policy)]
    return SAID.get(State(enrolment.state), "You stand in that date already. Nothing was changed.")
