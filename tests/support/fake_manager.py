"""A manager port that misbehaves on demand: the double for faults that a real Asterisk cannot be asked for."""

import contextlib
import socket
import threading
from collections.abc import Callable

from loopback import own_address

Action = dict[str, str]
SECRET = "not-to-be-shown"
BANNER = b"Asterisk Call Manager/11.0.0\r\n"


class FakeManager:
    """Serves one connection after another with `behave(socket)`; without it, as a manager that accepts everything.

    `actions` is what was asked; `say()` sends bytes to the connection that stands.
    """

    def __init__(
        self,
        behave: Callable[[socket.socket], None] | None = None,
        secret: str = SECRET,
        address: tuple[str, int] | None = None,
    ) -> None:
        self.behave = behave or self.obey
        self.secret = secret
        self.actions: list[Action] = []
        self.connections = 0
        self.replies: dict[str, Callable[[Action], bytes | None]] = {}
        self._now: socket.socket | None = None
        self._port = socket.create_server(address or (own_address(), 0))
        self.address: tuple[str, int] = self._port.getsockname()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> "FakeManager":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._port.shutdown(socket.SHUT_RDWR)
        self._port.close()
        self.drop()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def say(self, data: bytes) -> None:
        """Send to whoever is connected; how far it gets is the other side's matter."""
        with contextlib.suppress(OSError):
            if self._now is not None:
                self._now.sendall(data)

    def drop(self) -> None:
        """End the connection that stands."""
        with contextlib.suppress(OSError):
            if self._now is not None:
                self._now.shutdown(socket.SHUT_RDWR)

    def obey(self, sock: socket.socket) -> None:
        """Greet, check the secret, answer every action with success or by `replies`; None is no answer."""
        sock.sendall(BANNER)
        buffer = b""
        while data := sock.recv(65536):
            buffer += data
            while b"\r\n\r\n" in buffer:
                block, _, buffer = buffer.partition(b"\r\n\r\n")
                lines = block.decode().split("\r\n")
                action = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
                self.actions.append(action)
                answer = self.replies.get(action["Action"], self._success)(action)
                if answer is not None:
                    sock.sendall(answer)

    def _success(self, action: Action) -> bytes:
        refused = action["Action"] == "Login" and action["Secret"] != self.secret
        word = "Error\r\nMessage: Authentication failed" if refused else "Success\r\nMessage: fine"
        return f"Response: {word}\r\nActionID: {action['ActionID']}\r\n\r\n".encode()

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._port.accept()
            except OSError:
                return
            self.connections += 1
            self._now = sock
            with sock, contextlib.suppress(OSError):
                self.behave(sock)
