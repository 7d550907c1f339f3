"""A worker's card in front of a control plane: it must become a Ready node of it."""

import subprocess

from control_plane import PORT, ControlPlane
from manager_card import ManagerCard
from rig import card, network, visit
from rig.boots import prepare_boot_files
from rig.emulator import BootFailed, Emulator, flatten, make_overlay
from rig.image import Image
from rig.manager import relays
from rig.options import settings_of
from rig.programs import run
from rig.wiring import alone

_SECONDS_TO_READY = 1200
_SECRETS = "/etc/kraken/secrets.json"


class Joining:
    def __init__(self, arguments, work, checks):
        self._checks = checks
        self._work = work
        self._arguments = arguments
        self._manager = ManagerCard(arguments.manager, work)
        self._image = Image(arguments.worker)
        self._record = ManagerCard(arguments.worker, work).record
        self._name = self._record["node"]["name"]
        self._settings = settings_of(arguments, arguments.worker, work, self._name)
        self._net = network.of_image(self._image, work)
        self._overlay = work / "card.qcow2"

    def run(self):
        run("ip", "address", "add", f"{self._manager.address}/32", "dev", "lo")
        folder = self._work / "control-plane"
        folder.mkdir(mode=0o700)
        files = prepare_boot_files(self._settings, self._image)
        make_overlay(self._image.path, self._overlay)
        with ControlPlane(self._arguments.kubernetes / "host", self._manager, folder) as control_plane, self._broker():
            self._boot("first-boot", files, control_plane)
            self._boot("second-boot", files, control_plane)

    def _broker(self):
        root = self._work / "manager"
        self._manager.lay_out(root)
        with open(self._work / "broker.log", "wb") as log:
            return _Ended(subprocess.Popen([self._arguments.firstboot, "join-broker", "--root", root], stdin=subprocess.DEVNULL,
                                           stdout=log, stderr=log))

    def _boot(self, title, files, control_plane):
        print(f"{title.replace('-', ' ')} of {self._name}", flush=True)
        folder = self._work / title
        folder.mkdir()
        ports = (PORT, self._manager.record["join"]["port"])
        address = self._manager.address
        wiring = alone(self._net, relays(address, address, {port: port for port in ports}))
        with Emulator(self._settings.machine, self._overlay, files, folder, self._settings.cache, self._net,
                      (network.ONBOARD, network.ADAPTER), wiring) as emulator:
            try:
                guest, _ = visit.log_in(self._settings, emulator, folder)
                node = emulator.wait_for(f"{self._name} to be Ready", lambda: self._ready(control_plane),
                                         _SECONDS_TO_READY * self._settings.patience, pause=5)
                print(f"        Ready after {emulator.elapsed():.0f} s", flush=True)
                self._look_at(node, guest, emulator)
                self._checks.check("the node shut down by itself", visit.power_off(self._settings, emulator, guest))
            except BootFailed:
                print(f"--- the last lines of the console:\n{emulator.tail(80)}\n---", flush=True)
                raise
            said = emulator.console().decode(errors="replace")
        self._check_card(folder, said)

    def _ready(self, control_plane):
        for node in control_plane.nodes():
            conditions = {each["type"]: each["status"] for each in node["status"].get("conditions", [])}
            if node["metadata"]["name"] == self._name and conditions.get("Ready") == "True":
                return node
        return None

    def _look_at(self, node, guest, emulator):
        checks = self._checks
        addresses = [each["address"] for each in node["status"]["addresses"] if each["type"] == "InternalIP"]
        checks.check("it has its address in the cluster", addresses == [self._net.address], addresses)
        labels, wanted = node["metadata"]["labels"], self._record["node"]["labels"]
        checks.check("it has its labels", wanted.items() <= labels.items(), labels)
        emulator.wait_for("kraken-cluster.service to succeed",
                          lambda: visit.has_succeeded(guest.unit("kraken-cluster.service")),
                          emulator.elapsed() + 600 * self._settings.patience, pause=2)
        gone = guest.run(f"sudo -n test ! -e {_SECRETS}", allowed=None).returncode == 0
        checks.check("its keys and its token are erased", gone)

    def _check_card(self, folder, said):
        raw = folder / "card.img"
        flatten(self._overlay, raw)
        image = Image(raw)
        card.check_file_systems(self._checks, image, folder)
        card.check_finished(self._checks, image, folder, self._name)
        for token in self._manager.tokens():
            self._checks.check(f"the token of {token.split('.')[0]} is not on the console", token.split(".")[1] not in said)
        raw.unlink()


class _Ended:
    """A process that ends with the context."""

    def __init__(self, process):
        self._process = process

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(20)
