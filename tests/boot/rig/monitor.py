"""QEMU's monitor (QMP, docs/interop/qmp-spec.rst in QEMU): cables pulled out and put back."""

import json
import socket

from . import network
from .programs import ProgramFailed


class Monitor:
    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("r")
        self._answer()
        self._ask("qmp_capabilities")

    def close(self):
        """QEMU talks to one at a time: the next one waits for this."""
        self._lines.close()
        self._socket.close()

    def set_link(self, nic, up):
        """Stops or starts the traffic; the guest's carrier stays."""
        self._ask("set_link", name=network.cable(nic), up=up)

    def plug_in(self, properties):
        """PROPERTIES: NodeNetwork.device_properties()."""
        self._ask("device_add", **properties)

    def unplug(self, nic):
        self._ask("device_del", id=nic)

    def _ask(self, command, **arguments):
        self._socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        self._answer()

    def _answer(self):
        while True:
            line = self._lines.readline()
            if not line:
                raise ProgramFailed("QEMU's monitor has gone away")
            message = json.loads(line)
            if "error" in message:
                raise ProgramFailed(f"QEMU's monitor: {message['error'].get('desc')}")
            if "return" in message or "QMP" in message:
                return
