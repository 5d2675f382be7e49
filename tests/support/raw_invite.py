"""A call by hand, whose From header no SIP library would write."""

import socket
import uuid


def invite(block: str, line: str, display: bytes, number: bytes) -> None:
    """From `block`.2 to the Asterisk at `block`.1: the telephones ring, then the caller gives up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((f"{block}.2", 0))
        sock.settimeout(30)
        host, port = sock.getsockname()
        there, mark = f"{block}.1", uuid.uuid4().hex

        def send(method: str, to: bytes = b"", body: bytes = b"") -> None:
            head = (
                f"{method} sip:{line}@{there} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{mark}\r\n"
                f"Max-Forwards: 70\r\nCall-ID: {mark}\r\nCSeq: 1 {method}\r\nContact: <sip:x@{host}:{port}>\r\n"
            ).encode()
            source = b"From: " + display + b" <sip:" + number + f"@{host}>;tag={mark[:6]}\r\n".encode()
            target = to or f"To: <sip:{line}@{there}>".encode()
            kind = b"Content-Type: application/sdp\r\n" if body else b""
            rest = b"Content-Length: %d\r\n\r\n" % len(body) + body
            sock.sendto(head + source + target + b"\r\n" + kind + rest, (there, 5060))

        media = f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n"
        send("INVITE", body=media.encode())
        while not (reply := sock.recv(65536)).startswith(b"SIP/2.0 180"):
            assert reply.startswith(b"SIP/2.0 100"), reply
        send("CANCEL")
        while not (reply := sock.recv(65536)).startswith(b"SIP/2.0 487"):
            assert reply.startswith((b"SIP/2.0 1", b"SIP/2.0 200")), reply
        send("ACK", to=next(line for line in reply.split(b"\r\n") if line.startswith(b"To:")))
