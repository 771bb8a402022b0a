#!/usr/bin/env python3
"""What exchanging a large IP set costs, and whether any request is lost or judged by addresses that it must not be judged by.

    Tests/Benchmarks/Firewall/updates.py .build/release/sluice [--addresses 100000] [--rounds 20] [--clients 8]
    Tests/Benchmarks/Firewall/updates.py --port PORT --admin PATH [...]        beside a gateway that is running

A web ACL blocks whom the set `blocked` holds. The set is exchanged through the admin listener, every other time with the clients'
own address in it, while each client sends one request after the other over a connection of its own. Until an exchange is asked for, a
request must be judged by the addresses before, from its answer on by those after; in between either will do.
"""
import argparse, json, os, random, re, shutil, signal, socket, statistics, subprocess, tempfile, threading, time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("sluice", nargs="?")
parser.add_argument("--addresses", type=int, default=100_000)
parser.add_argument("--rounds", type=int, default=20)
parser.add_argument("--clients", type=int, default=8)
parser.add_argument("--port", type=int)
parser.add_argument("--admin")
arguments = parser.parse_args()

CONFIGURATION = """listeners: [ {{ address: "127.0.0.1:0" }} ]
admin: {{ address: "unix:{folder}/admin.sock" }}
apis: [ {{ name: api, definition: api.yaml, stages: [ {{ name: dev, webACL: main }} ] }} ]
ipSets: [ {{ name: blocked, addresses: [] }} ]
webACLs:
  - name: main
    defaultAction: ALLOW
    visibilityConfig: {{ sampledRequestsEnabled: false }}
    rules: [ {{ name: bad, priority: 0, action: BLOCK, visibilityConfig: {{ sampledRequestsEnabled: false }}, statement: {{ ipSetReferenceStatement: {{ arn: blocked }} }} }} ]
"""
DEFINITION = """openapi: 3.0.1
info: { title: small, version: "1" }
paths:
  /a:
    get:
      responses: { "200": { description: fine } }
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: { application/json: '{"statusCode": 200}' }
        responses: { default: { statusCode: "200", responseTemplates: { application/json: '{"ok":1}' } } }
"""


def start():
    """The gateway, its port and the path of its admin listener."""
    folder = tempfile.mkdtemp(prefix="updates-")
    for name, text in [("gateway.yaml", CONFIGURATION.format(folder=folder)), ("api.yaml", DEFINITION)]:
        with open(f"{folder}/{name}", "w") as file:
            file.write(text)
    binary = os.path.abspath(arguments.sluice)
    gateway = subprocess.Popen(
        [binary, "run", "--config", "gateway.yaml"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    for line in gateway.stdout:
        if found := re.search(r"listening on http://127\.0\.0\.1:(\d+)", line):
            threading.Thread(target=lambda: [None for _ in gateway.stdout], daemon=True).start()
            time.sleep(0.5)
            return gateway, folder, int(found.group(1)), f"{folder}/admin.sock"
    raise SystemExit("the gateway did not start")


def body(holds_us):
    chosen = random.sample(range(1 << 24, 223 << 24), arguments.addresses)
    addresses = [".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0)) for number in chosen if number >> 24 != 127]
    if holds_us:
        addresses.append("127.0.0.1")
    return json.dumps({"change": "put", "addresses": addresses}).encode()


def put(path, content):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(
            b"POST /ipsets/blocked HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            % len(content)
            + content
        )
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert b" 200 " in answer[:16], answer.decode()


class Client(threading.Thread):
    """Requests one after the other: when each was sent and answered, and how."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.seen, self.lost, self.isDone = port, [], 0, False

    def run(self):
        while not self.isDone:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
                    reader = connection.makefile("rb")
                    while not self.isDone:
                        began = time.monotonic()
                        connection.sendall(b"GET /dev/a HTTP/1.1\r\nHost: a\r\n\r\n")
                        status = int(reader.readline().split()[1])
                        length = 0
                        while (line := reader.readline()) not in (b"\r\n", b""):
                            if line.lower().startswith(b"content-length:"):
                                length = int(line.split(b":")[1])
                        reader.read(length)
                        self.seen.append((began, time.monotonic(), status))
            except (OSError, IndexError, ValueError):
                self.lost += 1


def main():
    gateway = None
    port, admin = arguments.port, arguments.admin
    if arguments.sluice:
        gateway, folder, port, admin = start()
    bodies = [body(False), body(True)]
    clients = [Client(port) for _ in range(arguments.clients)]
    for client in clients:
        client.start()
    # When each exchange was asked for and answered, and how requests are answered afterwards.
    exchanges, took = [(0.0, 0.0, 200)], []
    for number in range(1, arguments.rounds + 1):
        time.sleep(0.05)
        began = time.monotonic()
        put(admin, bodies[number % 2])
        ended = time.monotonic()
        took.append(1000 * (ended - began))
        exchanges.append((began, ended, 403 if number % 2 else 200))
    time.sleep(0.05)
    for client in clients:
        client.isDone = True
    for client in clients:
        client.join()
    misjudged = requests = 0
    for client in clients:
        for began, ended, status in client.seen:
            requests += 1
            # Those that were in force at some time between.
            may = {
                after
                for index, (asked, _, after) in enumerate(exchanges)
                if asked <= ended and (index + 1 == len(exchanges) or exchanges[index + 1][1] >= began)
            }
            misjudged += status not in may
    lost = sum(client.lost for client in clients)
    slowest = max(ended - began for client in clients for began, ended, _ in client.seen)
    print(f"{requests} requests: {lost} lost, {misjudged} misjudged, the slowest took {1000 * slowest:.1f} ms")
    print(
        f"{arguments.rounds} exchanges of {arguments.addresses} addresses: median {statistics.median(took):.1f} ms, "
        f"most {max(took):.1f} ms"
    )
    if gateway:
        gateway.send_signal(signal.SIGTERM)
        gateway.wait()
        shutil.rmtree(folder)


main()
