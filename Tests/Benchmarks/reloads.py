#!/usr/bin/env python3
"""What publishing costs the requests that are under way.

    Tests/Benchmarks/reloads.py .build/release/sluice [--rounds 5] [--reloads 100] [--every 0.1] [--memory 1000]

Serves 600 resources with one worker, in a directory of its own, and loads it with wrk over 64 keep-alive connections. Each round
measures the 99th percentile twice, without and with a publication every --every seconds (reload, every other one a rollback),
in an order that alternates. Then --memory publications more, and the resident memory before and after.
"""
import argparse, os, re, shutil, signal, socket, statistics, subprocess, tempfile, threading, time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("sluice")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--reloads", type=int, default=100)
parser.add_argument("--every", type=float, default=0.1)
parser.add_argument("--memory", type=int, default=1000)
parser.add_argument("--connections", type=int, default=64)
arguments = parser.parse_args()
folder = tempfile.mkdtemp(prefix="reloads-")

MOCK = """  /fixed:
    get:
      responses: { "200": { description: fine } }
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: { application/json: '{"statusCode": 200}' }
        responses: { default: { statusCode: "200", responseTemplates: { application/json: '{"a": 1}' } } }
"""
HTTP = """  /r%d/{id}/sub:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { "200": { description: fine } }
      x-amazon-apigateway-integration:
        type: http
        httpMethod: GET
        uri: "http://127.0.0.1:9/x"
        requestTemplates: { application/json: "#set($a = $input.path('$.x'))#foreach($i in $a)$i.name #end" }
        responses: { default: { statusCode: "200", responseTemplates: { application/json: "$input.json('$')" } } }
"""


def write(name, text):
    with open(f"{folder}/{name}.new", "w") as file:
        file.write(text)
    os.rename(f"{folder}/{name}.new", f"{folder}/{name}")


def configure(version):
    write(
        "gateway.yaml",
        f"""listeners: [{{ address: "127.0.0.1:0" }}]
admin: {{ address: "unix:{folder}/admin.sock" }}
apis: [{{ name: load, definition: api.yaml, stages: [{{ name: dev, description: "{version}" }}] }}]
""",
    )


def post(path):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(f"{folder}/admin.sock")
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            "Content-Length: 2\r\n\r\n{}".encode()
        )
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert b" 200 " in answer[:16], answer.decode()


def publish(count, every, took):
    for number in range(count):
        start = time.time()
        if number % 2 == 0:
            configure(f"{start}")
            post("/reload")
        else:
            post("/rollback")
        took.append(time.time() - start)
        time.sleep(max(0, every - took[-1]))


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def load(port, seconds):
    output = subprocess.run(
        ["wrk", "-t1", f"-c{arguments.connections}", f"-d{seconds}", "--latency", f"http://127.0.0.1:{port}/dev/fixed"],
        capture_output=True, text=True, check=True,
    ).stdout
    for line in output.splitlines():
        if "Non-2xx" in line or "Socket errors" in line:
            print(line)
    return milliseconds(re.search(r"99%\s+(\S+)", output)[1]), float(re.search(r"Requests/sec:\s+(\S+)", output)[1])


def memory(process):
    with open(f"/proc/{process.pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])


write("api.yaml", 'openapi: 3.0.1\ninfo: { title: load, version: "1" }\npaths:\n' + MOCK + "".join(HTTP % i for i in range(200)))
configure("the first")
server = subprocess.Popen(
    [arguments.sluice, "run", "--config", f"{folder}/gateway.yaml", "--workers", "1", "--log-level", "error"],
    stdout=subprocess.PIPE, text=True,
)
try:
    port = int(re.search(r":(\d+)", server.stdout.readline())[1])
    server.stdout.readline(), server.stdout.readline()
    seconds = max(2, int(arguments.reloads * arguments.every / arguments.rounds + 1))
    quiet, busy, took = [], [], []
    load(port, 2)
    for number in range(arguments.rounds):
        for kind in ("quiet", "busy") if number % 2 == 0 else ("busy", "quiet"):
            if kind == "quiet":
                quiet.append(load(port, seconds))
            else:
                share = arguments.reloads // arguments.rounds
                thread = threading.Thread(target=publish, args=(share, arguments.every, took))
                thread.start()
                busy.append(load(port, seconds))
                thread.join()
    ratios = [b[0] / q[0] for q, b in zip(quiet, busy)]
    print("p99 in ms, without: " + ", ".join(f"{q[0]:.2f}" for q in quiet))
    print("p99 in ms, with:    " + ", ".join(f"{b[0]:.2f}" for b in busy))
    print(f"with over without:  median {statistics.median(ratios):.2f} of " + ", ".join(f"{r:.2f}" for r in ratios))
    print(f"requests/s:         {statistics.median(q[1] for q in quiet):.0f}, {statistics.median(b[1] for b in busy):.0f}")
    print(f"{len(took)} publications: median {1000 * statistics.median(took):.0f} ms, longest {1000 * max(took):.0f} ms")
    before = memory(server)
    for part in range(4 if arguments.memory else 0):
        publish(arguments.memory // 4, 0, [])
        print(f"after {(part + 1) * arguments.memory // 4} more: {before} KiB -> {memory(server)} KiB")
finally:
    server.send_signal(signal.SIGTERM)
    server.wait()
    shutil.rmtree(folder)
