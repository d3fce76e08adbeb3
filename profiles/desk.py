"""The coaches' sorting desk in the Wagtail admin: tickets whose skill nobody knows yet.

Tickets stand here by what was kept of them: when, which category, which kind, and the address in
the help desk, where a coach with rights there can read them. No name and no school: coaches see
needs by group.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from .choices import Role, TicketKind
from .models import Skill, TicketSource, User
from .queries import roles_of
from .tickets.categories import skills_by_name
from .tickets.operations import map_category
from .tickets.queries import unsorted_categories, unsorted_tickets
from .tickets.sorting import Sorted, sort_tickets

ON_A_PAGE = 50


def may_sort(user: User | AnonymousUser) -> bool:
    """Whether the desk is this user's: coaches and coordinators."""
    if not isinstance(user, User):
        return False
    return user.is_superuser or bool(roles_of(user) & {Role.COACH.value, Role.COORDINATOR.value})


class DeskPage(WagtailAdminTemplateMixin, TemplateView):
    """One page of the sorting desk, in Wagtail's frame."""

    header_icon = "tag"

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
        """Return the skill of this name, or say that there is none."""
        found = skills.get(name.strip().casefold())
        if found is None:
            messages.error(self.request, f"There is no skill “{name[:60]}”. Nothing else is lost.")
        return found


class CategoriesView(DeskPage):
    """Categories that still have tickets without a skill: one answer sorts them all."""

    template_name = "profiles/desk/categories.html"
    page_title = "Unsorted tickets"

    def get_context_data(self, **kwargs) -> dict:
        page = Paginator(unsorted_categories(), ON_A_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(page=page, total=unsorted_tickets().count(), **kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """Give the one category whose button was pressed a skill."""
        source = get_object_or_404(TicketSource, pk=request.POST.get("source") or 0)
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

    def get_context_data(self, **kwargs) -> dict:
        get = self.request.GET
        source = TicketSource.objects.filter(pk=get["source"]).first() if has_id(get) else None
        category = get.get("category") if source is not None else None
        page = Paginator(unsorted_tickets(source=source, category=category), ON_A_PAGE)
        return super().get_context_data(
            page=page.get_page(get.get("p")), category=category, source=source, **kwargs
        )

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """Keep the answers of the page; a row without one stays where it is."""
        post = request.POST
        skills = skills_by_name()
        answers = []
        for pk in (value for value in post.getlist("ticket") if value.isdecimal()):
            kind = post.get(f"kind-{pk}", "")
            kind = kind if kind in TicketKind.values else ""
            if name := post.get(f"skill-{pk}", "").strip():
                if (skill := self.skill_typed(name, skills)) is not None:
                    answers.append(Sorted(int(pk), skill, kind))
            elif post.get(f"leave-{pk}"):
                answers.append(Sorted(int(pk), None, kind))
        if count := len(sort_tickets(answers=answers, now=timezone.now())):
            messages.success(request, f"{count:,} tickets are off the list.")
        return redirect(request.get_full_path())


def has_id(query) -> bool:
    """Whether an address names a source by number."""
    return query.get("source", "").isdecimal()


urlpatterns = [
    path("desk/unsorted/", CategoriesView.as_view(), name="unsorted"),
    path("desk/unsorted/tickets/", TicketsView.as_view(), name="unsorted-tickets"),
]
