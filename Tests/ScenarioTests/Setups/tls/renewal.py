"""An issuer whose certificates must be stapled, with a responder that takes its time over the second one. Says what clients see of the
host before it is renewed, meanwhile, and behind that."""
import http.server, os, subprocess, sys, threading, time

gateway = sys.argv[1]
asked, released = threading.Event(), threading.Event()


def openssl(arguments, **more):
    return subprocess.run(["openssl"] + arguments.split(), capture_output=True, check=True, **more).stdout


class Responder(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        request = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/2":
            asked.set()
            released.wait(20)
        open("asked.req", "wb").write(request)
        openssl("ocsp -index index.txt -CA issuer.pem -rsigner issuer.pem -rkey issuer-key.pem -nmin 60 -reqin asked.req "
                "-respout answer.der")
        body = open("answer.der", "rb").read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Responder)
threading.Thread(target=server.serve_forever, daemon=True).start()

EC = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
openssl(f"req -x509 {EC} -days 9 -subj /CN=issuer -keyout issuer-key.pem -out issuer.pem")
open("index.txt", "w").write("".join(f"V\t401231235959Z\t\t{serial:02X}\tunknown\t/CN={serial}\n" for serial in [1, 2]))


def issue(serial):
    open("extensions", "w").write("subjectAltName=DNS:must.test\ntlsfeature=status_request\n"
                                  f"authorityInfoAccess=OCSP;URI:http://127.0.0.1:{server.server_port}/{serial}\n")
    os.makedirs(f"new{serial}")
    openssl(f"req {EC} -subj /CN=must -keyout new{serial}/key.pem -out request.csr")
    openssl(f"x509 -req -in request.csr -CA issuer.pem -CAkey issuer-key.pem -days 9 -set_serial {serial} -extfile extensions "
            f"-out new{serial}/chain.pem")
    open(f"new{serial}/chain.pem", "a").write(open("issuer.pem").read())


def seen():
    text = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{gateway}", "-servername", "must.test", "-status", "-CAfile",
         "issuer.pem"], capture_output=True, stdin=subprocess.DEVNULL).stdout
    # The response brings its signer's certificate along, before the server's.
    shown = text.partition(b"Server certificate")[2]
    serial = subprocess.run(["openssl", "x509", "-noout", "-serial"], input=shown, capture_output=True).stdout.decode()
    staple = "good" if b"Cert Status: good" in text else "nothing"
    return f"{serial.strip().removeprefix('serial=').lstrip('0')} {staple}"


def wait_for(wanted):
    others = set()
    for _ in range(100):
        now = seen()
        if now == wanted:
            break
        others.add(now)
        time.sleep(0.1)
    print(now)
    return others


issue(1)
os.rename("new1", "certs/must")
# Nothing was there before: the first certificate is shown as it is.
wait_for("1 good")
issue(2)
os.rename("new2/key.pem", "certs/must/key.pem")
os.rename("new2/chain.pem", "certs/must/chain.pem")
asked.wait(20)
print("while the responder is asked:", seen())
released.set()
print("others:", sorted(wait_for("2 good") - {"1 good"}))
