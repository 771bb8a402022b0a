"""A hundred certificates, one after the other, under load: no request may fail, and all of them must be shown."""
import os, ssl, subprocess, sys, threading, time
from gateway import ask, connect, context

SLUICE = sys.argv[2]
done = threading.Event()
counts = {"kept": 0, "new": 0}
failures = []
shown = set()


def keep():
    """One connection that stays."""
    tls = connect()
    while not done.is_set():
        try:
            assert ask(tls) == (200, b'{"hello":"you"}')
            counts["kept"] += 1
        except Exception as error:
            failures.append(f"kept: {error!r}")
            return


def renew():
    """A new connection for each request."""
    made = context()
    while not done.is_set():
        try:
            with connect(made) as tls:
                shown.add(tls.getpeercert()["serialNumber"])
                assert ask(tls)[0] == 200
            counts["new"] += 1
        except Exception as error:
            failures.append(f"new: {error!r}")
            return


threads = [threading.Thread(target=keep), threading.Thread(target=renew), threading.Thread(target=renew)]
for thread in threads:
    thread.start()
for number in range(100):
    if number % 3 == 0:  # by hand, in the wrong order, and not at once
        os.system("cp certs/spare/chain.pem certs/localhost/chain.pem; sleep 0.02; cp certs/spare/key.pem certs/localhost/key.pem")
    elif number % 3 == 1:  # a folder in the place of a folder
        os.system("cp -r certs/localhost fresh; mv certs/localhost stale; mv fresh certs/localhost; rm -r stale")
    else:
        subprocess.run([SLUICE, "cert", "localhost", "127.0.0.1", "--force"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([SLUICE, "cert", "spare", "localhost", "--force"], check=True, stdout=subprocess.DEVNULL)
    time.sleep(0.05)
# The last one must come to be shown.
last = ssl._ssl._test_decode_cert("certs/localhost/chain.pem")["serialNumber"]
deadline = time.time() + 15
while last not in shown and time.time() < deadline and not failures:
    time.sleep(0.05)
done.set()
for thread in threads:
    thread.join()
print("failures", failures[:3])
print("the last one is shown", last in shown, "several were", len(shown) > 1, "requests", min(counts.values()) > 100)
