"""Schools and sessions of a set."""

from __future__ import annotations

from datetime import date

from . import columns
from .feed import Feed
from .shape import RosterSchool, RosterSession
from .tables import Row


class Places:
    """The organisations of a set, and the school that each of them lies in."""

    def __init__(self, feed: Feed):
        self.orgs: dict[str, tuple[str, str]] = {}  # id -> type, parent
        self.schools: list[RosterSchool] = []
        self.grades: dict[str, list[str]] = {}  # of a school, where the feed says them
        self._read(feed)

    def _read(self, feed: Feed) -> None:
        parents: list[Row] = []
        for row in feed.rows("orgs"):
            if not feed.is_known(row, "type", columns.ORG_TYPES):
                continue
            feed.keep("orgs", row)
            kind = row["type"].casefold()
            self.orgs[row["sourcedId"]] = (kind, row["parentSourcedId"])
            if row["parentSourcedId"]:
                parents.append(row)
            if kind == "school":
                self.grades[row["sourcedId"]] = row.get("grades", [])
                self.schools.append(
                    RosterSchool(row["sourcedId"], row["name"][:200], row["identifier"][:100])
                )
        for row in parents:
            if row["parentSourcedId"] not in self.orgs:
                feed.dangling(row, "parentSourcedId", "organisation")

    def school(self, org: str) -> str:
        """The school that an organisation is or lies in, "" when there is none."""
        for _ in range(len(self.orgs)):  # a circle of parents ends here
            kind, parent = self.orgs.get(org, ("", ""))
            if kind in ("school", ""):
                return org if kind else ""
            org = parent
        return ""


class Sessions:
    """The school years and terms of a set."""

    def __init__(self, feed: Feed):
        self.years: list[RosterSession] = []
        self.terms: list[RosterSession] = []
        self.ends: dict[str, date] = {}  # of every session
        self._read(feed)

    def _read(self, feed: Feed) -> None:
        read: dict[str, tuple[RosterSession, bool]] = {}  # session, is it a year
        parents: dict[str, str] = {}
        for row in feed.rows("academicSessions"):
            if not feed.is_known(row, "type", columns.SESSION_TYPES):
                continue
            feed.keep("academicSessions", row)
            if row["endDate"] <= row["startDate"]:
                feed.problems.error(
                    row.file,
                    "the session ends before it has begun",
                    "Correct one of the two dates.",
                    line=row.line,
                    column=row.heading("endDate"),
                )
                continue
            session = RosterSession(
                row["sourcedId"], row["title"][:100], row["startDate"], row["endDate"]
            )
            read[session.external_id] = session, row["type"].casefold() == "schoolyear"
            parents[session.external_id] = row["parentSourcedId"]
            self.ends[session.external_id] = session.end_date
        self.years = [session for session, is_year in read.values() if is_year]
        for identifier, (session, is_year) in read.items():
            if not is_year:
                year = self._year_of(identifier, session, parents)
                if year is not None and session.end_date > year.end_date:
                    feed.problems.warning(
                        feed.tables["academicSessions"].file,
                        "a term ends after its school year",
                        "Check its end date; it is taken as it stands.",
                        column="endDate",
                    )
                self.terms.append(
                    RosterSession(
                        identifier,
                        session.title,
                        session.start_date,
                        session.end_date,
                        year.external_id if year else "",
                    )
                )

    def _year_of(
        self, identifier: str, session: RosterSession, parents: dict[str, str]
    ) -> RosterSession | None:
        """The school year that a term names as an ancestor, else the one it begins in."""
        years = {year.external_id: year for year in self.years}
        for _ in range(len(parents)):
            identifier = parents.get(identifier, "")
            if identifier in years:
                return years[identifier]
        return next(
            (year for year in self.years if year.start_date <= session.start_date < year.end_date),
            None,
        )
