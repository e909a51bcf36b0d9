import os
import socket

with socket.create_server(("127.0.0.1", int(os.environ["PORT_FEED"]))) as server:
    while True:
        client, _address = server.accept()
        with client:
            client.sendall(b"fed by " + os.environ["DOTCLOUD_SERVICE_NAME"].encode())
