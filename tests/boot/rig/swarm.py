"""Several cards of one cluster, booted at the same time on one switch: they must become a Docker Swarm."""

import json
from contextlib import ExitStack

from . import card, network, visit
from .boots import SERVICES, prepare_boot_files
from .emulator import BootFailed, Emulator, flatten, make_overlay
from .image import Image
from .options import settings_of
from .wiring import together

_SECRETS = "/etc/kraken/secrets.json"
# Until Docker runs on an emulated node that shares two cores with another one, and until all have joined.
_SECONDS_TO_READY = 1500


class Node:
    """A card and, while it is switched on, its emulator."""

    def __init__(self, arguments, image, work):
        work.mkdir()
        self.image = Image(image)
        self.record = json.loads(self.image.read_root_text(network.RECORD, work))
        self.name = self.record["node"]["name"]
        self.labels = self.record["node"]["labels"]
        self.settings = settings_of(arguments, image, work, self.name)
        self.net = network.of_image(self.image, work)
        self.overlay = work / "card.qcow2"
        self.emulator = None
        self.guest = None
        self._files = prepare_boot_files(self.settings, self.image)
        make_overlay(self.image.path, self.overlay)

    def emulate(self, title, wiring):
        """An emulator, to be entered."""
        self.folder = self.settings.work / title
        self.folder.mkdir()
        self.emulator = Emulator(self.settings.machine, self.overlay, self._files, self.folder, self.settings.cache, self.net,
                                 (network.ONBOARD, network.ADAPTER), wiring)
        return self.emulator

    def log_in(self):
        self.guest, _ = visit.log_in(self.settings, self.emulator, self.folder)

    def docker(self, *words):
        return self.guest.run("sudo -n docker " + " ".join(words), allowed=None)


class Swarm:
    def __init__(self, arguments, work, checks):
        self._checks = checks
        self._patience = arguments.patience
        self._manager = Node(arguments, arguments.manager, work / "manager")
        self._workers = [Node(arguments, image, work / f"worker-{number}")
                         for number, image in enumerate(arguments.worker, 1)]
        self._nodes = [self._manager, *self._workers]

    def run(self):
        wirings = together([node.net for node in self._nodes])
        self._boot("first-boot", wirings, self._look_at_members)
        self._boot("second-boot", wirings, self._look_at_second_boot)

    def _boot(self, title, wirings, look):
        """All nodes, from switching on to switching off."""
        print(f"{title.replace('-', ' ')} of {', '.join(node.name for node in self._nodes)}", flush=True)
        with ExitStack() as running:
            try:
                for node, wiring in zip(self._nodes, wirings):
                    running.enter_context(node.emulate(title, wiring))
                for node in self._nodes:
                    node.log_in()
                members = self._wait_until_ready()
                look(members)
                for node in reversed(self._nodes):
                    self._checks.check(f"{node.name} shut down by itself",
                                       visit.power_off(node.settings, node.emulator, node.guest))
            except BootFailed:
                for node in self._nodes:
                    print(f"--- the last lines of {node.name}'s console:\n{node.emulator.tail(60)}\n---", flush=True)
                raise
        for node in self._nodes:
            print(f"        {node.name}: {node.emulator.cpu_seconds:.0f} s of processor time, peak memory "
                  f"{node.emulator.peak_kib // 1024} MiB", flush=True)
            self._check_card(node, title)

    def _wait_until_ready(self):
        """What the manager's Docker says of every node, by host name, once all are ready."""
        emulator = self._manager.emulator
        members = emulator.wait_for("all nodes to be Ready in docker node ls", self._all_ready,
                                    _SECONDS_TO_READY * self._patience, pause=5)
        print(f"        all are Ready after {emulator.elapsed():.0f} s", flush=True)
        return members

    def _all_ready(self):
        for node in self._workers:
            if not node.emulator.alive():
                raise BootFailed(f"the emulator of {node.name} has ended")
        listed = self._manager.docker("node", "ls", "--format", "'{{json .}}'")
        if listed.returncode != 0:
            return None
        members = {member["Hostname"]: member for member in map(json.loads, listed.stdout.splitlines())}
        ready = {name for name, member in members.items() if member["Status"] == "Ready"}
        return members if ready == {node.name for node in self._nodes} else None

    def _look_at_members(self, members):
        checks = self._checks
        for node in self._nodes:
            is_manager = node is self._manager
            status = members[node.name]["ManagerStatus"]
            checks.check(f"{node.name} is {'the leader' if is_manager else 'a worker'}",
                         status == ("Leader" if is_manager else ""), status)
            self._wait_for_services(node)
            labels = json.loads(self._manager.docker("node", "inspect", "--format", "'{{json .Spec.Labels}}'",
                                                     node.name).stdout)
            checks.check(f"{node.name} has its labels", labels == node.labels, labels)
        for node in self._workers:
            gone = node.guest.run(f"sudo -n test ! -e {_SECRETS}", allowed=None).returncode == 0
            checks.check(f"{node.name} has erased its key", gone)
        self._members = members

    def _look_at_second_boot(self, members):
        for node in self._nodes:
            self._wait_for_services(node)
            before = self._members[node.name]["ID"]
            self._checks.check(f"{node.name} is the node of the swarm that it was", members[node.name]["ID"] == before,
                               members[node.name]["ID"])

    def _wait_for_services(self, node):
        """Until a service has come to its good end, as one that waited for its manager in vain is started again."""
        for service in SERVICES:
            node.emulator.wait_for(f"{service} of {node.name} to succeed",
                                   lambda: visit.has_succeeded(node.guest.unit(service)),
                                   node.emulator.elapsed() + 600 * self._patience, pause=2)
            self._checks.check(f"{node.name}: {service} succeeded", True)

    def _check_card(self, node, title):
        checks = self._checks
        work = node.settings.work
        raw = node.folder / "card.img"
        flatten(node.overlay, raw)
        image = Image(raw)
        print(f"the card of {node.name} after the {title.replace('-', ' ')}", flush=True)
        card.check_file_systems(checks, image, work)
        card.check_finished(checks, image, node.folder, node.name)
        said = node.emulator.console().decode(errors="replace")
        checks.check("no join token is on the console", "SWMTKN-" not in said)
        raw.unlink()
