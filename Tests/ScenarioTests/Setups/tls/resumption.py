"""A session begun on one worker goes on on any other: forty connections from one ticket each, spread by the kernel."""
import socket, ssl
from gateway import PORT, ask, context

for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
    made = context()
    made.maximum_version = made.minimum_version = version
    session, resumed = None, 0
    for number in range(40):
        with made.wrap_socket(socket.create_connection(("127.0.0.1", PORT)),
                              server_hostname="localhost", session=session) as tls:
            assert ask(tls)[0] == 200
            resumed += tls.session_reused
            session = tls.session
            tls.unwrap()
    print(version.name, "resumed", resumed, "of 39")
