"""Nodes join a Docker Swarm by kraken-firstboot alone: real dockerd, real TLS, one network namespace a node."""

import json
import secrets
import shutil
import time
import unittest

from lib import docker_hosts
from lib.docker_hosts import SUBNET, Switch, wait_until

MANAGER, FIRST, SECOND = 1, 2, 3
PORT = 5203
KEPT = "var/lib/kraken/swarm.json"
SECRETS = "etc/kraken/secrets.json"


class Cluster:
    """Three nodes, each with what the imager would have put on its card."""

    def __init__(self, switch):
        self.managers = (MANAGER,)
        self.keys = {node: secrets.token_hex(32) for node in (0, MANAGER, FIRST, SECOND)}
        self.machines = {node: switch.machine(node, f"kraken-{node}") for node in (MANAGER, FIRST, SECOND)}
        for node in self.machines:
            self.burn(node)

    def role(self, node):
        return "manager" if node in self.managers else "worker"

    def record(self, node, clock=None):
        role = self.role(node)
        machine = self.machines[node]
        hosts = [{"id": n, "name": m.host_name, "address": m.address, "role": self.role(n)}
                 for n, m in self.machines.items()]
        return {"format": "kraken-node", "version": 3, "cluster": {"name": "test", "orchestrator": "swarm"},
                "node": {"id": node, "name": machine.host_name, "role": role, "profile": role,
                         "labels": {"disk": "sd", "number": str(node)}},
                "build": {"clock": int(clock or time.time() - 86400), "tool": "test", "base_sha256": "a" * 64},
                "network": {"address": machine.address, "prefix": 24, "gateway": f"{SUBNET}.1", "dns": []},
                "nic": {"primary": "auto", "fallback": "none", "mode": "single", "measure": False}, "tuning": {},
                "hosts": hosts,
                "join": {"managers": [self.machines[n].address for n in self.managers], "expected": len(hosts),
                         "port": PORT, "swarm": {"address_pools": ["10.200.0.0/16"], "pool_prefix": 24,
                                                 "certificate_days": 3650}, "kubeadm": None, "k3s": None},
                "boot_folder": "/boot/firmware", "grow_root": True}

    def burn(self, node, key=None, clock=None):
        machine = self.machines[node]
        others = {str(n): k for n, k in self.keys.items() if n != node} if node in self.managers else {}
        machine.write("etc/kraken/node.json", json.dumps(self.record(node, clock)), 0o600)
        machine.write(SECRETS, json.dumps({"format": "kraken-secrets", "version": 2,
                                           "join_key": key or self.keys[node], "join_keys": others,
                                           "bootstrap_token": None, "bootstrap_tokens": {}}), 0o600)


@unittest.skipIf(docker_hosts.why_not(), docker_hosts.why_not() or "")
class SwarmTest(unittest.TestCase):
    def setUp(self):
        self.switch = Switch()
        self.addCleanup(self.switch.close)
        self.cluster = Cluster(self.switch)
        self.manager = self.cluster.machines[MANAGER]
        self.first = self.cluster.machines[FIRST]
        self.second = self.cluster.machines[SECOND]

    def states(self):
        return sorted((n["Hostname"], n["Status"]) for n in self.manager.nodes())

    def wait_for_states(self, *expected):
        wait_until(f"nodes {expected}", lambda: self.states() == sorted(expected))

    def form(self, *workers):
        """The swarm, the broker, and these in it."""
        self.manager.start_engine(wait=False)
        for worker in workers:
            worker.start_engine(wait=False)
        self.manager.join()
        broker = self.manager.start("join-broker")
        for worker in workers:
            worker.join()
        return broker

    def test_manager_and_workers_form_a_swarm(self):
        self.form(self.first, self.second)
        self.wait_for_states(("kraken-1", "Ready"), ("kraken-2", "Ready"), ("kraken-3", "Ready"))
        spec = json.loads(self.manager.docker("node", "inspect", "--format", "{{json .Spec}}", "kraken-2"))
        self.assertEqual(spec["Labels"], {"disk": "sd", "number": "2"})
        self.assertEqual(spec["Role"], "worker")
        own = json.loads(self.manager.docker("node", "inspect", "--format", "{{json .Spec}}", "kraken-1"))
        self.assertEqual(own["Labels"], {"disk": "sd", "number": "1"})
        self.look_at_settings()
        for worker in (self.first, self.second):
            self.assertFalse((worker.root / SECRETS).exists(), "a worker's key is erased")
        self.assertTrue((self.manager.root / SECRETS).exists())
        report = json.loads((self.manager.root / "var/lib/kraken/reports/2.json").read_text())
        self.assertEqual(report["node"], "kraken-2")
        self.look_that_nothing_is_left_to_do()
        self.assertNotIn("SWMTKN", self.manager.log_of("join-broker"))

    def look_at_settings(self):
        cluster = json.loads(self.manager.docker("info", "--format", "{{json .Swarm.Cluster}}"))
        self.assertEqual(cluster["DefaultAddrPool"], ["10.200.0.0/16"])
        self.assertEqual(cluster["SubnetSize"], 24)
        self.assertEqual(cluster["Spec"]["CAConfig"]["NodeCertExpiry"], 3650 * 86400 * 10**9)
        self.assertFalse(cluster["Spec"]["EncryptionConfig"]["AutoLockManagers"])

    def look_that_nothing_is_left_to_do(self):
        for machine in (self.manager, self.first):
            before = (machine.root / KEPT).stat().st_mtime_ns
            done = machine.join()
            self.assertIn("swarm: nothing to do", done.stdout)
            self.assertEqual((machine.root / KEPT).stat().st_mtime_ns, before)

    def test_worker_waits_for_a_manager_that_comes_later(self):
        # Neither broker nor swarm is there; then the broker is, whose swarm is not up; then both.
        self.first.start_engine()
        worker = self.first.start("join")
        time.sleep(3)
        self.manager.start("join-broker")
        time.sleep(2)
        self.assertIsNone(worker.poll(), self.first.log_of("join"))
        self.manager.start_engine()
        self.manager.join()
        self.assertEqual(worker.wait(timeout=240), 0, self.first.log_of("join"))
        self.wait_for_states(("kraken-1", "Ready"), ("kraken-2", "Ready"))

    def test_power_cut_in_the_middle_of_joining(self):
        self.form()
        self.first.start_engine()
        worker = self.first.start("join")
        wait_until("a join under way", lambda: worker.poll() is not None or self.first.swarm()["LocalNodeState"] in
                   ("pending", "active"))
        worker.kill()
        self.first.cut_power()
        self.first.start_engine()
        self.first.join()
        wait_until("ready", lambda: ("kraken-2", "Ready") in self.states())
        # If the cut-off try had got an entry of its own, it goes.
        wait_until("one entry", lambda: self.states() == [("kraken-1", "Ready"), ("kraken-2", "Ready")])

    def test_card_burned_anew(self):
        self.form(self.first)
        old = self.first.swarm()["NodeID"]
        self.first.lose_card()
        wait_until("down", lambda: ("kraken-2", "Down") in self.states())
        self.cluster.burn(FIRST)
        self.first.start_engine()
        self.first.join()
        self.wait_for_states(("kraken-1", "Ready"), ("kraken-2", "Ready"))
        self.assertNotEqual(self.first.swarm()["NodeID"], old)
        self.assertRegex(self.manager.log_of("join-broker"), f"{old}, which is down, was removed")

    def test_worker_in_another_swarm_leaves_it(self):
        self.form()
        self.first.start_engine()
        self.first.docker("swarm", "init", "--advertise-addr", self.first.address)
        old = self.first.swarm()["NodeID"]
        done = self.first.join()
        self.assertRegex(done.stdout, f"part of another swarm, as the node {old}, and has left it by force")
        self.wait_for_states(("kraken-1", "Ready"), ("kraken-2", "Ready"))

    def test_manager_rebooted_after_init(self):
        self.manager.start_engine()
        self.manager.join()
        swarm = self.manager.swarm()["Cluster"]["ID"]
        # Cut off before the program wrote down that it was done.
        (self.manager.root / KEPT).unlink()
        self.manager.cut_power()
        self.manager.start_engine()
        self.manager.join()
        self.assertEqual(self.manager.swarm()["Cluster"]["ID"], swarm)
        self.manager.start("join-broker")
        self.first.start_engine()
        self.first.join()
        self.wait_for_states(("kraken-1", "Ready"), ("kraken-2", "Ready"))

    def test_another_manager_joins_as_one(self):
        self.cluster.managers = (MANAGER, FIRST)
        for node in self.cluster.machines:
            self.cluster.burn(node)
        self.form(self.first)
        status = {n["Hostname"]: n["ManagerStatus"] for n in self.manager.nodes()}
        self.assertEqual(status, {"kraken-1": "Leader", "kraken-2": "Reachable"})
        self.assertTrue((self.first.root / SECRETS).exists(), "a manager keeps its keys")
        # The worker is let in by the second one while the first one's broker is away.
        for broker in self.manager.others:
            broker.kill()
        self.first.start("join-broker")
        self.second.start_engine()
        self.second.join()
        self.wait_for_states(("kraken-1", "Ready"), ("kraken-2", "Ready"), ("kraken-3", "Ready"))

    def test_broker_is_started_by_its_socket_and_ends_between_token_and_report(self):
        activate = shutil.which("systemd-socket-activate")
        if activate is None:
            self.skipTest("there is no systemd-socket-activate here")
        self.manager.start_engine()
        self.manager.join()
        self.first.start_engine()
        inside, program = self.manager.inside(), self.manager.program("join-broker")[len(self.manager.inside()):]
        listen = [activate, "-l", f"{self.manager.address}:{PORT}"]
        broker = self.manager.start_words("join-broker", inside + listen + program)
        worker = self.first.start("join")
        wait_until("a token", lambda: "gets the join token" in self.manager.log_of("join-broker"))
        broker.kill()
        broker.wait()
        time.sleep(2)
        self.manager.start("join-broker")
        self.assertEqual(worker.wait(timeout=240), 0, self.first.log_of("join"))
        self.assertFalse((self.first.root / SECRETS).exists())

    def test_wrong_key_gets_nothing(self):
        self.form()
        self.first.start_engine()
        self.cluster.burn(FIRST, key="66" * 32)
        worker = self.first.start("join")
        wait_until("a refusal", lambda: "is refused" in self.manager.log_of("join-broker"))
        worker.kill()
        self.assertEqual(self.first.swarm()["LocalNodeState"], "inactive")
        self.assertEqual(self.states(), [("kraken-1", "Ready")])

    def test_clock_comes_from_the_manager(self):
        # The worker's image is of tomorrow: the manager's clock cannot be right.
        self.form()
        self.first.start_engine()
        self.cluster.burn(FIRST, clock=time.time() + 86400)
        done = self.first.join(check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stdout, "the clock is behind|manager's clock")


if __name__ == "__main__":
    unittest.main()
