"""What the scenarios' clients have in common: where the gateway is, and how much of the machine it holds."""
import os, socket, ssl, sys

PORT = int(sys.argv[1])
AUTHORITY = "certs/authority/authority.pem"


def context(authority=AUTHORITY):
    made = ssl.create_default_context(cafile=authority)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


def connect(made=None, name="localhost"):
    return (made or context()).wrap_socket(socket.create_connection(("127.0.0.1", PORT)), server_hostname=name)


def ask(tls, path="/dev/hello", name="localhost"):
    """The status and the body of one request on an open connection."""
    tls.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        piece = tls.recv(65536)
        if not piece:
            raise EOFError("the connection ended within a response")
        head += piece
    head, body = head.split(b"\r\n\r\n", 1)
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < length:
        piece = tls.recv(65536)
        if not piece:
            raise EOFError("the connection ended within a body")
        body += piece
    return int(head.split(b" ")[1]), body


def process():
    """The gateway's own: the program that runs in this directory."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{pid}/cwd") == os.getcwd() and "gateway.yaml" in open(f"/proc/{pid}/cmdline").read():
                return pid
        except OSError:
            pass
    sys.exit("there is no gateway")


def descriptors():
    return len(os.listdir(f"/proc/{process()}/fd"))


def resident():
    """Kilobytes."""
    lines = open(f"/proc/{process()}/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
