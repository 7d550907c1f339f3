"""What of the cluster's secrets gets onto which card, and the passphrase over them."""

import base64
import filecmp
import json
import os
import re
import subprocess
import unittest

from lib.cluster import CLOCK, ClusterCase
from lib.images import Shape
from lib.programs import KRAKEN, run
from lib.secrecy import forms, hkdf, written_bytes
from lib.terminal import on_terminal
from lib.trees import partition_file

SECRETS = "/etc/kraken/secrets.json"
MANAGERS, WORKERS, WORKSTATION = (1, 5), (3, 4), 0
NODES = """  - {id: 4, name: kraken-4, address: 192.168.3.14, profile: test}
  - {id: 5, name: kraken-5, address: 192.168.3.15, profile: manager}
"""
PASSPHRASE = "correct horse"


class SecretsCase(ClusterCase):
    def write_swarm(self, base, orchestrator="swarm"):
        self.write_cluster(base, NODES)
        self.cluster.write_text(self.cluster.read_text().replace("orchestrator: none", f"orchestrator: {orchestrator}"))

    def cluster_secret(self):
        return base64.b64decode((self.folder / "secrets/cluster-secret").read_text().split()[-1])

    def file_on(self, image):
        """Its content, mode, user and group; nothing when there is no such file."""
        part = partition_file(image, 2, self.folder)
        text = run("debugfs", "-R", f"stat {SECRETS}", part, check=False).stdout
        if "File not found" in text:
            return None
        mode = re.search(r"Type: (\w+)\s+Mode:\s+(\d+)", text)
        owner = re.search(r"User:\s+(\d+)\s+Group:\s+(\d+)", text)
        target = self.folder / "secrets.json"
        run("debugfs", "-R", f"dump {SECRETS} {target}", part)
        return target.read_text(), mode.groups(), owner.groups()

    def plan(self, node, *words, status=0):
        return self.kraken("-f", self.cluster, "--clock", CLOCK, "plan", "--node", node, *words, status=status)


class SecretsTest(SecretsCase):
    def burn_all(self):
        self.write_swarm(self.base())
        return {node: self.burn(node) for node in (1, 3, 5)}

    def keys(self):
        secret = self.cluster_secret()
        return {node: hkdf(secret, f"kraken/join-psk/{node}") for node in (*MANAGERS, *WORKERS, WORKSTATION)}

    def test_each_card_has_what_its_role_needs_and_no_more(self):
        images = self.burn_all()
        keys, secret = self.keys(), self.cluster_secret()
        host_seeds = {node: hkdf(secret, f"kraken/ssh-host-ed25519/{node}") for node in (*MANAGERS, *WORKERS)}
        for node, image in images.items():
            with self.subTest(node=node):
                data = written_bytes(image)
                allowed = set(keys) if node in MANAGERS else {node}
                for other, key in keys.items():
                    found = [form for form in forms(key) if form in data]
                    self.assertEqual(found, [key.hex().encode()] if other in allowed else [], f"key of node {other}")
                self.assertFalse([form for form in forms(secret) if form in data], "the cluster's secret")
                host_keys = re.findall(rb"BEGIN OPENSSH PRIVATE KEY-----(.*?)-----END", data, re.DOTALL)
                self.assertEqual(len(host_keys), 1)
                whole = data + base64.b64decode(b"".join(host_keys[0].split()))
                self.assertEqual([n for n, seed in host_seeds.items() if seed in whole], [node])

    def test_the_file_is_roots_alone_and_exactly_its_format(self):
        keys = None
        for node, image in self.burn_all().items():
            with self.subTest(node=node):
                keys = keys or self.keys()
                text, mode, owner = self.file_on(image)
                self.assertEqual((mode, owner), (("regular", "0600"), ("0", "0")))
                others = {str(n): keys[n].hex() for n in sorted(keys) if n != node} if node in MANAGERS else {}
                self.assertEqual(json.loads(text), {"format": "kraken-secrets", "version": 2,
                                                    "join_key": keys[node].hex(), "join_keys": others,
                                                    "bootstrap_token": None, "bootstrap_tokens": {}})

    def test_nothing_that_is_printed_or_kept_shows_a_secret(self):
        self.write_swarm(self.base())
        hidden = None
        for node in (1, 3):
            image = self.burn(node)
            said = self.last.stdout + self.last.stderr
            said += (image.parent / (image.name + ".receipt.json")).read_text()
            for words in ((), ("--json",)):
                plan = self.plan(node, *words)
                said += plan.stdout + plan.stderr
            self.assertIn(SECRETS, said)
            self.assertRegex(said, re.escape(SECRETS) + r" .*, secret\n")
            hidden = hidden or [*self.keys().values(), self.cluster_secret()]
            for key in hidden:
                self.assertFalse([form for form in forms(key) if form in said.encode()])
            self.file_on(image)
            digest = run("sha256sum", self.folder / "secrets.json").stdout
            self.assertNotIn(digest.split()[0], said)

    def test_the_same_secrets_give_the_same_bytes(self):
        self.write_swarm(self.base())
        first = self.burn(1)
        second = self.burn(1, output=self.folder / "again.img")
        self.assertTrue(filecmp.cmp(first, second, shallow=False))

    def test_another_port_of_the_broker_reaches_the_managers_socket(self):
        path = "/etc/systemd/system/kraken-join.socket.d/port.conf"
        for settings, node, expected in (("{kind: swarm, broker_port: 6000}", 1, True), ("swarm", 1, False),
                                         ("{kind: swarm, broker_port: 6000}", 3, False)):
            self.write_swarm(self.base() if expected else self.folder / "base/base.img", orchestrator=settings)
            self.assertEqual(path in self.plan(node).stdout, expected, settings)
            if expected:
                part = partition_file(self.burn(node), 2, self.folder)
                self.assertTrue(run("debugfs", "-R", f"cat {path}", part).stdout.endswith(
                    "[Socket]\nListenStream=\nListenStream=6000\n"))
                record = json.loads(run("debugfs", "-R", "cat /etc/kraken/node.json", part).stdout.partition("\n")[2])
                self.assertEqual(record["join"]["port"], 6000)

    def test_without_an_orchestrator_there_are_none_and_those_of_a_former_card_are_gone(self):
        former = {SECRETS: b'{"format": "kraken-secrets", "join_key": "' + b"ab" * 32 + b'"}'}
        self.write_swarm(self.base(Shape(extra_files=former)), orchestrator="none")
        self.assertIsNone(self.file_on(self.burn(3)))
        self.write_swarm(self.folder / "base/base.img")
        text, mode, _ = self.file_on(self.burn(3))
        self.assertNotIn("abab", text)
        self.assertEqual(mode, ("regular", "0600"))


class PassphraseTest(SecretsCase):
    def setUp(self):
        super().setUp()
        self.file = self.folder / "passphrase"
        self.write_passphrase(PASSPHRASE)
        for file in (self.folder / "secrets").iterdir():
            file.unlink()
        self.cluster.unlink()
        self.kraken("init", self.folder, "--authorized-keys", self.folder / "login.pub", "--passphrase-file", self.file)
        self.write_swarm(self.base())

    def write_passphrase(self, text, mode=0o600):
        self.file.write_text(text + "\n")
        self.file.chmod(mode)

    def on_terminal(self, words, answers):
        """Runs kraken-image on a terminal of its own and answers its questions: exit status, and all that it showed."""
        return on_terminal((KRAKEN, "--cache", self.folder / "cache", *words), answers)

    def without_terminal(self, *words):
        done = subprocess.run([str(w) for w in (KRAKEN, "--cache", self.folder / "cache", *words)],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              start_new_session=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_the_secret_is_encrypted_and_opens_again(self):
        secret = self.folder / "secrets/cluster-secret"
        self.assertEqual(secret.stat().st_mode & 0o777, 0o600)
        self.assertTrue(secret.read_text().startswith("kraken-sealed 1\nfile cluster-secret\nscrypt 16 8 2 "))
        first = self.burn(3, "--passphrase-file", self.file)
        self.plan(3, "--passphrase-file", self.file)
        second = self.folder / "second.img"
        words = ("-f", self.cluster, "--clock", CLOCK, "burn", "--node", 3, "--output", second)
        status, shown = self.on_terminal(words, ["not this one", PASSPHRASE])
        self.assertEqual(status, 0, shown)
        self.assertIn("That one does not open it.", shown)
        self.assertNotIn(PASSPHRASE, shown)
        self.assertTrue(filecmp.cmp(first, second, shallow=False))

    def test_a_wrong_one_is_refused(self):
        self.write_passphrase("another horse")
        error = self.plan(3, "--passphrase-file", self.file, status=2).stderr
        self.assertRegex(error, r"cluster-secret: the passphrase in .*passphrase does not open it")
        status, shown = self.on_terminal(("-f", self.cluster, "plan", "--node", 3), ["wrong 1", "wrong 2", "wrong 3"])
        self.assertEqual(status, 2, shown)
        self.assertIn("none of these passphrases opens it", shown)
        self.assertNotIn("another horse", error + shown)

    def test_a_file_that_others_may_read_is_refused(self):
        self.write_passphrase(PASSPHRASE, 0o640)
        self.assertIn("chmod 0600", self.plan(3, "--passphrase-file", self.file, status=2).stderr)

    def test_without_a_terminal_it_says_how(self):
        status, said = self.without_terminal("-f", self.cluster, "plan", "--node", 3)
        self.assertEqual(status, 2, said)
        self.assertIn("--passphrase-file", said)
        folder = self.folder / "new"
        status, said = self.without_terminal("init", folder, "--authorized-keys", self.folder / "login.pub", "--passphrase")
        self.assertEqual(status, 2, said)
        self.assertIn("--passphrase-file", said)
        self.assertFalse(folder.exists())

    def test_init_asks_twice(self):
        folder = self.folder / "new"
        words = ("init", folder, "--authorized-keys", self.folder / "login.pub", "--passphrase")
        for answers in ([PASSPHRASE, PASSPHRASE + "s"], ["short"], [""]):
            status, shown = self.on_terminal(words, answers)
            self.assertEqual(status, 2, shown)
            self.assertFalse(folder.exists(), "nothing is made before the passphrase is known")
        status, shown = self.on_terminal(words, [PASSPHRASE, PASSPHRASE])
        self.assertEqual(status, 0, shown)
        self.assertNotIn(PASSPHRASE, shown)
        self.assertTrue((folder / "secrets/cluster-secret").read_text().startswith("kraken-sealed 1\n"))

    def test_a_damaged_file_is_refused(self):
        secret = self.folder / "secrets/cluster-secret"
        good = secret.read_text()
        for spoiled in (good.replace("scrypt 16 8 2", "scrypt 20 32 32"), good[:-8], good.replace("sealed 1", "sealed 9"),
                        good.replace("scrypt 16 8 2", "scrypt 16 8 1"), good.replace("file cluster-secret", "file other")):
            secret.write_text(spoiled)
            error = self.plan(3, "--passphrase-file", self.file, status=2).stderr
            self.assertIn("cluster-secret", error)


if __name__ == "__main__":
    unittest.main()
