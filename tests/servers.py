"""An installation under the production settings, on servers of the tests' own."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def redis_server(folder: Path) -> Iterator[int]:
    """Give the port of a Redis that keeps nothing."""
    port = free_port()
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield port
    finally:
        server.terminate()
        server.wait(20)


@dataclass(frozen=True)
class Installation:
    """A database of its own, and the environment that leads programs to it."""

    database_url: str
    environment: dict[str, str]

    def pdplanner(self, *arguments: str) -> str:
        """Run one command and return what it printed; fail with what it complained of."""
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "pdplanner", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, query: str) -> list[tuple]:
        """Return the rows of a query."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query).fetchall()


@contextmanager
def production(folder: Path, *, redis_port: int) -> Iterator[Installation]:
    """Give an installation with an empty database, and take the database away after."""
    server = os.environ["PDPLANNER_TEST_DATABASE_URL"]
    name = f"fresh_{os.getpid()}_{abs(hash(folder)) % 10**6}"
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "pdplanner.settings.production",
        "PDPLANNER_DATA": str(folder),
        "PDPLANNER_DATABASE_URL": url,
        "PDPLANNER_REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
        "PDPLANNER_SECRET_KEY": secrets.token_urlsafe(64),
        "PDPLANNER_HOSTS": "pd.example.org",
        "PDPLANNER_MAIL_HOST": "localhost",
    }
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield Installation(url, environment)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
