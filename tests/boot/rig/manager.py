"""The cluster's manager, as far as a worker needs one: it lets a node measure its link.

QEMU's network answers for the manager's address, and hands every connection to a port of it to a process of its own,
which passes it on to the loopback device: to iperf3, or to somebody who only hangs up.
"""

import socket
import subprocess
import threading
from pathlib import Path

MEASURE_PORT = 5201
WAKE_PORT = 5202

RELAY = Path(__file__).with_name("relay.py")


class Manager:
    """Use as a context manager."""

    def __init__(self, address, port):
        self._address = address
        self._port = port
        self._knocks = socket.create_server(("127.0.0.1", 0))
        self.knocks = 0
        self._server = None

    def __enter__(self):
        self._server = subprocess.Popen(["iperf3", "--server", "--bind", "127.0.0.1", "--port", str(self._port)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        threading.Thread(target=self._hang_up, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.terminate()
        self._server.wait()
        self._knocks.close()

    def _hang_up(self):
        while True:
            try:
                self._knocks.accept()[0].close()
            except OSError:
                return
            self.knocks += 1

    def forwards(self):
        return relays(self._address, "127.0.0.1", {MEASURE_PORT: self._port, WAKE_PORT: self._knocks.getsockname()[1]})


def relays(address, host, ports):
    """What QEMU's "-netdev user" is to be told so that PORTS of ADDRESS lead to those of this machine's HOST; a comma in a
    path would end the option."""
    relay = str(RELAY).replace(",", ",,")
    return "".join(f",guestfwd=tcp:{address}:{port}-cmd:'{relay}' {host} {local}" for port, local in ports.items())
