"""The district's row, its schools, its two school years and the days that matter in them."""

from __future__ import annotations

from collections.abc import Mapping

from profiles.models import District, School, SchoolYear, SpecialDay, Term

from .calendar import Mark, Year
from .ground import DISTRICT_NAME, KIND_OF_SCHOOL, SCHOOLS, SOURCE, TIME_ZONE, Ground

#: Schools on which a mark named for a kind of school falls.
Schools = Mapping[str, School]


def make_district() -> District:
    """Return the one district, now the sample's."""
    district = District.objects.first() or District()
    district.name = DISTRICT_NAME
    district.time_zone = TIME_ZONE
    district.minutes_a_term = 480
    district.email_domain = "example.org"
    district.is_sample = True
    district.save()
    return district


def make_schools() -> Schools:
    """Return the schools by name."""
    rows = [
        School(name=name, source=SOURCE, external_id=f"school-{number}", identifier=f"{number:03d}")
        for number, (name, _, _) in enumerate(SCHOOLS, start=1)
    ]
    return {school.name: school for school in School.objects.bulk_create(rows)}


def make_years(ground: Ground, schools: Schools) -> None:
    """Store both school years with their terms and special days."""
    for year in ground.years:
        row = SchoolYear.objects.create(
            title=year.title,
            start_date=year.start_date,
            end_date=year.end_date,
            source=SOURCE,
            external_id=f"year-{year.start_date.year}",
        )
        Term.objects.bulk_create(
            Term(
                school_year=row,
                title=span.title,
                start_date=span.start_date,
                end_date=span.end_date,
                source=SOURCE,
                external_id=f"term-{year.start_date.year}-{number}",
            )
            for number, span in enumerate(year.terms, start=1)
        )
        _make_days(year, schools)


def _make_days(year: Year, schools: Schools) -> None:
    days = SpecialDay.objects.bulk_create(
        SpecialDay(
            kind=mark.kind,
            title=mark.title,
            start_date=mark.start_date,
            end_date=mark.end_date,
        )
        for mark in year.marks
    )
    through = SpecialDay.schools.through
    through.objects.bulk_create(
        through(specialday=day, school=school)
        for day, mark in zip(days, year.marks, strict=True)
        for school in schools_of(mark, schools)
    )


def schools_of(mark: Mark, schools: Schools) -> list[School]:
    """The schools a mark is for; none when it is for all."""
    if not mark.schools:
        return []
    return [school for name, school in schools.items() if KIND_OF_SCHOOL[name] == mark.schools]
