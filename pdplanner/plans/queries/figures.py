"""The figures of the recommender on this district: measured, and with its schools by name."""

from __future__ import annotations

from dataclasses import replace

from pdplanner.recommender.figures import Evaluation
from profiles.models import School

#: A group, or a group's askers, of fewer people than this are not shown.
FEWEST_SHOWN = 5


def with_school_names(found: Evaluation) -> Evaluation:
    """Return the figures with schools by name: the recommender knows them by number only."""
    names = {str(key): name for key, name in School.objects.values_list("pk", "name")}
    names["none"] = "In no school"
    return replace(
        found,
        groups=tuple(
            replace(group, name=names.get(group.name, group.name))
            if group.kind == "school"
            else group
            for group in found.groups
        ),
    )


def large_enough(figures: dict) -> dict:
    """Return an evaluation's document without what is measured on fewer than five people: small
    groups keep their name and nothing else, and so does what few askers say."""
    groups = [_group_shown(group) for group in figures["groups"]]
    test = figures["back_test"]
    is_small = test is not None and test["askers"] < FEWEST_SHOWN
    return figures | {
        "groups": groups,
        "back_test": None if is_small else test,
        "on_path": [] if is_small else figures["on_path"],
    }


def _group_shown(group: dict) -> dict:
    if group["teachers"] < FEWEST_SHOWN:
        return {name: group[name] if name in ("kind", "name") else None for name in group}
    if group["askers"] < FEWEST_SHOWN:
        return group | {"askers": None, "ndcg10": None}
    return group
