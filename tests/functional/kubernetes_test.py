"""Cards of kubeadm and k3s clusters: what is on which, the secrets folder they come from, and the kubeconfig."""

import base64
import configparser
import filecmp
import hashlib
import json
import re
import shutil
import tempfile
import unittest

import yaml

from lib.cluster import CLOCK, ClusterCase
from lib.images import Shape
from lib.programs import run
from lib.secrecy import forms, hkdf, written_bytes
from lib.trees import Unpacked

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


class KubeadmTest(KubernetesCase):
    def setUp(self):
        super().setUp()
        self.write(self.base(), "kubeadm")

    def test_each_card_has_what_its_role_needs_and_no_more(self):
        keys = self.private_keys() | {"cluster-secret": forms(self.cluster_secret())}
        self.assertEqual(set(keys), {*SECTIONS, "cluster-secret"})
        for node in (*MANAGERS, 3):
            with self.subTest(node=node):
                image = self.burn(node)
                is_manager = node in MANAGERS
                allowed = {"ca", "front-proxy-ca", "etcd-ca", "service-account"} if is_manager else set()
                self.assert_only(image, keys, allowed)
                unpacked = self.unpack(image)
                tree = unpacked.tree()
                self.assertEqual(PKI in tree, is_manager)
                if is_manager:
                    self.assert_authorities(unpacked)

    def assert_authorities(self, unpacked):
        pki = self.pki()
        for folder in (PKI, PKI + "/etcd"):
            self.assertEqual(unpacked.tree()[folder].mode, 0o700, folder)
        for name, section in (("ca", "ca"), ("front-proxy-ca", "front-proxy-ca"), ("etcd/ca", "etcd-ca")):
            self.assert_file(unpacked, f"{PKI}/{name}.crt", 0o644)
            self.assert_file(unpacked, f"{PKI}/{name}.key", 0o600)
            crt, key = unpacked.root / f"{PKI[1:]}/{name}.crt", unpacked.root / f"{PKI[1:]}/{name}.key"
            self.assertEqual(crt.read_text(), pki[section]["CERTIFICATE"])
            self.assertIn("OK", run("openssl", "verify", "-x509_strict", "-CAfile", crt, crt).stdout)
            self.assertEqual(run("openssl", "x509", "-in", crt, "-noout", "-pubkey").stdout,
                             run("openssl", "pkey", "-in", key, "-pubout").stdout)
        self.assert_file(unpacked, f"{PKI}/sa.key", 0o600)
        self.assertEqual(unpacked.text(f"{PKI}/sa.pub"),
                         run("openssl", "pkey", "-in", unpacked.root / f"{PKI[1:]}/sa.key", "-pubout").stdout)

    def test_every_node_has_a_token_of_its_own_and_the_hash_of_the_ca(self):
        pem = self.folder / "ca.crt"
        pem.write_text(self.pki()["ca"]["CERTIFICATE"])
        public = run("openssl", "x509", "-in", pem, "-noout", "-pubkey").stdout
        expected = "sha256:" + hashlib.sha256(der_of(public)).hexdigest()
        tokens = {}
        for node in (1, 3):
            unpacked = self.unpack(self.burn(node))
            record = json.loads(unpacked.text("/etc/kraken/node.json"))
            self.assertEqual(record["join"]["kubeadm"],
                             {"pod_subnet": "10.244.0.0/16", "service_subnet": "10.96.0.0/16", "ca_hash": expected})
            self.assertIsNone(record["join"]["swarm"])
            secrets = json.loads(unpacked.text("/etc/kraken/secrets.json"))
            self.assert_file(unpacked, "/etc/kraken/secrets.json", 0o600)
            self.assertRegex(secrets["bootstrap_token"], rf"^k0000{node}\.[a-z0-9]{{16}}$")
            self.assertEqual(secrets["join_key"], self.derived(f"join-psk/{node}").hex())
            tokens[node] = secrets
        self.assertEqual(tokens[3]["bootstrap_tokens"], {})
        self.assertEqual(set(tokens[1]["bootstrap_tokens"]), {"3", "4", "5"})
        self.assertEqual(tokens[1]["bootstrap_tokens"]["3"], tokens[3]["bootstrap_token"])
        self.assertEqual(len({tokens[1]["bootstrap_token"], *tokens[1]["bootstrap_tokens"].values()}), 4)

    def test_nothing_that_is_printed_or_kept_shows_a_secret(self):
        image = self.burn(1)
        token = json.loads(self.unpack(image).text("/etc/kraken/secrets.json"))["bootstrap_token"]
        self.assert_shown_nowhere(1, image, self.private_keys() | {"token": [token.encode()]})

    def test_the_same_secrets_give_the_same_bytes(self):
        self.assertTrue(filecmp.cmp(self.burn(1), self.burn(1, output=self.folder / "again.img"), shallow=False))

    def test_programs_that_are_missing_are_told(self):
        said = self.plan(3).stdout + self.plan(3).stderr
        for program in ("kubeadm", "kubelet", "container runtime"):
            self.assertIn(f"there is no {program} on this image", said)
        self.assertNotIn("does not join", said)
        programs = {f"/usr/bin/{name}": b"\x7fELF" for name in ("kubeadm", "kubelet", "containerd")}
        self.assertIn("there is no network add-on", self.plan(1).stdout)
        programs["/etc/kraken/manifests/flannel.yaml"] = b"{}"
        self.write(self.base(Shape(extra_files=programs), "with"), "kubeadm")
        for node in (1, 3):
            self.assertNotIn("there is no", self.plan(node).stdout + self.plan(node).stderr)


class K3sTest(KubernetesCase):
    def setUp(self):
        super().setUp()
        self.write(self.base(), "k3s")

    def k3s_keys(self):
        derived = {f"password {n}": self.derived(f"k3s-node-password/{n}", 16) for n in (*MANAGERS, *WORKERS)}
        derived |= {f"{user} token": self.derived(f"k3s-{user}-token/0") for user in ("server", "agent")}
        derived["cluster-secret"] = self.cluster_secret()
        return self.private_keys() | {name: forms(key) for name, key in derived.items()}

    def test_each_card_has_what_its_role_needs_and_no_more(self):
        keys = self.k3s_keys()
        tokens = {"server token", "agent token"}
        for node, allowed in ((1, {*SECTIONS, *tokens, "password 1"}), (5, {*tokens, "password 5"}),
                              (3, {"agent token", "password 3"})):
            with self.subTest(node=node):
                self.assert_only(self.burn(node), keys, allowed)

    def test_authorities_lie_where_k3s_looks_on_the_first_server(self):
        unpacked = self.unpack(self.burn(1))
        pki, tree = self.pki(), unpacked.tree()
        for folder in ("/var/lib/rancher/k3s/server", TLS, TLS + "/etcd"):
            self.assertEqual(tree[folder].mode, 0o700, folder)
        for name, section in (("server-ca", "ca"), ("client-ca", "client-ca"), ("request-header-ca", "front-proxy-ca"),
                              ("etcd/server-ca", "etcd-ca"), ("etcd/peer-ca", "etcd-peer-ca")):
            self.assert_file(unpacked, f"{TLS}/{name}.crt", 0o644)
            self.assert_file(unpacked, f"{TLS}/{name}.key", 0o600)
            self.assertEqual(unpacked.text(f"{TLS}/{name}.crt"), pki[section]["CERTIFICATE"])
            self.assertEqual(unpacked.text(f"{TLS}/{name}.key"), pki[section]["EC PRIVATE KEY"])
        self.assertEqual(unpacked.text(f"{TLS}/service.key"), pki["service-account"]["RSA PRIVATE KEY"])
        for node in (3, 5):
            self.assertNotIn(TLS, self.unpack(self.burn(node)).tree())

    def test_tokens_carry_the_digest_of_the_ca_file(self):
        first = self.unpack(self.burn(1))
        digest = run("sha256sum", first.root / f"{TLS[1:]}/server-ca.crt").stdout.split()[0]
        self.assertEqual(first.text(TOKEN), self.derived("k3s-server-token/0").hex())
        self.assertEqual(first.text(AGENT_TOKEN), self.derived("k3s-agent-token/0").hex())
        self.assert_file(first, TOKEN, 0o600)
        self.assert_file(first, PASSWORD, 0o600)
        second = self.unpack(self.burn(5))
        self.assertEqual(second.text(TOKEN), f"K10{digest}::server:{self.derived('k3s-server-token/0').hex()}")
        worker = self.unpack(self.burn(3))
        self.assertEqual(worker.text(TOKEN), f"K10{digest}::node:{self.derived('k3s-agent-token/0').hex()}")
        self.assertEqual(worker.text(PASSWORD), self.derived("k3s-node-password/3", 16).hex())
        self.assertNotIn(AGENT_TOKEN, worker.tree())

    def test_the_configuration_is_by_role(self):
        san = ["kraken-1", "192.168.3.11", "kraken-5", "192.168.3.15"]
        first = "https://192.168.3.11:6443"
        server = {"token-file": TOKEN, "agent-token-file": AGENT_TOKEN, "cluster-cidr": "10.42.0.0/16",
                  "service-cidr": "10.43.0.0/16", "cluster-dns": "10.43.0.10", "tls-san": san,
                  "disable": ["traefik", "metrics-server", "local-storage"], "disable-network-policy": True}
        expected = {
            1: server | {"node-name": "kraken-1", "advertise-address": "192.168.3.11", "cluster-init": True},
            5: server | {"node-name": "kraken-5", "advertise-address": "192.168.3.15", "server": first},
            3: {"node-name": "kraken-3", "token-file": TOKEN, "server": first, "node-label": ["zone=a"]},
        }
        for node, settings in expected.items():
            with self.subTest(node=node):
                unpacked = self.unpack(self.burn(node))
                self.assertEqual(yaml.safe_load(unpacked.text(CONFIG)), settings)
                self.assert_file(unpacked, CONFIG, 0o644)
                record = json.loads(unpacked.text("/etc/kraken/node.json"))
                self.assertEqual(record["join"]["k3s"],
                                 {"pod_subnet": "10.42.0.0/16", "service_subnet": "10.43.0.0/16"})

    def test_one_server_keeps_sqlite_and_a_large_one_keeps_all(self):
        self.write(self.folder / "base/base.img", "{kind: k3s, small_server: false, service_subnet: 172.20.0.0/24}",
                   nodes="")
        settings = yaml.safe_load(self.unpack(self.burn(1)).text(CONFIG))
        self.assertEqual(settings["cluster-dns"], "172.20.0.10")
        for key in ("cluster-init", "disable", "disable-network-policy", "server"):
            self.assertNotIn(key, settings)
        self.assertNotIn("keeps its state in etcd", self.plan(1).stdout + self.plan(1).stderr)

    def test_its_unit_is_started(self):
        for node, name, kind, command in ((1, "k3s.service", "notify", "server"),
                                          (3, "k3s-agent.service", "exec", "agent")):
            unpacked = self.unpack(self.burn(node))
            unit = configparser.RawConfigParser(strict=False)
            unit.optionxform = str
            unit.read_string(unpacked.text(f"{UNITS}/{name}"))
            self.assertEqual(unit["Service"]["ExecStart"], f"/usr/local/bin/k3s {command}")
            self.assertEqual(unit["Service"]["Type"], kind)
            self.assertEqual(unit["Service"]["KillMode"], "process")
            self.assertEqual(unit["Service"]["Delegate"], "yes")
            tree = unpacked.tree()
            self.assertEqual(tree[f"{WANTS}/{name}"].content, f"{UNITS}/{name}")
            other = "k3s-agent.service" if name == "k3s.service" else "k3s.service"
            self.assertNotIn(f"{UNITS}/{other}", tree)

    def test_nothing_that_is_printed_or_kept_shows_a_secret(self):
        for node in (1, 3):
            self.assert_shown_nowhere(node, self.burn(node), self.k3s_keys())

    def test_what_is_missing_or_doubtful_is_told(self):
        said = self.plan(3).stdout + self.plan(3).stderr
        self.assertIn("there is no /usr/local/bin/k3s on this image", said)
        self.assertIn("there are no images in /var/lib/rancher/k3s/agent/images", said)
        self.assertIn("with 2 managers keeps its state in etcd", said)
        self.assertIn("an even number of managers", said)
        self.assertNotIn("does not join", said)
        images = "/var/lib/rancher/k3s/agent/images/k3s-airgap-images-arm64.tar.zst"
        files = {"/usr/local/bin/k3s": b"\x7fELF", images: b"x"}
        self.write(self.base(Shape(extra_files=files), "with"), "k3s", nodes="")
        said = self.plan(3).stdout + self.plan(3).stderr
        self.assertNotIn("orchestrator: k3s,", said)
        self.assertNotIn("etcd", said)


class FormerCardTest(KubernetesCase):
    FORMER = {path: b"former" for path in (
        TOKEN, AGENT_TOKEN, PASSWORD, CONFIG, f"{TLS}/server-ca.key", f"{TLS}/client-ca.crt", f"{TLS}/etcd/peer-ca.key",
        f"{TLS}/service.key", f"{UNITS}/k3s.service", f"{UNITS}/k3s-agent.service", f"{PKI}/ca.key",
        f"{PKI}/etcd/ca.key", f"{PKI}/sa.key")}

    def test_what_a_former_cluster_left_is_gone(self):
        base = self.base(Shape(extra_files=self.FORMER))
        for orchestrator, kept in (("none", set()), ("swarm", set()), ("kubeadm", set()),
                                   ("k3s", {TOKEN, PASSWORD, CONFIG, f"{UNITS}/k3s-agent.service"})):
            with self.subTest(orchestrator=orchestrator):
                self.write(base, orchestrator)
                unpacked = self.unpack(self.burn(3))
                self.assertEqual(set(self.FORMER) & set(unpacked.tree()), kept)
                for path in kept:
                    self.assertNotEqual(unpacked.text(path), "former", path)

    def test_k3s_of_the_users_own_stays(self):
        own = {path: content for path, content in self.FORMER.items() if path not in (TOKEN, AGENT_TOKEN)}
        self.write(self.base(Shape(extra_files=own)), "none")
        tree = self.unpack(self.burn(3)).tree()
        self.assertEqual({path for path in own if path not in tree}, {path for path in own if path.startswith(PKI)})


class SecretsFolderTest(KubernetesCase):
    def setUp(self):
        super().setUp()
        self.secrets = self.folder / "secrets"
        self.write(self.base(), "kubeadm")

    def passphrase_file(self, text):
        file = self.folder / text.replace(" ", "-")
        file.write_text(text + "\n")
        file.chmod(0o600)
        return file

    def secrets_command(self, *words, status=0):
        return self.kraken("-f", self.cluster, "secrets", *words, status=status)

    def test_a_folder_from_before_is_completed(self):
        (self.secrets / "kubernetes-pki").unlink()
        error = self.burn_fails()
        self.assertRegex(error, r"kubernetes-pki: there are no certificate .*`kraken-image secrets complete`")
        self.secrets_command("complete")
        self.assertEqual((self.secrets / "kubernetes-pki").stat().st_mode & 0o777, 0o600)
        self.assertEqual(set(self.pki()), set(SECTIONS))
        before = (self.secrets / "kubernetes-pki").read_bytes()
        self.assertIn("nothing is missing", self.secrets_command("complete").stdout)
        self.assertEqual((self.secrets / "kubernetes-pki").read_bytes(), before)
        self.burn(1)

    def burn_fails(self):
        self.burn(1, status=2)
        return self.last.stderr

    def test_swarm_needs_no_authorities(self):
        (self.secrets / "kubernetes-pki").unlink()
        self.write(self.folder / "base/base.img", "swarm")
        self.burn(1)

    def test_a_file_that_others_may_read_is_refused(self):
        (self.secrets / "kubernetes-pki").chmod(0o640)
        self.assertIn("chmod 0600", self.burn_fails())

    def test_a_damaged_file_is_refused_with_what_to_do(self):
        file = self.secrets / "kubernetes-pki"
        good = file.read_text()
        key = self.pki()["ca"]["EC PRIVATE KEY"]
        other_key = self.pki()["etcd-ca"]["EC PRIVATE KEY"]
        for spoiled in ("", good[:-100], good.replace(key, other_key), good + good, "x" * 200000):
            file.write_text(spoiled)
            error = self.burn_fails()
            self.assertIn("kubernetes-pki: ", error)
            self.assertIn("backup", error)
            self.assertNotIn(key.split("\n")[1][:20], error)

    def test_the_passphrase_comes_over_all_files_changes_and_goes(self):
        first, second = self.passphrase_file("correct horse"), self.passphrase_file("battery staple")
        image = self.burn(1)

        def assert_same(name, *words):
            again = self.burn(1, *words, output=self.folder / name)
            self.assertTrue(filecmp.cmp(image, again, shallow=False), words)

        self.secrets_command("passphrase", "--new-passphrase-file", first)
        self.assert_sealed(True)
        self.assertIn("--passphrase-file", self.burn_fails())
        assert_same("2.img", "--passphrase-file", first)
        change = ("passphrase", "--new-passphrase-file", second, "--passphrase-file")
        self.assertIn("does not open it", self.secrets_command(*change, second, status=2).stderr)
        self.secrets_command(*change, first)
        self.assert_sealed(True)
        self.burn(1, "--passphrase-file", first, output=self.folder / "3.img", status=2)
        assert_same("3.img", "--passphrase-file", second)
        self.secrets_command("passphrase", "--passphrase-file", second, "--remove")
        self.assert_sealed(False)
        assert_same("4.img")
        self.assertEqual(sorted(p.name for p in self.secrets.iterdir()), ["cluster-secret", "kubernetes-pki"])

    def assert_sealed(self, is_sealed):
        for name in ("cluster-secret", "kubernetes-pki"):
            file = self.secrets / name
            self.assertEqual(file.read_text().startswith(f"kraken-sealed 1\nfile {name}\n"), is_sealed, name)
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)

    def test_what_is_completed_is_under_the_same_passphrase(self):
        (self.secrets / "kubernetes-pki").unlink()
        file = self.passphrase_file("correct horse")
        self.secrets_command("passphrase", "--new-passphrase-file", file)
        self.secrets_command("complete", "--passphrase-file", file)
        self.assert_sealed(True)
        self.burn(1, "--passphrase-file", file)


class KubeconfigTest(KubernetesCase):
    def kubeconfig(self, *words, status=0):
        # Today's: the authorities are not valid before init.
        return self.kraken("-f", self.cluster, "kubeconfig", *words, status=status)

    def test_it_administers_the_cluster_for_a_year(self):
        base = self.base()
        for orchestrator, signer in (("kubeadm", "ca"), ("k3s", "client-ca")):
            with self.subTest(orchestrator=orchestrator):
                self.write(base, orchestrator)
                said = self.kubeconfig().stdout
                file = self.folder / "kraken.kubeconfig"
                self.assertEqual(file.stat().st_mode & 0o777, 0o600)
                config = yaml.safe_load(file.read_text())
                cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
                self.assertEqual(cluster["server"], "https://192.168.3.11:6443")
                self.assertEqual(base64.b64decode(cluster["certificate-authority-data"]).decode(),
                                 self.pki()["ca"]["CERTIFICATE"])
                context = config["contexts"][0]
                self.assertEqual((config["current-context"], context["context"]),
                                 (context["name"], {"cluster": "kraken", "user": config["users"][0]["name"]}))
                crt = self.put("admin.crt", base64.b64decode(user["client-certificate-data"]))
                ca = self.put("signer.crt", self.pki()[signer]["CERTIFICATE"].encode())
                self.assertIn("OK", run("openssl", "verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", ca,
                                        crt).stdout)
                for days, status in ((364, 0), (366, 1)):
                    ended = run("openssl", "x509", "-in", crt, "-checkend", days * 86400, check=False)
                    self.assertEqual(ended.returncode, status, f"after {days} days")
                self.assertIn("O = system:masters, CN = kubernetes-admin", run("openssl", "x509", "-in", crt, "-noout",
                                                                               "-subject", "-enddate").stdout)
                self.assertNotIn(user["client-key-data"][:40], said)

    def put(self, name, content):
        file = self.folder / name
        file.write_bytes(content)
        return file

    @unittest.skipUnless(shutil.which("kubectl"), "no kubectl here")
    def test_kubectl_reads_it(self):
        self.write(self.base(), "k3s")
        self.kubeconfig("--output", self.folder / "config", "--days", 2)
        view = json.loads(run("kubectl", "--kubeconfig", self.folder / "config", "config", "view", "-o", "json").stdout)
        self.assertEqual(view["clusters"][0]["cluster"]["server"], "https://192.168.3.11:6443")
        self.assertEqual(view["current-context"], "kraken")

    def test_it_replaces_its_own_file_and_no_other(self):
        self.write(self.base(), "k3s")
        file = self.put("config", b"apiVersion: v1\n")
        self.assertIn("nothing was changed", self.kubeconfig("--output", file, status=2).stderr)
        self.assertEqual(file.read_bytes(), b"apiVersion: v1\n")
        file.unlink()
        self.kubeconfig("--output", file)
        first = file.read_bytes()
        self.kubeconfig("--output", file)
        self.assertNotEqual(file.read_bytes(), first)

    def test_other_clusters_have_none(self):
        self.write(self.base(), "swarm")
        self.assertIn("orchestrator: swarm is no Kubernetes", self.kubeconfig(status=2).stderr)


if __name__ == "__main__":
    unittest.main()
