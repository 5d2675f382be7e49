"""pyst2's Manager on a wire that cannot hang it, fool it or grow without bounds.

Of pyst2 0.5.1 serve: the actions (login, ping, originate, dbput …), send_action, the registry and the dispatch of
events, the messages and exceptions. Replaced here are its ways of reading: it takes replies by order without a time
limit, swallows all events after a caller named "status will follow", loses repeated headers and dies silently of a
`ChanVariable`. One object lives as long as one connection.
"""

import queue
import socket
import struct
import threading
from collections.abc import Mapping
from typing import Any

from asterisk.manager import Event, Manager, ManagerAuthException, ManagerException, ManagerMsg, ManagerSocketException

BANNER = b"Asterisk Call Manager/"
LONGEST_MESSAGE = 1024 * 1024
MOST_EVENTS = 10_000
"""Events that may wait for a slow consumer; more, and the connection is given up and begun afresh."""
LONGEST_HEADER = 1000
"""Bytes of a line that Asterisk reads ("line too long" above 1024)."""


class Message(ManagerMsg):  # type: ignore[misc]  # pyst2 has no types
    """A manager message that keeps repeated headers: `headers` has the last, every() all of them."""

    def parse(self, response: list[str]) -> None:
        """Take the header lines apart; a line that is none goes to `data`."""
        self.repeated: dict[str, list[str]] = {}
        rest = []
        for line in response:
            key, colon, value = line.partition(":")
            if not colon:
                rest.append(line)
                continue
            self.headers[key.strip()] = value.strip()
            self.repeated.setdefault(key.strip(), []).append(value.strip())
        self.data = "\n".join(rest)

    def every(self, name: str) -> list[str]:
        """All values of a header, in their order."""
        return self.repeated.get(name, [])


class _Flag(threading.Event):
    """An Event under the name that pyst2 asks by, which Python deprecates."""

    isSet = threading.Event.is_set  # noqa: N815 - pyst2's word


class _Replies(queue.Queue[Any]):
    """Replies with patience: pyst2 takes None for a connection that is gone."""

    def __init__(self, patience: float) -> None:
        super().__init__(maxsize=8)
        self.patience = patience

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        try:
            return super().get(block, self.patience if timeout is None else timeout)
        except queue.Empty:
            return None


class _Wire:
    """The socket as the file that pyst2 writes to."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def write(self, data: bytes) -> None:
        """Send all of it, or fail after the socket's send timeout."""
        self.sock.sendall(data)

    def flush(self) -> None:
        """Nothing is held back."""


class GuardedManager(Manager):  # type: ignore[misc]  # pyst2 has no types
    """One connection to the manager interface; thread-safe, every wait at most about `patience` seconds.

    Raises ManagerSocketException (gone, silent, not a manager), ManagerAuthException (refused), ManagerException.
    `gone` is set when the connection is over and `reason` says why. Registered callbacks run in one thread, in order,
    and must not raise; what was read before the end is still delivered.
    """

    def __init__(self, patience: float = 5.0) -> None:
        self.patience = patience
        self.gone = threading.Event()
        self.reason = ""
        self.title: str | None = None
        self.hostname = "dutyline"
        self._sock: _Wire | None = None
        self._connected, self._running = _Flag(), _Flag()
        self._response_queue = _Replies(patience)
        self._event_queue: queue.Queue[Any] = queue.Queue(MOST_EVENTS)
        self._event_callbacks: dict[str, list[Any]] = {}
        self._lists: dict[str, queue.Queue[Any]] = {}
        self._reswaiting: list[int] = []
        self._seqlock, self._seq = threading.Lock(), 0
        self._one = threading.Lock()
        self.message_thread = threading.Thread(target=self.message_loop, name="ami-read", daemon=True)
        self.event_dispatch_thread = threading.Thread(target=self.event_dispatch, name="ami-events", daemon=True)

    def connect(self, host: str, port: int = 5038) -> None:
        """Connect and wait for the banner."""
        try:
            sock = socket.create_connection((host, port), self.patience)
            # Only sending is timed: reading waits as long as nothing happens.
            seconds, fraction = divmod(self.patience, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(seconds), int(fraction * 1e6)))
            sock.settimeout(None)
        except OSError as error:
            raise ManagerSocketException(error.errno or 0, error.strerror or "no answer") from error
        self._sock = _Wire(sock)
        self._connected.set()
        self._running.set()
        self.message_thread.start()
        self.event_dispatch_thread.start()
        if self._response_queue.get() is None:
            self.cut("no manager answers there")
            raise ManagerSocketException(0, self.reason)

    def login(self, username: str, secret: str) -> Any:
        """Sign in; anything but an explicit success is a refusal."""
        answer = super().login(username, secret)
        if answer.get_header("Response") != "Success":
            raise ManagerAuthException("refused")
        return answer

    def send_action(self, cdict: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        """Send one action and return its reply, matched by ActionID; one action at a time."""
        action = {**(cdict or {}), **kwargs}
        with self._one:
            action.setdefault("ActionID", f"{self.hostname}-{self.next_seq()}")
            _check(action)
            while not self._response_queue.empty():
                self._response_queue.get(timeout=0.001)
            try:
                reply = super().send_action(action)
            except ManagerSocketException as error:
                self.cut("Asterisk does not answer")
                raise ManagerSocketException(0, self.reason) from error
            if reply.get_header("ActionID") != action["ActionID"]:
                self.cut("a reply to something that was not asked")
                raise ManagerSocketException(0, self.reason)
            return reply

    def send_list(self, action: Mapping[str, Any], complete: str) -> list[Message]:
        """Send an action that is answered by a list of events, ended by the event `complete`; the events before it."""
        action_id = f"{self.hostname}-{self.next_seq()}"
        inbox: queue.Queue[Any] = queue.Queue(MOST_EVENTS)
        self._lists[action_id] = inbox
        try:
            reply = self.send_action({**action, "ActionID": action_id})
            if reply.get_header("Response") != "Success":
                raise ManagerException(reply.get_header("Message", "refused"))
            events: list[Message] = []
            while True:
                event = inbox.get(timeout=self.patience)
                if event is None:
                    raise ManagerSocketException(0, self.reason)
                if event.get_header("Event") == complete:
                    return events
                events.append(event)
        except queue.Empty as error:
            self.cut("Asterisk began a list and did not end it")
            raise ManagerSocketException(0, self.reason) from error
        finally:
            del self._lists[action_id]

    def cut(self, reason: str) -> None:
        """End the connection now; the first reason stays."""
        self.reason = self.reason or reason
        self._connected.clear()
        if self._sock is not None:
            try:
                self._sock.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # the other side was faster

    def close(self) -> None:
        """Sign off when that is possible at once, and end; a few seconds at most, whatever the other side does."""
        if getattr(self, "_sock", None) is None:
            return
        if self._connected.is_set():
            self._response_queue.patience = min(self.patience, 1.0)
            try:
                self.logoff()
            except ManagerException:
                self.reason = self.reason or "closed"
        self.cut("closed")
        self._running.clear()
        for thread in (self.message_thread, self.event_dispatch_thread):
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join(1.0)

    def message_loop(self) -> None:
        """Read messages until the connection ends; pyst2 starts it as a thread."""
        assert self._sock is not None  # noqa: S101 - connect() has set it
        sock = self._sock.sock
        try:
            self._read(sock)
        except (OSError, ManagerException) as error:
            self.reason = self.reason or str(error)
        finally:
            self._connected.clear()
            sock.close()
            for waiting in (self._response_queue, *self._lists.copy().values(), self._event_queue):
                _force(waiting, None)
            self.gone.set()

    def _read(self, sock: socket.socket) -> None:
        buffer = bytearray()
        while data := sock.recv(65536):
            buffer += data
            if self.title is None:
                line, end, rest = bytes(buffer).partition(b"\r\n")
                if not (line + end).startswith(BANNER[: len(line)]) or len(line) > 200:
                    raise ManagerException("what answers there is not an Asterisk manager")
                if not end:
                    continue
                self.title = line.decode("ascii", "replace")
                self._response_queue.put_nowait(self.title)
                buffer = bytearray(rest)
            start = 0
            while (stop := buffer.find(b"\r\n\r\n", start)) >= 0:
                self._take(bytes(buffer[start:stop]))
                start = stop + 4
            del buffer[:start]
            if len(buffer) > LONGEST_MESSAGE:
                raise ManagerException(f"a message of more than {LONGEST_MESSAGE} bytes")
        raise ManagerException("Asterisk closed the connection")

    def _take(self, block: bytes) -> None:
        """Sort one message; events that nobody registered for cost no more than a look."""
        first = block.lstrip(b"\r\n")
        if not first:
            return
        asked = b"\r\nActionID:" in block
        if first.startswith(b"Event:") and not asked:
            name = first[6:].split(b"\r\n", 1)[0].strip().decode("ascii", "replace")
            if name not in self._event_callbacks:
                return
        message = Message(first.decode("utf-8", "surrogateescape").split("\r\n"))
        try:
            if message.has_header("Event"):
                inbox = self._lists.get(message.get_header("ActionID", ""), self._event_queue)
                inbox.put_nowait(message if inbox is not self._event_queue else Event(message))
            elif message.get_header("Response") == "Generated Header":
                raise ManagerException("what comes from there is not the manager's language")
            else:
                self._response_queue.put_nowait(message)
        except queue.Full:
            raise ManagerException("messages come faster than they can be handled") from None


def _check(action: Mapping[str, Any]) -> None:
    """Refuse what would become another header or action, or what Asterisk would not read. Never shows the value."""
    for key, value in action.items():
        for item in value if isinstance(value, list) else [value]:
            if any(char in f"{key}{item}" for char in "\r\n\0"):
                raise ManagerException(f"a line break in the manager header {key!r}")
            if len(f"{key}: {item}".encode("utf-8", "replace")) > LONGEST_HEADER:
                raise ManagerException(f"the manager header {key!r} is longer than {LONGEST_HEADER} bytes")


def _force(waiting: "queue.Queue[Any]", item: Any) -> None:
    while True:
        try:
            waiting.put_nowait(item)
        except queue.Full:
            try:
                waiting.get_nowait()
            except queue.Empty:
                continue
        else:
            return
