"""The coordinator's imports: upload, see what it would change, apply, and the history."""

from __future__ import annotations

import time

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import uploads
from .access import SignedInRequest, role_required
from .choices import Role
from .import_columns import STEPS
from .import_forms import UploadForm
from .imports import ImportRefused, Severity, largest_upload, size_in_words
from .models import ImportRun, Teacher, TicketSource
from .tasks import continue_imports
from .uploads import Kind, Upload

PER_PAGE = 20
#: An import that takes longer goes on in the background.
SECONDS_IN_A_REQUEST = 4.0
#: Larger files are checked, and what is applied in one piece applied, in the background.
LARGEST_AT_ONCE = 3 * 1024 * 1024
#: Names of people who would leave that a page lists; the rest is a number.
MOST_NAMES = 300

IN_WORK = (ImportRun.State.CHECKING, ImportRun.State.RUNNING)

coordinator_only = role_required(Role.COORDINATOR)


@coordinator_only
@require_GET
def imports(request: SignedInRequest) -> HttpResponse:
    """What can be brought in, and what was."""
    return show_imports(request, {})


def show_imports(
    request: SignedInRequest, bound: dict[str, UploadForm], status: int = 200
) -> HttpResponse:
    """Show the upload forms and the history."""
    runs = ImportRun.objects.select_related("by")
    page = Paginator(runs, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "profiles/imports/imports.html",
        {
            "cards": [(kind, bound.get(kind.name) or UploadForm(kind)) for kind in uploads.kinds()],
            "sources": TicketSource.objects.values_list("name", flat=True),
            "largest": size_in_words(largest_upload()),
            "page": page,
            "rows": [(run, said_of(run)) for run in page],
        },
        status=status,
    )


def said_of(run: ImportRun) -> str:
    """Return what came of a run, in a sentence or two."""
    kind = uploads.KINDS.get(run.kind)
    if run.state == ImportRun.State.REFUSED and run.problems:
        first = run.problems[0]
        return f"{first['place']}: {first['rule']}."
    if kind is None or not run.counts or run.state != ImportRun.State.APPLIED:
        return ""
    return " ".join(kind.in_words(run, False)[:2])


@coordinator_only
@require_POST
def upload(request: SignedInRequest, kind: str) -> HttpResponse:
    """Take a file, check it, and show what it would change."""
    wanted = kind_or_404(kind)
    form = UploadForm(wanted, request.POST, request.FILES)
    if not form.is_valid():
        return show_imports(request, {wanted.name: form}, status=422)
    file = form.cleaned_data["file"]
    if file.size > largest_upload():
        return refused(
            request,
            wanted,
            ImportRefused.because(
                "the file",
                f"it has {size_in_words(file.size)}, more than the "
                f"{size_in_words(largest_upload())} that can be uploaded",
                "Export fewer rows, or ask whoever runs the server to import it there.",
            ),
        )
    kept = uploads.keep(
        file.chunks(),
        kind=wanted,
        options=form.options(),
        by=request.user,
        now=timezone.now(),
    )
    return ask_or_check(request, kept)


def kind_or_404(name: str) -> Kind:
    """Return the kind an address speaks of."""
    if name not in uploads.KINDS:
        raise Http404
    return uploads.KINDS[name]


def ask_or_check(request: SignedInRequest, kept: Upload) -> HttpResponse:
    """Go to the screen that asks for columns where they must be told; else check."""
    step = STEPS.get(kept.run.kind)
    try:
        is_due = step is not None and step.is_due(kept)
    except ImportRefused as refusal:
        uploads.refuse(kept, refusal, now=timezone.now())
        return refused(request, uploads.KINDS[kept.run.kind], refusal)
    if is_due:
        return redirect("profiles:import-columns", kept.run.pk)
    return check(request, kept)


def check(request: SignedInRequest, kept: Upload) -> HttpResponse:
    """Check a stored upload; show its report, or why it can't be used. A large one is checked in
    the background."""
    if kept.path.stat().st_size > LARGEST_AT_ONCE:
        uploads.check_later(kept)
        continue_imports.delay_on_commit()
        return redirect("profiles:import-run", kept.run.pk)
    try:
        uploads.check(kept, now=timezone.now())
    except ImportRefused as refusal:
        return refused(request, uploads.KINDS[kept.run.kind], refusal)
    return redirect("profiles:import-run", kept.run.pk)


def refused(request: SignedInRequest, kind: Kind, refusal: ImportRefused) -> HttpResponse:
    """Say what is wrong with a file, place by place. Nothing was written."""
    return render(
        request,
        "profiles/imports/refused.html",
        {
            "kind": kind,
            "problems": refusal.problems.as_json(),
            "errors": refusal.problems.count(Severity.ERROR),
        },
        status=422,
    )


@coordinator_only
@require_http_methods(["GET", "POST"])
def columns(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say which column of a table is what; saved for the next time."""
    run = get_object_or_404(ImportRun, pk=pk, kind__in=STEPS, state=ImportRun.State.CHECKED)
    kept = found(run)
    step = STEPS[run.kind]
    try:
        if run.kind == ImportRun.Kind.ROSTER and not (step.is_due(kept) or "name" in kept.options):
            raise Http404
        form = step.form(kept, request.POST or None)
        sample = step.sample(kept)
    except ImportRefused as refusal:
        uploads.refuse(kept, refusal, now=timezone.now())
        return refused(request, uploads.KINDS[run.kind], refusal)
    if request.method == "POST" and form.is_valid():
        kept = uploads.set_options(kept, kept.options | step.options(form))
        return check(request, kept)
    return render(
        request,
        "profiles/imports/columns.html",
        {
            "form": form,
            "run": run,
            "name": kept.options.get("source", "this list"),
            "sample": sample,
        },
        status=422 if form.is_bound else 200,
    )


def found(run: ImportRun) -> Upload:
    """Return a run's upload; an address of one that is gone leads nowhere."""
    kept = uploads.find(run)
    if kept is None:
        raise Http404
    return kept


@coordinator_only
@require_GET
def run(request: SignedInRequest, pk: int) -> HttpResponse:
    """One import: what it would change, how far it is, or what came of it."""
    row = get_object_or_404(ImportRun.objects.select_related("by"), pk=pk)
    return show_run(request, row)


def show_run(request: SignedInRequest, row: ImportRun, *, wants_yes: bool = False) -> HttpResponse:
    """Show one import."""
    kind = kind_or_404(row.kind)
    kept = uploads.find(row) if row.state == ImportRun.State.CHECKED else None
    if kept is not None and not row.content_hash and row.kind in STEPS:
        return redirect("profiles:import-columns", row.pk)  # waits for its columns
    leaving = kept.options.get("leaving", []) if kept else []
    is_dry = row.state == ImportRun.State.CHECKED
    has_counts = is_dry or row.state in (ImportRun.State.APPLIED, ImportRun.State.STOPPED)
    return render(
        request,
        "profiles/imports/run.html",
        {
            "run": row,
            "kind": kind,
            "words": kind.in_words(row, is_dry) if has_counts and row.counts else [],
            "can_apply": kept is not None,
            "must_confirm": kept.options.get("must_confirm", "") if kept else "",
            "wants_yes": wants_yes,
            "leaving": Teacher.objects.filter(pk__in=leaving[:MOST_NAMES]) if leaving else [],
            "more_leaving": max(0, len(leaving) - MOST_NAMES),
            "has_columns": bool(kept and kept.options.get("columns")),
            "progress": uploads.progress_of(row) if row.state in IN_WORK else {},
        },
        status=422 if wants_yes else 200,
    )


@coordinator_only
@require_POST
def apply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Apply a checked import; what takes long goes on in the background."""
    row = get_object_or_404(ImportRun, pk=pk)
    if row.state != ImportRun.State.CHECKED or not row.content_hash:
        return redirect("profiles:import-run", pk)  # pressed twice, or not checked yet
    kept = found(row)
    if kept.options.get("must_confirm"):
        if not request.POST.get("confirm"):
            return show_run(request, row, wants_yes=True)
        uploads.set_options(kept, kept.options | {"is_confirmed": True})
    now = timezone.now()
    if uploads.start(row, now=now):
        row.refresh_from_db()
        if row.kind == ImportRun.Kind.TICKETS or kept.path.stat().st_size <= LARGEST_AT_ONCE:
            until = time.monotonic() + SECONDS_IN_A_REQUEST
            uploads.go_on(row, now=now, may_go_on=lambda: time.monotonic() < until)
        if row.state == ImportRun.State.RUNNING:
            continue_imports.delay_on_commit()
    return redirect("profiles:import-run", pk)


@coordinator_only
@require_POST
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Forget an upload without applying it."""
    row = get_object_or_404(ImportRun, pk=pk)
    if uploads.leave(row):
        messages.success(request, "The file is deleted. Nothing was changed.")
    return redirect("profiles:imports")
