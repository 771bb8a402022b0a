"""Ten thousand handshakes that nobody finishes leave nothing behind, and hold nobody up."""
import os, socket, time
from gateway import PORT, ask, connect, descriptors, resident
import ssl

# A ClientHello, as a client writes it.
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
try:
    client.do_handshake()
except ssl.SSLWantReadError:
    hello = outgoing.read()


def abandon(count):
    for number in range(count):
        peer = socket.create_connection(("127.0.0.1", PORT))
        cut = (len(hello), len(hello) // 2, 3, 0)[number % 4]
        peer.sendall(hello[:cut])
        if cut == len(hello):
            peer.recv(1)  # the server's own flight has been made
        peer.close()


def settled():
    deadline = time.time() + 10
    while descriptors() > before and time.time() < deadline:
        time.sleep(0.05)
    return descriptors()


bystander = connect()
assert ask(bystander)[0] == 200
before = descriptors()
abandon(3000)
settled()
memory = resident()
abandon(10000)
print("descriptors", settled() - before, "memory grows by less than 4 MB", resident() - memory < 4096)
print("bystander", ask(bystander)[0], "newcomer", ask(connect())[0])
