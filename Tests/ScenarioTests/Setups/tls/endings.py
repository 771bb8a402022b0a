"""How connections end: each way, seen from a client that counts bytes."""
import socket, ssl
from gateway import PORT, ask, connect, context


class Raw:
    """TLS in memory, so that what goes over the wire can be withheld."""

    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", PORT))
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context().wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")
        self.do(self.tls.do_handshake)

    def flush(self):
        written = self.outgoing.read()
        if written:
            self.socket.sendall(written)

    def do(self, call, *arguments):
        while True:
            try:
                result = call(*arguments)
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                piece = self.socket.recv(65536)
                if piece:
                    self.incoming.write(piece)
                else:
                    self.incoming.write_eof()


def response(raw):
    """Everything until the server ends, and how that was."""
    got = b""
    while True:
        try:
            piece = raw.do(raw.tls.read, 65536)
        except ssl.SSLZeroReturnError:
            return got, "announced"
        except ssl.SSLEOFError:
            return got, "cut off"
        if not piece:
            return got, "announced"
        got += piece


GET = b"GET /dev/hello HTTP/1.1\r\nHost: localhost\r\n"

raw = Raw()
raw.tls.write(GET + b"Connection: close\r\n\r\n")
raw.flush()
got, end = response(raw)
print("closed by request:", got[:12], end)

# The client has said all that it has to say, and reads on.
raw = Raw()
raw.tls.write(GET + b"\r\n")
try:
    raw.tls.unwrap()
except ssl.SSLWantReadError:
    pass
raw.flush()
got, end = response(raw)
print("half closed:", got[:12], end)

# It has gone without a word, after a whole request.
raw = Raw()
raw.tls.write(GET + b"\r\n")
raw.flush()
raw.socket.shutdown(socket.SHUT_WR)
got, end = response(raw)
print("without close_notify:", got[:12])

# It has gone in the middle of a body: what has come must not pass for the whole, and nobody answers.
raw = Raw()
raw.tls.write(b"POST /dev/o/upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf")
raw.flush()
raw.socket.shutdown(socket.SHUT_WR)
got, end = response(raw)
print("truncated body:", got[:12])

# A record that was tampered with.
raw = Raw()
raw.tls.write(GET + b"\r\n")
record = bytearray(raw.outgoing.read())
record[-1] ^= 1
raw.socket.sendall(record)
try:
    print("tampered:", response(raw))
except ssl.SSLError as error:
    print("tampered:", error.reason)

# A request in records of one byte, and two requests in one record.
raw = Raw()
for byte in GET + b"\r\n":
    raw.tls.write(bytes([byte]))
    raw.flush()
raw.tls.write(GET + b"\r\n" + GET + b"Connection: close\r\n\r\n")
raw.flush()
got, end = response(raw)
print("pipelined:", got.count(b"HTTP/1.1 200 OK"), end)

tls = connect()
print("still there:", ask(tls)[0], tls.version())
