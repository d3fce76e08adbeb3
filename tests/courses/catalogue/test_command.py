"""The command says what came in, and writes nothing when it can't."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from courses.models import CoursePage
from profiles.models import ImportRun, Skill

from .files import MODULE, RUN, catalogue


def run_command(path, *options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_catalogue", str(path), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_sums_up_and_writes_down_the_import(db, district, tmp_path):
    path = tmp_path / "acme.json"
    path.write_bytes(catalogue(MODULE, MODULE | {"uid": "acme.2", "duration_in_minutes": None}))
    out, err = run_command(path)
    assert out.splitlines() == [
        "2 sessions: 2 new, 0 changed. 2 new skills.",
        "0 dated runs: 0 ahead, 0 past and kept as history; 0 new, 0 changed.",
        "Sessions that have no minutes and stay drafts: 1.",
    ]
    assert "acme.2" in err
    run = ImportRun.objects.get()
    assert (run.kind, run.state, run.total, run.counts["sessions_new"], len(run.problems)) == (
        "catalogue",
        "applied",
        2,
        2,
        1,
    )


def test_a_dry_run_says_the_same_and_writes_nothing(db, district, tmp_path, told):
    path = tmp_path / "acme.json"
    path.write_bytes(catalogue(MODULE, runs=[RUN]))
    out, _ = run_command(path, "--dry-run")
    assert out.splitlines()[0] == "1 sessions: 1 would be new, 0 would be changed. 2 new skills."
    assert out.splitlines()[-1] == "Dry run: nothing was written."
    assert (CoursePage.objects.count(), Skill.objects.count(), ImportRun.objects.count(), told) == (
        0,
        0,
        0,
        [],
    )


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_a_bad_file_ends_the_command_and_writes_nothing(db, tmp_path, options):
    path = tmp_path / "acme.json"
    path.write_bytes(catalogue(MODULE, MODULE))
    with pytest.raises(CommandError, match=r"1 error\. Nothing was written\."):
        run_command(path, *options)
    with pytest.raises(CommandError, match=r"1 error\. Nothing was written\."):
        run_command(tmp_path / "missing.json", *options)
    assert (CoursePage.objects.count(), ImportRun.objects.count()) == (0, 0)
