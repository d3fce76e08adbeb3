"""How fast pages are, beside an empty page of the same site: `python -m benchmarks.pages`.

Starts the embedded web process on a sample district of its own, signs in as the sample teacher
and asks for each page over kept connections, the pages in turn, so that whatever else the
machine does touches all of them alike. The mark: My path at 0.4 times the requests a second of
the empty page, or more.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.tables import print_table, write_json

MARK = 0.4
PAGES = {
    "empty page": "/benchmark-empty/",
    "My path": "/path/",
    "Look book": "/look-book/",
    "Record": "/record/",
}


class Visitor:
    """One kept connection of a signed-in person."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, address: str, body: str = "") -> tuple[int, bytes]:
        """Return status and content, keeping the cookies."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, address, body or None, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, content

    def sign_in(self, email: str, password: str) -> None:
        """Go through the sign-in form."""
        from urllib.parse import urlencode

        _, form = self.ask("GET", "/accounts/login/")
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        if token is None:
            raise RuntimeError("The sign-in page has no form.")
        fields = {
            "login": email,
            "password": password,
            "csrfmiddlewaretoken": token.group(1).decode(),
        }
        status, _ = self.ask("POST", "/accounts/login/", urlencode(fields))
        if status != 302:
            raise RuntimeError(f"Signing in answered {status}.")


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def rate_of(
    port: int, cookies: dict[str, str], address: str, *, seconds: float, clients: int
) -> float:
    """Return answered requests a second over that long with so many kept connections."""
    counts = [0] * clients
    begin = time.perf_counter()

    def visit(number: int) -> None:
        visitor = Visitor(port)
        visitor.cookies = dict(cookies)
        while time.perf_counter() - begin < seconds:
            status, _ = visitor.ask("GET", address)
            if status != 200:
                raise RuntimeError(f"{address} answered {status}.")
            counts[number] += 1

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - begin)


def measure(*, rounds: int, seconds: float, clients: int) -> list[dict]:
    """Return a row a page: median requests a second, and that over the empty page's."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "PDPLANNER_DATA": folder,
            "PORT": str(port),
            "DJANGO_SETTINGS_MODULE": "benchmarks.page_settings",
        }
        embedded = environment | {"DJANGO_SETTINGS_MODULE": "pdplanner.settings.embedded"}
        command = [sys.executable, "-W", "ignore", "-m", "pdplanner", "prepare"]
        greeting = subprocess.run(command, env=embedded, check=True, stdout=subprocess.PIPE)
        web = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "pdplanner.web"],
            env=environment,
            stdin=subprocess.PIPE,
        )
        try:
            wait_for(port)
            printed = re.search(r"Teacher +(\S+) +(\S+)", greeting.stdout.decode())
            if printed is None:
                raise RuntimeError("The sample has no teacher to sign in as.")
            visitor = Visitor(port)
            visitor.sign_in(*printed.groups())
            rates: dict[str, list[float]] = {name: [] for name in PAGES}
            for _ in range(rounds):
                for name, address in PAGES.items():
                    rates[name].append(
                        rate_of(port, visitor.cookies, address, seconds=seconds, clients=clients)
                    )
        finally:
            web.terminate()
            web.wait(20)
    ratios = {
        name: [rate / empty for rate, empty in zip(found, rates["empty page"], strict=True)]
        for name, found in rates.items()
    }
    return [
        {
            "page": name,
            "requests_a_second": round(statistics.median(found), 1),
            "over_empty": round(statistics.median(ratios[name]), 3),
            "mark": MARK if name == "My path" else None,
        }
        for name, found in rates.items()
    ]


def wait_for(port: int) -> None:
    """Return once something answers on the port."""
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The web process did not start.")


def main() -> None:
    """Measure, print the table, and write JSON when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = measure(rounds=options.rounds, seconds=options.seconds, clients=options.clients)
    print_table("Pages beside an empty page of the same site", list(rows[0]), rows)
    if options.json:
        write_json(options.json, {"rows": rows})


if __name__ == "__main__":
    main()
