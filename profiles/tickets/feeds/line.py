"""The line to one help desk: to the configured host alone, with limits on time and size.

Names are resolved here and the connection is made to the very address that was looked at: a name
that answers differently the second time gains nothing. What a help desk answers may hold words of
people, so no message of this module quotes any of it.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError
from urllib3.exceptions import NewConnectionError as NoConnection

CONNECT_SECONDS, READ_SECONDS = 5.0, 20.0
#: One answer, from its first byte to its last.
ANSWER_SECONDS = 120.0
LONGEST_ADDRESS = 300
LARGEST_ANSWER = 32 * 1024 * 1024
#: How often a request is made when the line drops, and how long to wait between. A worker that
#: has other work tries once more only: it comes back by itself.
TRIES, WORKERS_TRIES, FIRST_PAUSE = 5, 2, 0.25
#: So long a worker waits when it is asked to; for longer it leaves and comes back.
WORKERS_WAIT = 4.0
#: Without a word how long to wait, a help desk that has had enough gets this long.
USUAL_WAIT = 60.0
#: Addresses that carry an IPv4 address inside and lead wherever that one leads.
CARRIERS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")))


class FeedProblem(Exception):
    """A help desk can't be read; the message says why and what to do, and quotes no answer."""


class WrongAddress(FeedProblem):
    """The address is none that may be asked."""


class WrongToken(FeedProblem):
    """The token, or what stands beside it, can't be sent."""

    def __init__(self) -> None:
        super().__init__(
            "The token holds a sign that no token has, such as “…” or a line break. Copy it anew."
        )


class LineDropped(FeedProblem):
    """No answer, or only a part of one, again and again."""


class Refused(FeedProblem):
    """The help desk does not let us in."""


class NotThere(FeedProblem):
    """The help desk knows no such thing."""


class NotUnderstood(FeedProblem):
    """The help desk answered something else than was asked for."""


class AskedToWait(FeedProblem):
    """The help desk wants fewer requests."""

    def __init__(self, seconds: float):
        super().__init__(f"The help desk asks us to wait {seconds:,.0f} seconds.")
        self.seconds = seconds


@dataclass(frozen=True)
class Answer:
    """What came back: the JSON, and the headers."""

    json: Any
    headers: Mapping[str, str]


def host_of(address: str, *, may_be_private: bool = False) -> str:
    """Return the host of an address such as https://help.example.org. Raises WrongAddress."""
    if len(address) > LONGEST_ADDRESS:
        raise WrongAddress("The address is too long.")
    try:
        parts = urlsplit(address)
        host, _ = (parts.hostname or "").casefold(), parts.port
    except ValueError:
        raise WrongAddress("The address can't be read. Write it such as https://…") from None
    if parts.scheme not in ("https", "http") or not host:
        raise WrongAddress("The address has to start with https:// and name a host.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise WrongAddress("The address holds more than a host and a path. Leave the rest out.")
    if parts.scheme == "http" and not (may_be_private or is_listed(host)):
        raise WrongAddress("The token would travel in the clear. Use an https:// address.")
    return host


def is_listed(host: str) -> bool:
    """Return whether this host may live at a private address, and speak plain http there."""
    return host.casefold() in settings.FEED_PRIVATE_HOSTS


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the open internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif any(ip in network for network in CARRIERS):
            return False
    return ip.is_global and not ip.is_multicast


def is_sendable(value: str) -> bool:
    """Return whether a value may stand in a header."""
    return value.isascii() and value.isprintable()


class Line:
    """Asks one help desk. `wait` is called with seconds before trying again; a worker that has
    other work passes none, and gets AskedToWait unless it is over soon."""

    def __init__(
        self,
        address: str,
        *,
        headers: Mapping[str, str],
        may_be_private: bool = False,
        wait: Callable[[float], None] | None = None,
        longest_wait: float = 900.0,
    ):
        host = host_of(address, may_be_private=may_be_private)
        self.address = address.rstrip("/")
        self._wait = wait
        self._longest_wait = longest_wait
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no .netrc: nothing that leads elsewhere
        self._session.headers.update({"Accept": "application/json", "User-Agent": "pdplanner"})
        self._session.headers.update(headers)
        guarded = GuardedAdapter(may_be_private=may_be_private or is_listed(host))
        self._session.mount("http://", guarded)
        self._session.mount("https://", guarded)

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def add_header(self, name: str, value: str) -> None:
        """Send this along from now on."""
        self._session.headers[name] = value

    def get(self, path: str, params: Any = None) -> Answer:
        """Return the answer to a GET below the address. Raises FeedProblem."""
        return self._ask("GET", path, params=params)

    def post(self, path: str, params: Any = None, body: Any = None) -> Answer:
        """Return the answer to a POST below the address. Raises FeedProblem."""
        return self._ask("POST", path, params=params, json=body)

    def _ask(self, method: str, path: str, **content: Any) -> Answer:
        waited, drops = 0.0, 0
        while True:
            try:
                return self._once(method, path, content)
            except LineDropped:
                drops += 1
                if drops == (WORKERS_TRIES if self._wait is None else TRIES):
                    raise
                time.sleep(FIRST_PAUSE * 2 ** (drops - 1))
            except AskedToWait as asked:
                waited += asked.seconds
                if waited > (WORKERS_WAIT if self._wait is None else self._longest_wait):
                    raise
                (self._wait or time.sleep)(asked.seconds)

    def _once(self, method: str, path: str, content: dict[str, Any]) -> Answer:
        try:
            with self._session.request(
                method,
                f"{self.address}/{path.lstrip('/')}",
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
                **content,
            ) as response:
                check_status(response)
                return Answer(read_json(response), response.headers)
        except requests.exceptions.SSLError:
            raise WrongAddress("The help desk's certificate is not trusted here.") from None
        except (requests.exceptions.RequestException, HTTPError, OSError) as error:
            if isinstance(error, requests.exceptions.InvalidURL):
                raise WrongAddress(
                    "The address can't be read. Write it such as https://…"
                ) from None
            raise LineDropped("The help desk did not answer, or only in part.") from None


def check_status(response: requests.Response) -> None:
    """Raise the FeedProblem that a status code means."""
    code = response.status_code
    if code in (429, 503):
        raise AskedToWait(seconds_of(response.headers.get("Retry-After", "")))
    if 300 <= code < 400:
        raise WrongAddress(
            "The help desk leads to another address. Enter that one, if it is right."
        )
    if code in (401, 403):
        raise Refused("The help desk does not accept the token, or its rights are too few.")
    if code in (404, 410):
        raise NotThere("The help desk has nothing there. Is the address right?")
    if code >= 500:
        raise LineDropped(f"The help desk is out of order (status {code}).")
    if code >= 400:
        raise NotUnderstood(f"The help desk does not understand the question (status {code}).")


def seconds_of(text: str) -> float:
    """Return how long a Retry-After header asks to wait, between one second and an hour."""
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            seconds = USUAL_WAIT
    if not seconds >= 0:  # not a number, too
        seconds = USUAL_WAIT
    return min(max(seconds, 1.0), 3600.0)


def read_json(response: requests.Response) -> Any:
    """Return the answer's JSON, read up to the limits of time and size."""
    until = time.monotonic() + ANSWER_SECONDS
    content = bytearray()
    for chunk in response.iter_content(65536):
        content += chunk
        if len(content) > LARGEST_ANSWER:
            raise NotUnderstood("The answer is larger than any page of tickets.")
        if time.monotonic() > until:
            raise LineDropped("The help desk answers too slowly.")
    promised = response.headers.get("Content-Length", "")
    is_counted = promised.isdecimal() and "Content-Encoding" not in response.headers
    if is_counted and len(content) < int(promised):
        raise LineDropped("The answer broke off.")
    try:
        return json.loads(content) if content else None
    except (ValueError, RecursionError):
        raise NotUnderstood(
            "The answer is no JSON: is this the address of the help desk's API?"
        ) from None


# ---- connecting ---------------------------------------------------------------------------------


class PrivateAddress(WrongAddress):
    """The host lives at an address that is not on the open internet."""

    def __init__(self) -> None:
        super().__init__(
            "The host lives at a private address. Whoever runs the server may allow it: "
            "PDPLANNER_FEED_PRIVATE_HOSTS lists such hosts."
        )


def connect(host: str, port: int, timeout: float | None, *, may_be_private: bool) -> socket.socket:
    """Return a connection to the first address of a host that answers. Raises PrivateAddress."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [(family, str(place[0]), place) for family, _, _, _, place in found]
    if not may_be_private and not all(is_public(ip) for _, ip, _ in addresses):
        raise PrivateAddress
    last: OSError = OSError("no address")
    for family, _, place in addresses:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(timeout)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect(place)
            return sock
        except OSError as error:
            sock.close()
            last = error
    raise last


class Guarded:
    """Makes a connection of urllib3 go where `connect` allows."""

    may_be_private = False

    def _new_conn(self) -> socket.socket:
        """Called by urllib3, which wraps the connection in TLS under the host's name."""
        try:
            timeout = self.timeout if isinstance(self.timeout, float | int) else CONNECT_SECONDS  # type: ignore[attr-defined]
            return connect(
                self._dns_host,  # type: ignore[attr-defined]
                self.port,  # type: ignore[attr-defined]
                timeout,
                may_be_private=self.may_be_private,
            )
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error  # type: ignore[attr-defined,arg-type]
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "no answer in time") from error
        except OSError as error:
            raise NoConnection(self, "no connection") from error  # type: ignore[arg-type]


class GuardedHttp(Guarded, HTTPConnection):
    pass


class GuardedHttps(Guarded, HTTPSConnection):
    pass


class FreeHttp(GuardedHttp):
    may_be_private = True


class FreeHttps(GuardedHttps):
    may_be_private = True


def pools(http: type[HTTPConnection], https: type[HTTPSConnection]) -> dict[str, type]:
    """Return connection pools that make these connections."""
    return {
        "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": http}),
        "https": type("TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": https}),
    }


class GuardedAdapter(HTTPAdapter):
    """Carries requests over guarded connections."""

    def __init__(self, *, may_be_private: bool):
        self._pools = (
            pools(FreeHttp, FreeHttps) if may_be_private else pools(GuardedHttp, GuardedHttps)
        )
        super().__init__(pool_connections=1, pool_maxsize=2, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools
