"""A registrar of thirty lines for tests: answers each REGISTER with the next code it was given, then with 200."""

import re
import socket
import threading
from types import TracebackType
from typing import Self

from softphones import loopback


class Registrar:
    """`expiries` are the Expires of all registrations accepted, `authorised` whether one carried credentials."""

    def __init__(self, codes: list[int]) -> None:
        self._codes = list(codes)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((loopback(), 0))
        self._socket.settimeout(0.2)
        self._thread = threading.Thread(target=self._serve)
        self._stop = threading.Event()
        self.expiries: list[int] = []
        self.authorised = False
        host, port = self._socket.getsockname()
        self.address = f"{host}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                data, peer = self._socket.recvfrom(65536)
            except TimeoutError:
                continue
            if data.startswith(b"REGISTER "):
                self._socket.sendto(self._answer(data.decode()).encode(), peer)

    def _answer(self, request: str) -> str:
        code = self._codes.pop(0) if self._codes else 200
        lines = [f"SIP/2.0 {code} Because"]
        lines += [line for line in request.split("\r\n") if re.match(r"(Via|From|Call-ID|CSeq):", line)]
        lines.append(re.search(r"^To:.*$", request, re.MULTILINE)[0].strip() + ";tag=1")
        if code == 401:
            lines.append('WWW-Authenticate: Digest realm="asterisk", nonce="1", algorithm=MD5, qop="auth"')
        if code == 200:
            expires = int(re.search(r"^Expires: (\d+)", request, re.MULTILINE)[1])
            self.expiries.append(expires)
            self.authorised = self.authorised or "Authorization: Digest" in request
            contact = re.search(r"^Contact: .*(<[^>]*>)", request, re.MULTILINE)[1]
            lines += [f"Contact: {contact};expires={expires}"] if expires else []
            lines.append(f"Expires: {expires}")
        return "\r\n".join([*lines, "Content-Length: 0", "", ""])
