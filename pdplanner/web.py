"""The web process of the embedded mode: waitress on this machine's own address.

It ends when its standard input does: the supervisor holds the other end, so that nothing is left
behind even when the supervisor is killed.
"""

from __future__ import annotations

import os
import socket
import sys
import threading


def end_with_parent() -> None:
    """End this process as soon as standard input is closed."""

    def watch() -> None:
        while sys.stdin.buffer.read(1):
            pass
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def addresses(port: int) -> str:
    """Return where to listen: localhost by IPv4, and by IPv6 where the machine has it."""
    found = [f"127.0.0.1:{port}"]
    if socket.has_ipv6:
        try:
            with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("::1", port))
            found.append(f"[::1]:{port}")
        except OSError:
            pass
    return " ".join(found)


def main() -> None:
    """Serve the site on PORT until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pdplanner.settings.embedded")
    end_with_parent()
    from waitress import serve

    from pdplanner.wsgi import application

    serve(application, listen=addresses(int(os.environ["PORT"])), threads=8, ident=None)


if __name__ == "__main__":
    main()
