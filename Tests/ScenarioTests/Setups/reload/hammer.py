"""Connects and asks without a pause, by TCP and by the Unix-domain socket, while reloads change how many workers there are; some
connections are kept from the beginning to the end. Says what failed."""
import http.client, re, socket, subprocess, sys, threading

sluice, port = sys.argv[1], int(sys.argv[2])
ending = threading.Event()
failures, answered = [], [0]


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=20)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(20)
        self.sock.connect(self.path)


def connection(number):
    return UnixConnection("plain.sock") if number % 4 == 0 else http.client.HTTPConnection("127.0.0.1", port, timeout=20)


def ask(connection):
    connection.request("GET", "/dev/a")
    response = connection.getresponse()
    body = response.read()
    if (response.status, body) != (200, b'{"ok":1}'):
        raise ValueError(f"{response.status} {body}")


def hammer(number):
    while not ending.is_set():
        try:
            one = connection(number)
            ask(one)
            one.close()
            answered[0] += 1
        except Exception as error:
            failures.append(f"{type(error).__name__} {error}")


def metric(name):
    admin = UnixConnection("admin.sock")
    admin.request("GET", "/metrics")
    return int(re.search(rf"^{name} (\d+)$", admin.getresponse().read().decode(), re.M).group(1))


kept = [connection(number) for number in range(12)]
for one in kept:
    ask(one)
threads = [threading.Thread(target=hammer, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
counts = [metric("sluice_workers")]
text = open("gateway.yaml").read()
for workers in [4, 2, 3, 1]:
    seen = answered[0]
    while answered[0] < seen + 200 and not failures:
        pass
    open("gateway.yaml", "w").write(re.sub(r"workers: \d+", f"workers: {workers}", text))
    subprocess.run([sluice, "reload", "--config", "gateway.yaml"], check=True)
    counts.append(metric("sluice_workers"))
    for one in kept:
        ask(one)
ending.set()
for thread in threads:
    thread.join()
print("kept connections answered")
print("workers", *counts)
print("failures", failures[:3])
