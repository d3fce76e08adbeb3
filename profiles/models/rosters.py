"""What a roster leaves behind for the next one: how it is read, and what changes build on."""

from __future__ import annotations

from django.db import models


class RosterProfile(models.Model):
    """How a table of teachers is read: our names and its headings, saved for the next time."""

    name = models.CharField(max_length=40, unique=True)
    columns = models.JSONField(default=dict)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RosterBase(models.Model):
    """One file of a roster as it stood last, without students, names and addresses.

    A set of changes names only what changed; the rest is taken from here.
    """

    source = models.CharField(max_length=50)
    file = models.CharField(max_length=50)
    rows = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "file"], name="roster_base_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.file}"
