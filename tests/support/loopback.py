"""Peers on the loopback for tests: addresses of one's own, waiting for a condition, raw sockets."""

import itertools
import os
import socket
import time
from collections.abc import Callable

_NEXT = itertools.count(1)


def own_address() -> str:
    """A 127.x.y.z that no other test process uses at the same time."""
    return f"127.{64 + os.getpid() % 128}.{os.getpid() // 128 % 250}.{next(_NEXT) % 250 + 1}"


def until(condition: Callable[[], object], limit: float = 20.0, what: str = "the condition") -> None:
    """Wait for `condition`; fails after `limit` seconds, generous for a busy machine."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {limit} s for {what}")
        time.sleep(0.01)


def dial(address: tuple[str, int], source: str = "", timeout: float = 20.0) -> socket.socket:
    """A TCP connection to `address`, from `source` when given."""
    return socket.create_connection(address, timeout, (source, 0) if source else None)


def drained(sock: socket.socket) -> bytes:
    """Everything that comes until the other side closes (a reset is a close)."""
    parts = []
    try:
        while data := sock.recv(65536):
            parts.append(data)
    except ConnectionError:
        return b"".join(parts)
    return b"".join(parts)
