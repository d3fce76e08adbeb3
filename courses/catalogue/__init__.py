"""Catalogues from elsewhere, in the shape of the Microsoft Learn Catalog API.

The file is one JSON object in UTF-8:

- `modules`, a list of sessions: `uid` and `title` (both needed); `summary`, `objectives` (list),
  `duration_in_minutes` (null: it stays a draft), `duration_text`, `levels` (beginner,
  intermediate, advanced, or A1 to C2), `subjects` (each becomes a skill), `prerequisites` (words),
  `prerequisite_uids` (list), `audience` (words), `age_groups` (list), `delivery_mode` (online,
  remote, face-to-face), `how_you_will_learn`.
- `occurrences`, a list of dated runs (may be missing): `occurrence_no`, `module_uid` (null: left
  out and listed), `start` and `end` (ISO; without an offset in the district's time zone), `seats`,
  `city`, `hub`, `online`, `remote`, `link`.
- `learningPaths` is counted and left out; other names are ignored, as the API grows.
"""

from .applying import apply_catalogue
from .reading import read_catalogue
from .shape import CatalogueCourse, CatalogueFile, CatalogueRun

__all__ = [
    "CatalogueCourse",
    "CatalogueFile",
    "CatalogueRun",
    "apply_catalogue",
    "read_catalogue",
]
