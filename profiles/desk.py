"""The coaches' sorting desk in the Wagtail admin: tickets whose skill nobody knows yet, or that was
only read from their words.

Tickets stand here by what was kept of them: when, which category, which kind, which words of the
short list, and the address in the help desk, where a coach with rights there can read them. No
name and no school: coaches see needs by group.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from .choices import Role, TicketKind
from .models import Skill, Ticket, TicketSource, User
from .queries import roles_of
from .tickets.categories import skills_by_name
from .tickets.operations import map_category
from .tickets.queries import (
    guessed_tickets,
    learned_last,
    slips_of,
    unsorted_categories,
    unsorted_tickets,
)
from .tickets.sorting import Before, Sorted, sort_tickets, take_back

ON_A_PAGE = 50
#: Under this name the session holds what the last save changed.
LAST = "sorted_last"
UNDO_WITHIN = timedelta(hours=1)


def may_sort(user: User | AnonymousUser) -> bool:
    """Whether the desk is this user's: coaches and coordinators."""
    if not isinstance(user, User):
        return False
    return user.is_superuser or bool(roles_of(user) & {Role.COACH.value, Role.COORDINATOR.value})


class DeskPage(WagtailAdminTemplateMixin, TemplateView):
    """One page of the sorting desk, in Wagtail's frame."""

    header_icon = "tag"

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        super().setup(request, *args, **kwargs)
        self._unknown: set[str] = set()  # names that were typed and that no skill has

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if not may_sort(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(
            skills=Skill.objects.order_by("name").values_list("name", flat=True),
            kinds=TicketKind.choices,
            **kwargs,
        )

    def skill_typed(self, name: str, skills: dict[str, int]) -> int | None:
        """Return the skill of this name, or say once that there is none."""
        key = name.strip().casefold()
        found = skills.get(key)
        if found is None and key not in self._unknown:
            self._unknown.add(key)
            messages.error(self.request, f"There is no skill “{name[:60]}”. Nothing else is lost.")
        return found


class CategoriesView(DeskPage):
    """Categories that still have tickets without a skill: one answer sorts them all."""

    template_name = "profiles/desk/categories.html"
    page_title = "Unsorted tickets"

    def get_context_data(self, **kwargs) -> dict:
        page = Paginator(unsorted_categories(), ON_A_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            page=page,
            total=unsorted_tickets().count(),
            tab="category",
            learned=learned_last(),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """Give the one category whose button was pressed a skill."""
        post = request.POST
        source = get_object_or_404(TicketSource, pk=post["source"] if has_id(post) else 0)
        skill = self.skill_typed(request.POST.get("skill", ""), skills_by_name())
        if skill is not None:
            kind = request.POST.get("kind", "")
            count = map_category(
                source=source,
                category=request.POST.get("category", ""),
                subcategory=request.POST.get("subcategory", ""),
                skill_id=skill,
                kind=kind if kind in TicketKind.values else "",
            )
            messages.success(
                request, f"{count:,} tickets are sorted. New ones of this category follow."
            )
        return redirect(f"{reverse('unsorted')}?p={request.POST.get('p', '1')}")


class TicketsView(DeskPage):
    """Unsorted tickets one by one."""

    template_name = "profiles/desk/tickets.html"
    page_title = "Unsorted tickets, one by one"
    tab = "ticket"

    def get_context_data(self, **kwargs) -> dict:
        page = Paginator(self.tickets(kwargs), ON_A_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            page=page,
            slips=slips_of(list(page)),
            tab=self.tab,
            learned=learned_last(),
            undo=self.sorted_just_now(),
            **kwargs,
        )

    def tickets(self, context: dict) -> QuerySet[Ticket]:
        """Return the tickets of this list; say in the context which they are."""
        get = self.request.GET
        source = TicketSource.objects.filter(pk=get["source"]).first() if has_id(get) else None
        context["source"] = source
        context["category"] = get.get("category") if source is not None else None
        return unsorted_tickets(source=source, category=context["category"])

    def sorted_just_now(self) -> int:
        """Return how many tickets the last save sorted, 0 once it is long ago."""
        last = self.request.session.get(LAST)
        if last is None or timezone.now() - datetime.fromisoformat(last["at"]) > UNDO_WITHIN:
            return 0
        return len(last["before"])

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """Keep the answers of the page; a row without one stays where it is."""
        now = timezone.now()
        if before := sort_tickets(answers=self.answers(), now=now):
            request.session[LAST] = {"at": now.isoformat(), "before": before}
        return redirect(f"{request.get_full_path()}#tickets")

    def answers(self) -> Iterator[Sorted]:
        """Yield what was said of each ticket; a typed name counts where no button was pressed."""
        post = self.request.POST
        skills = skills_by_name()
        known = set(skills.values())
        for pk in filter(is_id, post.getlist("ticket")):
            said = post.get(f"answer-{pk}", "")
            typed = post.get(f"skill-{pk}", "").strip()
            kind = post.get(f"kind-{pk}", "")
            kind = kind if kind in TicketKind.values else ""
            if said == "none":
                yield Sorted(int(pk), None, kind)
            elif said.isdecimal() and int(said) in known:
                yield Sorted(int(pk), int(said), kind)
            elif typed and (skill := self.skill_typed(typed, skills)) is not None:
                yield Sorted(int(pk), skill, kind)


class GuessedView(TicketsView):
    """Tickets whose skill was read from their words, least sure first."""

    page_title = "Read from words"
    tab = "guessed"

    def tickets(self, context: dict) -> QuerySet[Ticket]:
        context["source"] = context["category"] = None
        return guessed_tickets(now=timezone.now())


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what this coach saved last."""
    if not may_sort(request.user):
        raise PermissionDenied
    if last := request.session.pop(LAST, None):
        count = take_back(
            before=[Before(*said) for said in last["before"]],
            sorted_at=datetime.fromisoformat(last["at"]),
        )
        messages.success(request, f"{count:,} ticket{'' if count == 1 else 's'} as before.")
    back = "guessed-tickets" if request.POST.get("back") == "guessed" else "unsorted-tickets"
    return redirect(f"{reverse(back)}#tickets")


def has_id(query: QueryDict) -> bool:
    """Whether an address or a form names a source by number."""
    return is_id(query.get("source", ""))


def is_id(value: str) -> bool:
    """Whether a text is a number that a database can hold."""
    return value.isdecimal() and len(value) <= 18


urlpatterns = [
    path("desk/unsorted/", CategoriesView.as_view(), name="unsorted"),
    path("desk/unsorted/tickets/", TicketsView.as_view(), name="unsorted-tickets"),
    path("desk/unsorted/guessed/", GuessedView.as_view(), name="guessed-tickets"),
    path("desk/unsorted/undo/", undo, name="unsorted-undo"),
]
