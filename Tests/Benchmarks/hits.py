#!/usr/bin/env python3
"""What a hit costs among many stored objects, and what an invalidation of many costs the hits beside it.

    Tests/Benchmarks/hits.py .build/release/sluice [--objects 1000000] [--tagged 100000] [--rounds 5] [--seconds 3]

Starts an origin (the binary itself, with a mock) and a gateway with one worker in front of it, in a directory of its own, and
has wrk ask for every object once. Then, in rounds that alternate:

    hits          wrk asks for 1,000 of the objects at random, then for all of them: the gateway's CPU time for each request
    invalidation  one connection asks for objects at random, and a tag on --tagged others is invalidated meanwhile: how long that
                  takes, and the 99th percentile of the requests that began while it did, beside as many from before

The gateway runs on CPU 0, wrk and the origin on CPU 1; for the invalidations, on both. A million objects take about 1.3 GiB.
"""
import argparse, json, os, re, shutil, signal, socket, statistics, subprocess, tempfile, threading, time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("sluice")
parser.add_argument("--objects", type=int, default=1_000_000)
parser.add_argument("--tagged", type=int, default=100_000)
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--seconds", type=int, default=3)
parser.add_argument("--connections", type=int, default=64)
arguments = parser.parse_args()
folder = tempfile.mkdtemp(prefix="hits-")
started = []
FEW = 1000


def write(name, text):
    with open(f"{folder}/{name}", "w") as file:
        file.write(text)
    return f"{folder}/{name}"


BODY = '{"userId":1,"id":1,"title":"sunt aut facere repellat","body":"quia et suscipit recusandae consequuntur expedita et cum"}'
MOCK = """      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses:
        "200":
          description: an object
          headers: { Cache-Control: { schema: { type: string } }, Cache-Tag: { schema: { type: string } } }
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: { application/json: '{"statusCode": 200}' }
        responses:
          default:
            statusCode: "200"
            responseParameters:
              method.response.header.Cache-Control: "'max-age=86400'"
              method.response.header.Cache-Tag: "'%s'"
            responseTemplates: { application/json: '%s' }
"""
write("api.yaml", 'openapi: 3.0.1\ninfo: { title: objects, version: "1" }\npaths:\n'
      + "  /o/{id}:\n    get:\n" + MOCK % ("few", BODY) + "  /t/{id}:\n    get:\n" + MOCK % ("many", BODY))


def serve(name, cpu, text):
    """Starts the binary; gives its process and its port."""
    config = write(f"{name}.yaml", f'listeners: [{{ address: "127.0.0.1:0" }}]\nworkers: 1\n'
                   f'admin: {{ address: "unix:{folder}/{name}.sock" }}\napis: [{{ name: api, definition: api.yaml, stages: [{{ name: s }}] }}]\n{text}')
    process = subprocess.Popen(["taskset", "-c", str(cpu), arguments.sluice, "run", "--config", config, "--state", f"{folder}/{name}.state"],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    started.append(process)
    for line in process.stdout:
        if found := re.search(r"listening on http://127.0.0.1:(\d+)", line):
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return process, int(found.group(1))
    raise SystemExit(f"hits: {name} does not start")


def ask(method, path, body=b""):
    """One call to the gateway's admin listener."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(f"{folder}/gateway.sock")
        connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
                           f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return json.loads(answer.split(b"\r\n\r\n", 1)[1])


def wrk(script, *more, seconds):
    return subprocess.Popen(["taskset", "-c", "1", "wrk", "-t", "1", "-c", str(arguments.connections), "-d", str(seconds), "-s", script,
                             *more, f"http://127.0.0.1:{port}"], stdout=subprocess.PIPE, text=True)


def fill(prefix, count):
    """Has every object asked for once."""
    script = write("fill.lua", f'local n = -1\nrequest = function() n = (n + 1) % {count}; return wrk.format("GET", "{prefix}" .. n) end')
    wanted = ask("GET", "/cache")["stored"] + count
    load = wrk(script, seconds=600)
    while ask("GET", "/cache")["stored"] < wanted:
        time.sleep(0.05)
    load.send_signal(signal.SIGINT)
    load.wait()


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def hits(count):
    """Microseconds of the gateway's CPU time for each request among so many objects."""
    script = write("random.lua", f'request = function() return wrk.format("GET", "/s/o/" .. math.random(0, {count - 1})) end')
    missed = ask("GET", "/cache")["missed"]
    before = cpu_seconds(gateway.pid)
    output = wrk(script, seconds=arguments.seconds).communicate()[0]
    spent = cpu_seconds(gateway.pid) - before
    if ask("GET", "/cache")["missed"] != missed:
        raise SystemExit("hits: not everything is stored; is there memory for it?")
    return spent * 1e6 / int(re.search(r"(\d+) requests in", output).group(1))


class Probe(threading.Thread):
    """Asks for one object after the other and notes when, and how long it took."""
    def __init__(self):
        super().__init__()
        self.samples, self.ends = [], False

    def run(self):
        import random
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while not self.ends:
                request = f"GET /s/o/{random.randrange(arguments.objects)} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
                begin = time.perf_counter()
                connection.sendall(request)
                connection.recv(65536)
                self.samples.append((begin, time.perf_counter() - begin))


def percentile(values):
    return sorted(values)[int(len(values) * 0.99)] * 1e6


def invalidation():
    """Seconds that it takes, and the probe's times before and during it."""
    fill("/s/t/", arguments.tagged)
    probe = Probe()
    probe.start()
    time.sleep(1)
    begin = time.perf_counter()
    reply = ask("POST", "/invalidations", json.dumps({"paths": [], "tags": ["many"], "everything": False, "mode": "hard"}).encode())
    end = time.perf_counter()
    probe.ends = True
    probe.join()
    if reply["objects"] != arguments.tagged:
        raise SystemExit(f"hits: {reply['objects']} objects were invalidated")
    during = [took for at, took in probe.samples if begin <= at < end]
    before = [took for at, took in probe.samples if begin - 0.5 <= at < begin]
    return end - begin, before, during


try:
    _, origin = serve("origin", 1, "")
    gateway, port = serve("gateway", 0, f"""limits: {{ cacheSize: 8GiB }}
distributions:
  - origins: [{{ id: o, url: "http://127.0.0.1:{origin}" }}]
    defaultCacheBehavior: {{ targetOriginId: o }}
""")
    fill("/s/o/", arguments.objects)
    stats = ask("GET", "/cache")
    print(f"{stats['objects']} objects stored, {stats['bytes'] / stats['objects']:.0f} bytes each", flush=True)
    few, many = [], []
    for _ in range(arguments.rounds):
        few.append(hits(min(FEW, arguments.objects)))
        many.append(hits(arguments.objects))
    low, high = statistics.median(few), statistics.median(many)
    print(f"hit among {FEW}: {low:.2f} us; among {arguments.objects}: {high:.2f} us; ratio {high / low:.2f}  (goal 1.3)", flush=True)
    subprocess.run(["taskset", "-a", "-cp", "0,1", str(gateway.pid)], stdout=subprocess.DEVNULL)
    times, before, during = [], [], []
    for _ in range(arguments.rounds * 2):
        took, calm, beside = invalidation()
        times.append(took * 1e3)
        before += calm
        during += beside
    print(f"a tag on {arguments.tagged} objects: {statistics.median(times):.1f} ms, at most {max(times):.1f}  (goal 50)")
    calm, beside = percentile(before), percentile(during)
    print(f"hits meanwhile, 99th percentile: {beside:.0f} us, before {calm:.0f} us; ratio {beside / calm:.2f}  (goal 1.5; {len(during)} requests)")
finally:
    for process in started:
        process.terminate()
    for process in started:
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)
