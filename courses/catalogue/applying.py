"""From a CatalogueFile to pages, skills and runs: all of it in one transaction, or nothing."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from django.db import transaction
from wagtail.models import ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

from profiles.imports import Progress, silent
from profiles.models import Skill
from profiles.models.skills import lines_of

from ..models import CoursePage, CoursePrerequisite, CourseSkill, Offering
from ..operations import fill_in_runs, look_book
from ..operations.runs import change_run
from ..signals import catalogue_changed
from .pages import body_blocks, free_slug, page_fields, stem
from .shape import CatalogueCourse, CatalogueFile, CatalogueRun


@transaction.atomic
def apply_catalogue(
    *,
    catalogue: CatalogueFile,
    source: str = "catalogue",
    as_draft: bool = False,
    zone: tzinfo,
    now: datetime,
    is_dry: bool = False,
    progress: Progress = silent,
) -> dict[str, int]:
    """Bring the sessions and runs in; return what came of it, as counts. Dry: write nothing.

    Safe to repeat: rows are known by (source, their id in the file). What a coach has edited is
    the coach's and stays; what is no longer in the file stays too, and is counted.
    """
    work = _Import(source, as_draft, zone, now, is_dry, progress)
    # Wagtail would look through a whole page again for every row that hangs on it.
    with disable_reference_index_auto_update():
        work.skills(catalogue)
        work.pages(catalogue)
        if not is_dry:
            work.links(catalogue)
    work.runs(catalogue)
    for page in work.page_by_uid.values():
        if page.pk in work.touched:
            ReferenceIndex.create_or_update_for_object(page)
    if work.touched and not is_dry:
        catalogue_changed.send(
            sender=CoursePage, course_ids=sorted(work.touched), cause="catalogue"
        )
    counts = work.counts
    return {
        "sessions": len(catalogue.courses),
        "sessions_new": counts["new"],
        "sessions_changed": counts["changed"],
        "sessions_kept": counts["kept"],
        "sessions_gone": counts["gone"],
        "sessions_without_minutes": len(catalogue.without_minutes),
        "skills_new": counts["skills"],
        "runs": len(catalogue.runs),
        "runs_new": counts["runs_new"],
        "runs_changed": counts["runs_changed"],
        "runs_ahead": counts["runs_ahead"],
        "runs_past": counts["runs_past"],
        "runs_without_session": catalogue.runs_without_course,
        "runs_without_length": catalogue.runs_without_end,
        "paths_left_out": catalogue.paths,
    }


@dataclass
class _Import:
    """One import under way."""

    source: str
    as_draft: bool
    zone: tzinfo
    now: datetime
    is_dry: bool
    progress: Progress
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    touched: set[int] = field(default_factory=set)
    skill_by_name: dict[str, Skill] = field(default_factory=dict)
    page_by_uid: dict[str, CoursePage] = field(default_factory=dict)

    def skills(self, catalogue: CatalogueFile) -> None:
        """Find the skill of each name, by any of its names; make those that are missing."""
        for skill in Skill.objects.all():
            for name in (skill.name, *lines_of(skill.aliases)):
                self.skill_by_name.setdefault(name.casefold(), skill)
        for name in dict.fromkeys(name for course in catalogue.courses for name in course.skills):
            if name.casefold() not in self.skill_by_name:
                skill = Skill(name=name)
                if not self.is_dry:
                    skill.save()
                self.skill_by_name[name.casefold()] = skill
                self.counts["skills"] += 1

    def pages(self, catalogue: CatalogueFile) -> None:
        """Make or change the page of every session."""
        book = look_book()
        known = {
            page.external_id: page
            for page in CoursePage.objects.filter(source=self.source)
            .exclude(external_id="")
            .prefetch_related("taught_skills")
        }
        slugs = set(book.get_children().values_list("slug", flat=True))
        for page in known.values():
            page.is_told_together = True
        for number, course in enumerate(catalogue.courses, start=1):
            found = known.get(course.uid)
            page = found or self._new_page(course, slugs)
            if found is None:
                page.is_told_together = True
                self.counts["new"] += 1
                if not self.is_dry:
                    book.add_child(instance=page)
                    self.touched.add(page.pk)
            elif page.latest_revision_id is not None:
                self.counts["kept"] += 1
            elif self._is_changed(page, course):
                self.counts["changed"] += 1
                if not self.is_dry:
                    page.save()
                    self.touched.add(page.pk)
            self.page_by_uid[course.uid] = page
            if number % 50 == 0:
                self.progress(f"{number:,} of {len(catalogue.courses):,} sessions")
        self.counts["gone"] = len(known.keys() - self.page_by_uid.keys())

    def _new_page(self, course: CatalogueCourse, slugs: set[str]) -> CoursePage:
        page = CoursePage(
            slug=free_slug(course.title, slugs),
            source=self.source,
            external_id=course.uid,
            live=False,
            has_unpublished_changes=True,
            body=json.dumps(body_blocks(course)),
            **page_fields(course),
        )
        page.taught_skills.set([CourseSkill(skill=skill) for skill in self._taught(course)])
        self._publish_if_ready(page)
        return page

    def _is_changed(self, page: CoursePage, course: CatalogueCourse) -> bool:
        """Put the file's facts into the page; say whether any was new."""
        before = [getattr(page, name) for name in (*page_fields(course), "live")]
        for name, value in page_fields(course).items():
            setattr(page, name, value)
        if page.first_published_at is None:
            self._publish_if_ready(page)  # never again what a coach has taken down
        if page.live and page.minutes is None:
            page.live, page.has_unpublished_changes = False, True
        after = [getattr(page, name) for name in (*page_fields(course), "live")]
        is_changed = before != after
        if (body := body_blocks(course)) != list(page.body.raw_data):
            page.body, is_changed = json.dumps(body), True
        skills = self._taught(course)
        if [row.skill_id for row in page.taught_skills.all()] != [skill.pk for skill in skills]:
            page.taught_skills.set([CourseSkill(skill=skill) for skill in skills])
            is_changed = True
        return is_changed

    def _taught(self, course: CatalogueCourse) -> list[Skill]:
        """Return the skills of a session, each once: two names may mean one skill."""
        found = (self.skill_by_name[name.casefold()] for name in course.skills)
        return list({skill.name: skill for skill in found}.values())

    def _publish_if_ready(self, page: CoursePage) -> None:
        if page.minutes is None or self.as_draft:
            return
        page.live, page.has_unpublished_changes = True, False
        page.first_published_at = page.last_published_at = self.now

    def links(self, catalogue: CatalogueFile) -> None:
        """Say what comes before what, and which two are the same session given in two ways."""
        ours = {page.pk for page in self.page_by_uid.values() if page.latest_revision_id is None}
        have = set(
            CoursePrerequisite.objects.filter(course__in=ours).values_list("course", "before")
        )
        wanted = {
            (self.page_by_uid[course.uid].pk, self.page_by_uid[uid].pk): order
            for course in catalogue.courses
            for order, uid in enumerate(course.prerequisite_uids)
            if uid in self.page_by_uid and uid != course.uid
        }
        missing = {pair: order for pair, order in wanted.items() if pair not in have}
        CoursePrerequisite.objects.bulk_create(
            CoursePrerequisite(course_id=course, before_id=before, sort_order=order)
            for (course, before), order in missing.items()
            if course in ours
        )
        self.touched |= {course for course, _ in missing if course in ours}

        twins: dict[str, list[CoursePage]] = defaultdict(list)
        for course in catalogue.courses:
            twins[stem(course.title)].append(self.page_by_uid[course.uid])
        link = CoursePage.equivalents.through
        link.objects.bulk_create(
            (
                link(from_coursepage_id=one.pk, to_coursepage_id=other.pk)
                for same in twins.values()
                for one in same
                for other in same
                if one.pk != other.pk and {one.pk, other.pk} <= ours
            ),
            ignore_conflicts=True,
        )

    def runs(self, catalogue: CatalogueFile) -> None:
        """Make or change the dated runs; past ones are kept as history."""
        known = {
            run.external_id: run
            for run in Offering.objects.filter(source=self.source).exclude(external_id="")
        }
        fresh: list[Offering] = []
        for run in catalogue.runs:
            wanted = self._run_fields(run)
            past = wanted["starts_at"] <= self.now
            self.counts["runs_past" if past else "runs_ahead"] += 1
            if (offering := known.get(run.number)) is None:
                offering = Offering(source=self.source, external_id=run.number, **wanted)
                fresh.append(offering)
                self.counts["runs_new"] += 1
                if not past and not self.is_dry:
                    self.touched.add(offering.course_id)
                continue
            if "seats" in wanted:  # nobody loses a seat by an import
                least = max(offering.seats_taken, offering.seats_min)
                wanted["seats"] = max(wanted["seats"], least)
            if any(getattr(offering, name) != value for name, value in wanted.items()):
                for name, value in wanted.items():
                    setattr(offering, name, value)
                self.counts["runs_changed"] += 1
                if not self.is_dry:
                    change_run(offering=offering, now=self.now)
                    self.touched.add(offering.course_id)
        if not self.is_dry:
            Offering.objects.bulk_create(fresh, batch_size=500)
            fill_in_runs()

    def _run_fields(self, run: CatalogueRun) -> dict:
        fields = {
            "course_id": self.page_by_uid[run.course_uid].pk,
            "starts_at": self._in_zone(run.starts_at),
            "ends_at": self._in_zone(run.ends_at),
            "place": run.where,
            "link": run.link,
        }
        if fields["ends_at"] <= fields["starts_at"]:  # a run across the hour that clocks go back
            fields["ends_at"] = fields["starts_at"] + timedelta(minutes=1)
        return fields if run.seats is None else fields | {"seats": run.seats}

    def _in_zone(self, moment: datetime) -> datetime:
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
