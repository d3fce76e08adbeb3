"""The recommender's answer in the form that is stored: plain JSON, a name beside every id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pdplanner.recommender.facts import Facts, Id, Reason
from profiles.models import School, Skill, Tool

#: Which table the ids under a key of `Reason.facts` and `WhyNot.facts` point into.
TABLE_OF_KEY = {
    "skill": "skills",
    "tool": "tools",
    "tools": "tools",
    "schools": "schools",
    "course": "courses",
    "for_course": "courses",
}
TABLE_OF_COHORT = {"school": "schools", "tool": "tools"}


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called today."""

    skills: Mapping[Id, str]
    tools: Mapping[Id, str]
    schools: Mapping[Id, str]
    courses: Mapping[Id, str]

    def reason(self, reason: Reason) -> dict[str, Any]:
        """Return a reason as it is stored."""
        return {
            "kind": reason.kind,
            "minutes": round(reason.minutes, 2),
            "facts": self.facts(reason.facts),
        }

    def facts(self, facts: Mapping[str, object]) -> dict[str, Any]:
        """Return cited facts as JSON: ISO dates, lists, and `KEY_name` beside an id."""
        told: dict[str, Any] = {}
        for key, value in facts.items():
            told[key] = _plain(value)
            if table := TABLE_OF_KEY.get(key):
                told[f"{key}_names" if isinstance(value, tuple) else f"{key}_name"] = self._called(
                    table, value
                )
        if table := TABLE_OF_COHORT.get(str(facts.get("cohort"))):
            told["cohort_name"] = self._called(table, facts["name"])
        return told

    def _called(self, table: str, value: Any) -> Any:
        names = getattr(self, table)
        if isinstance(value, tuple):
            return [names.get(item, "") for item in value]
        return names.get(value, "")


def read_names(facts: Facts) -> Names:
    """Return the names of all that reasons about these facts may cite, in three queries."""
    return Names(
        skills=dict(Skill.objects.values_list("pk", "name")),
        tools=dict(Tool.objects.values_list("pk", "name")),
        schools=dict(School.objects.values_list("pk", "name")),
        courses={course.id: course.title for course in facts.courses},
    )


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return round(value, 4) if isinstance(value, float) else value
