"""A test case with a cluster of its own: configuration, secrets, a key to log in with, and bases on demand."""

import os
import pathlib
import shutil
import tempfile
import unittest

from .images import Shape, make_image
from .programs import Kraken, run

CLUSTER_HEAD = """cluster:
  name: kraken
base: {{file: {base}}}
orchestrator: none
network:
  subnet: 192.168.3.0/24
  gateway: 192.168.3.1
access:
  user: kraken
  authorized_keys_files: [{key}]
nodes:
"""
CLUSTER = CLUSTER_HEAD + """\
  - {{id: 1, name: kraken-1, address: 192.168.3.11, profile: manager}}
  - {{id: 3, name: kraken-3, address: 192.168.3.13, profile: test, labels: {{zone: a}}}}
"""
# No card size, so that images stay as small as their bases.
PROFILE = """role: {role}
boot:
  cmdline: {{add: [cgroup_enable=memory]}}
  config: [gpu_mem=16]
"""
CLOCK = "2026-03-01T00:00:00Z"


class ClusterCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kraken-functional-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.kraken = Kraken(self.folder / "cache")
        self.cluster = self.folder / "cluster.yaml"
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", self.folder / "login")
        # init makes the secrets; its cluster.yaml is replaced by the test's own.
        self.kraken("init", self.folder, "--authorized-keys", self.folder / "login.pub")

    def base(self, shape=Shape(), name="base"):
        return make_image(self.folder / name, shape)

    def write_cluster(self, base, extra="", folder=None):
        folder = folder or self.folder
        text = CLUSTER.format(base=os.path.relpath(base, folder), key=self.folder / "login.pub") + extra
        (folder / "cluster.yaml").write_text(text, encoding="utf-8")
        (folder / "profiles").mkdir(exist_ok=True)
        for role, name in (("worker", "test"), ("manager", "manager")):
            (folder / "profiles" / f"{name}.yaml").write_text(PROFILE.format(role=role), encoding="utf-8")

    def burn(self, node, *words, output=None, status=0, clock=CLOCK, environment=None):
        output = output or self.folder / f"kraken-{node}.img"
        self.last = self.kraken("-f", self.cluster, "--clock", clock, "burn", "--node", node, "--output", output, *words,
                                status=status, environment=environment)
        return output
