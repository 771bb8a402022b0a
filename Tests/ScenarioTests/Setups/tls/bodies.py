"""Large bodies both ways: a file, and an upload that the origin echoes; slow readers hold nobody up."""
import hashlib, os, time
from gateway import ask, connect

size = 10_000_019
data = os.urandom(size)
os.makedirs("site", exist_ok=True)
open("site/large.bin", "wb").write(data)
open("site/small.txt", "w").write("small")


def fetch(tls, pause=0):
    tls.sendall(b"GET /large.bin HTTP/1.1\r\nHost: site.test\r\n\r\n")
    head = b""
    while b"\r\n\r\n" not in head:
        head += tls.recv(65536)
    body = bytearray(head.split(b"\r\n\r\n", 1)[1])
    while len(body) < size:
        if pause:
            time.sleep(pause)
        piece = tls.recv(262144)
        if not piece:
            raise EOFError
        body += piece
    return hashlib.sha256(body).digest() == hashlib.sha256(data).digest()


slow, fast = connect(), connect()
slow.sendall(b"GET /large.bin HTTP/1.1\r\nHost: site.test\r\n\r\n")
time.sleep(0.3)
print("file", fetch(fast), fetch(fast), "small", ask(fast, "/small.txt", "site.test"))
slow.close()
print("slowly", fetch(connect(), 0.001))
