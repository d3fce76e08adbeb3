"""People who click at the same moment: kept connections, signed in, one thread to each."""

from __future__ import annotations

import base64
import http.client
import json
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

TOKEN = "b" * 32
BACK = "next=/path/"  # as the forms of My path send it
#: How often a click is sent again when the web process died under it, every 0.1 seconds.
TRIES = 600

SEAT, WAIT, OUT, AGAIN = "seat", "wait", "out", "again"
#: How each answer is worded on screen, by its first words.
WORDS = (
    ("Your seat is reserved", SEAT),
    ("It is full, so you wait", WAIT),
    ("You are out of", OUT),
    ("Somebody else was faster", AGAIN),
)


@dataclass
class Person:
    """One teacher in one browser tab, and what the site told them last about each run."""

    teacher_id: int
    session_key: str
    port: int
    said: dict[int, str] = field(default_factory=dict)
    answers: Counter = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    connection: http.client.HTTPConnection | None = None

    def post(self, address: str) -> tuple[int, str]:
        """Return status and words of the answer, sent again when the process died under it."""
        for _ in range(TRIES):
            try:
                return self._post(address)
            except (OSError, http.client.HTTPException):
                self.answers["sent again"] += 1
                self.connection = None
                time.sleep(0.1)
        raise RuntimeError(f"Nobody answers at {address}.")

    def click(self, address: str, run: int | None = None) -> str:
        """Return what the site said, and keep it for the run; what is no clean answer is counted.

        A page that could not be shown is counted by its status.
        """
        began = time.perf_counter()
        status, words = self.post(address)
        self.seconds.append(time.perf_counter() - began)
        said = next((name for start, name in WORDS if words.startswith(start)), "")
        said = said if status == 302 and said else str(status)
        self.answers[said] += 1
        if run is not None:
            self.said[run] = said
        return said

    def _post(self, address: str) -> tuple[int, str]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.connection.request(
            "POST",
            address,
            BACK,
            {
                "Cookie": f"sessionid={self.session_key}; csrftoken={TOKEN}",
                "X-CSRFToken": TOKEN,
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        answer = self.connection.getresponse()
        answer.read()
        cookies = answer.headers.get_all("Set-Cookie") or []
        words = [c for c in cookies if c.startswith("messages=")]
        return answer.status, message_in(words[0]) if words else ""


def message_in(cookie: str) -> str:
    """Return the words of the last message that a Set-Cookie line carries."""
    value = unquote(cookie.partition("=")[2].split(";")[0]).strip('"')
    packed = value.split(":")[0]
    squeezed = packed.startswith(".")
    data = base64.urlsafe_b64decode(packed.lstrip(".") + "=" * (-len(packed.lstrip(".")) % 4))
    said = json.loads(zlib.decompress(data) if squeezed else data)
    return str(said[-1][3] if isinstance(said[-1], list) else said[-1])


def all_at_once(people: Sequence[Person], work: Callable[[Person], None]) -> float:
    """Let everybody do their work at the same moment; return the seconds until the last is done.

    Raises what the first of them raised.
    """
    start = threading.Barrier(len(people) + 1)
    failed: list[BaseException] = []

    def run(person: Person) -> None:
        start.wait()
        try:
            work(person)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(person,), daemon=True) for person in people]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if failed:
        raise failed[0]
    return seconds
