"""The real migrations, run once on PostgreSQL under the production settings.

The suite itself builds its tables from the models; on SQLite the tests of the supervisor and of
the backup run the migrations.
"""

from __future__ import annotations

import pytest

from .servers import production, redis_server

SCRIPT = """
from courses.models import LookBookPage
from django.contrib.auth.models import Group
from wagtail.models import Site
names = ["Coaches", "Coordinators"]
print(sorted(Group.objects.filter(name__in=names).values_list("name", flat=True)))
print(Site.objects.get(is_default_site=True).root_page.specific_class is LookBookPage)
"""


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.slow
def test_production_settings_migrate_an_empty_database(tmp_path):
    with (
        redis_server(tmp_path) as port,
        production(tmp_path / "data", redis_port=port) as installation,
    ):
        installation.pdplanner("migrate", "-v", "0")
        checked = installation.pdplanner("makemigrations", "--check", "--dry-run")
        assert checked == "No changes detected\n"
        said = installation.pdplanner("shell", "-v", "0", "-c", SCRIPT)
        assert said == "['Coaches', 'Coordinators']\nTrue\n"
        deploy = installation.pdplanner("check", "--deploy", "--fail-level", "WARNING")
        assert deploy == "System check identified no issues (1 silenced).\n"  # W019: see base.py
