"""The same broken files by upload: always a page that says why, never an error of the program."""

from __future__ import annotations

from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from profiles.models import ImportRun
from profiles.tasks import continue_imports

from .test_broken_files import BROKEN, everything, filled

__all__ = ["filled"]

pytestmark = pytest.mark.django_db


def rows() -> dict[str, list]:
    """Every row of every table but the history of imports and the coordinator's session."""
    return {
        label: rows
        for label, rows in everything().items()
        if label not in ("profiles.ImportRun", "sessions.Session")
    }


@pytest.fixture
def client(signed_in, coordinator, settings, tmp_path):
    settings.DATA = tmp_path / "data"
    settings.IMPORT_MAX_BYTES = 50 * 1024 * 1024
    return signed_in(coordinator)


def sent(client, data: bytes):
    """Return the last page of an upload, the columns of a list said as they are proposed."""
    file = SimpleUploadedFile("roster.zip", data)
    page = client.post("/imports/new/roster/", {"roster-file": file}, follow=True)
    if "name" in getattr(page.context.get("form"), "initial", {}):
        columns = page.context["form"].initial
        page = client.post(page.redirect_chain[-1][0], columns)
    if page.status_code == 200:  # a large file is checked in the background
        continue_imports()
        page = client.get(page.redirect_chain[-1][0])
    return page


def test_broken_file_by_upload_gets_a_page_that_says_why_and_changes_nothing(
    filled, client, settings
):
    before, large = rows(), []
    for name, (make, expected) in BROKEN.items():
        settings.IMPORT_MAX_BYTES = (2 if name == "zip bomb by size" else 50) * 1024 * 1024
        page = sent(client, make())
        run = ImportRun.objects.first()
        if name == "table of something else":
            assert "Still missing: Email address" in page.content.decode()
            client.post(f"/imports/{run.pk}/leave/")
            continue
        large += [name] if page.status_code == 200 else []
        said = [f"{problem['place']}: {problem['rule']}" for problem in run.problems]
        assert (run.state, bool(said)) == ("refused", True), name
        assert any(words.startswith(expected) for words in said), (name, said)
        assert run.problems[0]["rule"][1:] in unescape(page.content.decode()), name
        assert client.get(f"/imports/{run.pk}/").status_code == 200, name
    assert large == ["cell of 10 MB that does not shrink"]
    assert ImportRun.objects.count() == len(BROKEN) - 1
    assert rows() == before
