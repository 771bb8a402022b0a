"""Files over TLS, on a listener whose records the kernel makes where it can, and on one that asks it not to."""
import hashlib, os, socket, ssl, sys, time
from gateway import context

data = os.urandom(3_000_001)
os.makedirs("site", exist_ok=True)
open("site/large.bin", "wb").write(data)
offered = False
try:
    socket.socket().setsockopt(socket.IPPROTO_TCP, 31, b"tls")  # TCP_ULP
except OSError as error:
    offered = error.errno == 107  # ENOTCONN: it is there, but not for a socket without a peer


def fetch(address, version, room=None):
    """Whether the file came whole, with the end announced: TLS's own, not the connection's."""
    plain = socket.socket()
    if room:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    plain.connect(address)
    made = context()
    made.minimum_version = made.maximum_version = version
    peer = made.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False)
    peer.sendall(b"GET /large.bin HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n")
    if room:
        time.sleep(0.3)  # until the gateway has closed, or can write no more
    answer = bytearray()
    while piece := peer.recv(65536):
        answer += piece
    head, body = answer.split(b"\r\n\r\n", 1)
    return hashlib.sha256(body).digest() == hashlib.sha256(data).digest()


for address in (("127.0.0.1", int(sys.argv[1])), ("127.0.0.2", int(sys.argv[2]))):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        print(address[0], version.name, "whole", fetch(address, version), "slowly", fetch(address, version, 4096))
admin = socket.socket(socket.AF_UNIX)
admin.connect("admin.sock")
admin.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
page = b"".join(iter(lambda: admin.recv(65536), b"")).decode()
counted = next(int(line.split()[1]) for line in page.splitlines() if line.startswith("sluice_tls_kernel_connections_total"))
print("the kernel's:", counted == (4 if offered else 0))
