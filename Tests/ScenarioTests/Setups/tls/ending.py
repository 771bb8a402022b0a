"""The gateway is told to end, and at once to end faster, while connections begin and certificates change."""
import os, signal, subprocess, sys, threading
from gateway import connect, process

SLUICE = sys.argv[2]
under_way = threading.Barrier(5)


def begin():
    """New connections, until nobody is there."""
    for number in range(1_000_000):
        try:
            connect().close()
        except OSError:
            return
        if number == 20:
            under_way.wait()


gateway = int(process())
threads = [threading.Thread(target=begin) for _ in range(4)]
for thread in threads:
    thread.start()
under_way.wait()
subprocess.run([SLUICE, "cert", "localhost", "--force"], check=True, stdout=subprocess.DEVNULL)
os.kill(gateway, signal.SIGTERM)
os.kill(gateway, signal.SIGTERM)
for thread in threads:
    thread.join()
print("nobody is there")
