"""An issuer with a responder on 127.0.0.1 (openssl's, behind Python's HTTP): for each of its certificates it says something else.
Waits until what is to be stapled is stapled, and says what clients see of each."""
import http.server, os, subprocess, sys, threading, time

KINDS = ["good", "delegated", "revoked", "stranger", "broken", "garbage"]
gateway = sys.argv[1]
asked = {kind: 0 for kind in KINDS}


def openssl(arguments, **more):
    return subprocess.run(["openssl"] + arguments.split(), capture_output=True, check=True, **more).stdout


class Responder(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        kind = self.path[1:]
        asked[kind] += 1
        request = self.rfile.read(int(self.headers["Content-Length"]))
        if kind == "broken":
            return self.send_error(503)
        body = b"no response" if kind == "garbage" else answer(kind, request)
        self.send_response(200)
        self.send_header("Content-Type", "application/ocsp-response")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def answer(kind, request):
    signer = {"delegated": "signer", "stranger": "stranger"}.get(kind, "issuer")
    open(f"{kind}.req", "wb").write(request)
    openssl(f"ocsp -index index.txt -CA issuer.pem -rsigner {signer}.pem -rkey {signer}-key.pem -nmin 60 "
            f"-reqin {kind}.req -respout {kind}.der")
    return open(f"{kind}.der", "rb").read()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Responder)
threading.Thread(target=server.serve_forever, daemon=True).start()

EC = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
for name in ["issuer", "stranger"]:
    openssl(f"req -x509 {EC} -days 9 -subj /CN={name} -keyout {name}-key.pem -out {name}.pem")
index = ""
for serial, kind in enumerate(KINDS + ["signer"], 1):
    if kind == "signer":
        extensions, key, chain = "extendedKeyUsage=OCSPSigning\n", "signer-key.pem", "signer.pem"
    else:
        os.makedirs(f"new/{kind}")
        extensions = (f"subjectAltName=DNS:{kind}.test\n"
                      f"authorityInfoAccess=OCSP;URI:http://127.0.0.1:{server.server_port}/{kind}\n")
        key, chain = f"new/{kind}/key.pem", f"new/{kind}/chain.pem"
    open("extensions", "w").write(extensions)
    openssl(f"req {EC} -subj /CN={kind} -keyout {key} -out request.csr")
    openssl(f"x509 -req -in request.csr -CA issuer.pem -CAkey issuer-key.pem -days 9 -set_serial {serial} "
            f"-extfile extensions -out {chain}")
    if kind != "signer":
        open(chain, "a").write(open("issuer.pem").read())
    status = "R\t401231235959Z\t260101000000Z" if kind == "revoked" else "V\t401231235959Z\t"
    index += f"{status}\t{serial:02X}\tunknown\t/CN={kind}\n"
open("index.txt", "w").write(index)
for kind in KINDS:
    os.rename(f"new/{kind}", f"certs/{kind}")


def stapled(kind):
    text = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{gateway}", "-servername", f"{kind}.test", "-status",
         "-CAfile", "issuer.pem"], capture_output=True, stdin=subprocess.DEVNULL).stdout.decode()
    return f"CN = {kind}" in text and ("good" if "Cert Status: good" in text else "nothing")


for _ in range(60):
    if all(asked.values()) and stapled("good") == "good" == stapled("delegated"):
        break
    time.sleep(0.25)
for kind in KINDS:
    print(kind, stapled(kind), "asked", asked[kind])
