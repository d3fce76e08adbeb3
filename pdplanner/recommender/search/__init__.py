"""The path solver: instances in arrays, plans out. Knows numbers only, neither facts nor words."""

from pdplanner.recommender.rules import SearchRules
from pdplanner.recommender.search.documents import answer, read_instance
from pdplanner.recommender.search.instances import (
    Instance,
    InstanceError,
    Plans,
    Step,
    value_of,
    violations,
)
from pdplanner.recommender.search.solver import solve_paths

__all__ = [
    "Instance",
    "InstanceError",
    "Plans",
    "SearchRules",
    "Step",
    "answer",
    "read_instance",
    "solve_paths",
    "value_of",
    "violations",
]
