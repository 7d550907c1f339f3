"""A test case with a cluster of kubeadm's or k3s', and what its secrets could look like."""

import base64
import re
import shutil
import tempfile

from .cluster import CLOCK, ClusterCase
from .programs import run
from .secrecy import forms, hkdf, written_bytes
from .trees import Unpacked

MANAGERS, WORKERS = (1, 5), (3, 4)
NODES = """  - {id: 4, name: kraken-4, address: 192.168.3.14, profile: test}
  - {id: 5, name: kraken-5, address: 192.168.3.15, profile: manager}
"""
SECTIONS = ("ca", "client-ca", "front-proxy-ca", "etcd-ca", "etcd-peer-ca", "service-account")
PKI = "/etc/kraken/pki"
TLS = "/var/lib/rancher/k3s/server/tls"
TOKEN, AGENT_TOKEN = "/etc/rancher/k3s/kraken-token", "/etc/rancher/k3s/kraken-agent-token"
CONFIG, PASSWORD = "/etc/rancher/k3s/config.yaml", "/etc/rancher/node/password"
UNITS = "/etc/systemd/system"
WANTS = f"{UNITS}/multi-user.target.wants"
PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----\n(.*?)-----END \1-----\n", re.DOTALL)


def der_of(pem):
    return base64.b64decode("".join(pem.split("\n")[1:-2]))


def pem_forms(pem):
    """How a private key could be written: its secret number, and the lines of the PEM text that hold it."""
    with tempfile.TemporaryFile("w+") as file:
        file.write(pem)
        file.seek(0)
        text = run("openssl", "pkey", "-noout", "-text", "-in", "/dev/stdin", stdin=file).stdout
    is_rsa = "prime1:" in text
    digits = re.search(rf"{'prime1' if is_rsa else 'priv'}:\n((?:\s+[0-9a-f:]+\n)+)", text).group(1)
    number = bytes.fromhex(re.sub(r"[\s:]", "", digits)).lstrip(b"\0")
    # The number comes first in an elliptic key (RFC 5915), and in the second half in one of RSA's (RFC 8017, A.1.2).
    lines = pem.split("\n")[1:-2]
    return forms(number) + [line.encode() for line in (lines[len(lines) // 2 + 1:-1] if is_rsa else lines[:1])]


class KubernetesCase(ClusterCase):
    def write(self, base, orchestrator, nodes=NODES):
        self.write_cluster(base, nodes)
        self.cluster.write_text(self.cluster.read_text().replace("orchestrator: none", f"orchestrator: {orchestrator}"))

    def pki(self):
        """Section: its PEM objects by label."""
        text = (self.folder / "secrets/kubernetes-pki").read_text()
        found = {}
        for part in re.split(r"^\[", text, flags=re.MULTILINE)[1:]:
            name, _, rest = part.partition("]\n")
            found[name] = {match.group(1): match.group() for match in PEM.finditer(rest)}
        return found

    def private_keys(self):
        """Section: how what nobody but whoever has its private key knows could be written."""
        return {name: pem_forms(next(pem for label, pem in objects.items() if "PRIVATE" in label))
                for name, objects in self.pki().items()}

    def cluster_secret(self):
        return base64.b64decode((self.folder / "secrets/cluster-secret").read_text().split()[-1])

    def derived(self, what, length=32):
        return hkdf(self.cluster_secret(), f"kraken/{what}", length)

    def unpack(self, image):
        unpacked = Unpacked(image, self.folder / "unpacked")
        self.addCleanup(shutil.rmtree, self.folder / "unpacked", ignore_errors=True)
        return unpacked

    def plan(self, node, *words, status=0):
        return self.kraken("-f", self.cluster, "--clock", CLOCK, "plan", "--node", node, *words, status=status)

    def assert_file(self, unpacked, path, mode):
        entry = unpacked.tree()[path]
        self.assertEqual((entry.kind, entry.mode, entry.uid, entry.gid), ("file", mode, 0, 0), path)

    def assert_only(self, image, keys, allowed):
        """Of the named secrets, the card has those that it may have."""
        data = written_bytes(image)
        for name, written in keys.items():
            found = [form for form in written if form in data]
            if name in allowed:
                self.assertTrue(found, f"{image.name} lacks {name}")
            else:
                self.assertFalse(found, f"{image.name} has {name}")

    def assert_shown_nowhere(self, node, image, keys):
        said = self.last.stdout + self.last.stderr
        said += (image.parent / (image.name + ".receipt.json")).read_text()
        for words in ((), ("--json",)):
            plan = self.plan(node, *words)
            said += plan.stdout + plan.stderr
        for name, written in keys.items():
            self.assertFalse([form for form in written if form in said.encode()], name)
        for path, entry in self.unpack(image).tree().items():
            if path.endswith(".key") or path in (TOKEN, AGENT_TOKEN, PASSWORD):
                self.assertNotIn(entry.content, said, f"the digest of {path}")
                self.assertRegex(said, re.escape(path) + r" .*, secret\n")
