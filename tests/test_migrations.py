"""The real migrations, run once on PostgreSQL under the production settings.

The suite itself builds its tables from the models; on SQLite the tests of the supervisor and of
the backup run the migrations.
"""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

SCRIPT = """
from courses.models import LookBookPage
from django.contrib.auth.models import Group
from wagtail.models import Site
names = ["Coaches", "Coordinators"]
print(sorted(Group.objects.filter(name__in=names).values_list("name", flat=True)))
print(Site.objects.get(is_default_site=True).root_page.specific_class is LookBookPage)
"""


def with_name(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@pytest.mark.postgres
@pytest.mark.slow
def test_production_settings_migrate_an_empty_database(tmp_path):
    server = os.environ["PDPLANNER_TEST_DATABASE_URL"]
    name = f"fresh_{os.getpid()}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "pdplanner.settings.production",
        "PDPLANNER_DATA": str(tmp_path),
        "PDPLANNER_DATABASE_URL": with_name(server, name),
        "PDPLANNER_REDIS_URL": "redis://127.0.0.1:1/0",
        "PDPLANNER_SECRET_KEY": "k" * 60,
        "PDPLANNER_HOSTS": "pd.example.org",
        "PDPLANNER_MAIL_HOST": "localhost",
    }

    def pdplanner(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "pdplanner", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    with psycopg.connect(with_name(server, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            pdplanner("migrate", "-v", "0")
            assert pdplanner("makemigrations", "--check", "--dry-run") == "No changes detected\n"
            said = pdplanner("shell", "-v", "0", "-c", SCRIPT)
            assert said == "['Coaches', 'Coordinators']\nTrue\n"
            deploy = pdplanner("check", "--deploy", "--fail-level", "WARNING")
            assert deploy == "System check identified no issues (0 silenced).\n"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
