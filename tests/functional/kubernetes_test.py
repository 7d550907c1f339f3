"""Cards of kubeadm and k3s clusters: what is on which."""

import configparser
import filecmp
import hashlib
import json
import unittest

import yaml

from lib.images import Shape
from lib.kubernetes_case import (AGENT_TOKEN, CONFIG, KubernetesCase, MANAGERS, PASSWORD, PKI, SECTIONS, TLS, TOKEN,
                                 UNITS, WANTS, WORKERS, der_of)
from lib.programs import run
from lib.secrecy import forms


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
        for program in ("kubeadm", "kubelet", "container runtime", "conntrack", "iptables", "crictl"):
            self.assertIn(f"there is no {program} on this image", said)
        self.assertNotIn("does not join", said)
        programs = {f"/usr/bin/{name}": b"\x7fELF" for name in ("kubeadm", "kubelet", "containerd", "crictl")}
        programs |= {f"/usr/sbin/{name}": b"\x7fELF" for name in ("conntrack", "iptables")}
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


if __name__ == "__main__":
    unittest.main()
