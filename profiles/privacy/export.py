"""All that is held about one teacher, as one JSON file, a row at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from ..models import Teacher
from .held import Held, all_held, all_inside

ROWS_AT_ONCE = 500


def write_export(teacher: Teacher, *, now: datetime) -> Iterator[str]:
    """Yield the file in pieces: {"made_at", "about", "held": {title: [row, …]}}."""
    yield f'{{"made_at": {_json(now)}, "about": {_json(str(teacher))}, "held": {{'
    for number, held in enumerate(all_held()):
        yield f"{',' if number else ''}\n{_json(held.title)}: ["
        for row_number, row in enumerate(_rows(held, teacher)):
            yield f"{',' if row_number else ''}\n{_json(row)}"
        yield "]"
    for inside in all_inside():
        yield f",\n{_json(inside.title)}: {_json(list(inside.rows_of(teacher)))}"
    yield "\n}}\n"


def _rows(held: Held, teacher: Teacher) -> Iterator[dict[str, Any]]:
    related = [field.name for field in held.model._meta.concrete_fields if field.is_relation]
    rows = held.rows_of(teacher).select_related(*related) if related else held.rows_of(teacher)
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        yield _told(row, held.secret) | {name: getattr(row, name) for name in held.also}


def _told(row: Model, secret: tuple[str, ...]) -> dict[str, Any]:
    """A row as a reader understands it: choices in words, others by their name."""
    told: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in secret:
            continue
        value = getattr(row, field.name)
        if isinstance(value, Model):
            value = str(value)
        elif field.choices and value:
            value = str(dict(field.flatchoices).get(value, value))
        told[field.name] = value
    for many in row._meta.many_to_many:
        told[many.name] = [str(one) for one in getattr(row, many.name).all()]
    return told


def _json(value: Any) -> str:
    return json.dumps(value, cls=_Encoder, ensure_ascii=False)


class _Encoder(DjangoJSONEncoder):
    """Whatever has no form of its own in JSON is told as text: a file by its name."""

    def default(self, o: Any) -> Any:
        try:
            return super().default(o)
        except TypeError:
            return str(o)
