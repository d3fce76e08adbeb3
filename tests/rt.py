"""A real Request Tracker 5 on loopback: an empty database, one queue, a reader with a token.

Needs Debian's request-tracker5, rt5-standalone and rt5-db-sqlite (tests/services installs them).
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from .servers import free_port

ROOT = ("root", "password")
SERVER = "/usr/share/request-tracker5/libexec/rt-server"
QUEUE = "Teaching and technology"

CONFIGURATION = """
Set($rtname, 'tests'); Set($Organization, 'tests.example.org'); Set($Timezone, 'America/Denver');
Set($WebDomain, '127.0.0.1'); Set($WebPort, {port}); Set($WebPath, '');
Set($WebBaseURL, 'http://127.0.0.1:{port}');
Set($DatabaseType, 'SQLite'); Set($DatabaseName, '{folder}/rt.sqlite3');
Set($DatabaseHost, ''); Set($DatabaseUser, ''); Set($DatabasePassword, '');
Set($MailCommand, 'testfile'); Set($LogToSyslog, undef); Set($LogToSTDERR, 'error');
Set($WebSessionClass, 'Apache::Session::File');
1;
"""
CONTENT = """
our @Queues = ({{ Name => '{queue}' }});
our @CustomFields = map {{ {{ Name => $_, Type => 'FreeformSingle',
    LookupType => 'RT::Queue-RT::Ticket', Queue => ['{queue}'] }} }}
    ('Category', 'Minutes lost');
our @Groups = ({{ Name => 'Readers' }});
our @Users = ({{ Name => 'reader', Password => 'only-reads-1', Privileged => 1,
    EmailAddress => 'reader@tests.example.org', Timezone => 'Asia/Tokyo' }});
our @ACL = map {{ {{ GroupDomain => 'UserDefined', GroupId => 'Readers', Queue => '{queue}',
    Right => $_ }} }} qw(SeeQueue ShowTicket SeeCustomField);
push @ACL, {{ GroupDomain => 'UserDefined', GroupId => 'Readers', Right => 'ManageAuthTokens' }};
our @Final = (sub {{
    my $group = RT::Group->new(RT->SystemUser); $group->LoadUserDefinedGroup('Readers');
    my $user = RT::User->new(RT->SystemUser); $user->Load('reader');
    $group->AddMember($user->PrincipalId);
}});
1;
"""
TOKEN = """
use lib '/usr/share/request-tracker5/lib'; use RT -init; use RT::AuthToken;
my $user = RT::User->new(RT->SystemUser); $user->Load('reader');
my ($ok, $message, $token) = RT::AuthToken->new(RT->SystemUser)->Create(
    Owner => $user->Id, Description => 'tests');
die $message unless $ok; print $token;
"""


@dataclass
class RequestTracker:
    """Where it is, what its reader may say, and what root does in it."""

    address: str
    token: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Do something as root and return the answer."""
        answer = requests.request(
            method, f"{self.address}/REST/2.0/{path}", json=body, auth=ROOT, timeout=30
        )
        answer.raise_for_status()
        return answer.json()

    def open_ticket(self, subject: str, *, requester: str, text: str = "", **fields: str) -> str:
        """Open a ticket for somebody and return its number."""
        body = {
            "Queue": QUEUE,
            "Subject": subject,
            "Requestor": requester,
            "Content": text or subject,
            "CustomFields": fields,
        }
        return str(self.call("POST", "ticket", body)["id"])

    def change(self, number: str, **values: Any) -> None:
        """Change a ticket."""
        self.call("PUT", f"ticket/{number}", values)


@contextmanager
def request_tracker(folder: Path) -> Iterator[RequestTracker]:
    """Start one in this folder, and stop it after."""
    port = free_port()
    settings = folder / "RT_SiteConfig.pm"
    settings.write_text(CONFIGURATION.format(port=port, folder=folder))
    (folder / "more.d").mkdir()
    content = folder / "content.pl"
    content.write_text(CONTENT.format(queue=QUEUE))
    environment = os.environ | {
        "RT_SITE_CONFIG": str(settings),
        "RT_SITE_CONFIG_DIR": str(folder / "more.d"),
    }
    no_admin = ("--skip-create", "--dba", "", "--dba-password", "")
    with (folder / "log").open("wb") as log:

        def run(*command: str) -> None:
            subprocess.run(command, env=environment, stdout=log, stderr=log, check=True)

        run("rt-setup-database", "--action", "init", *no_admin)
        run("rt-setup-database", "--action", "insert", *no_admin, "--datafile", str(content))
        token = subprocess.run(
            ["perl", "-e", TOKEN],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            check=True,
            text=True,
        ).stdout
        server = subprocess.Popen(
            [
                *(SERVER, "--server", "Starlet", "--max-workers", "2"),
                *("--host", "127.0.0.1", "--port", str(port)),
            ],
            env=environment,
            stdout=log,
            stderr=log,
        )
    tracker = RequestTracker(f"http://127.0.0.1:{port}", token)
    try:
        wait_for(tracker, server)
        yield tracker
    finally:
        server.terminate()
        server.wait(20)


def wait_for(tracker: RequestTracker, server: subprocess.Popen) -> None:
    """Wait until it answers."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            tracker.call("GET", "rt")
            return
        except requests.exceptions.RequestException:
            assert server.poll() is None, "it ended as soon as it was started"
            time.sleep(0.2)
    raise AssertionError("it did not answer within a minute")
