"""The secrets folder of a Kubernetes cluster, completed and under a passphrase, and the kubeconfig made from it."""

import base64
import filecmp
import json
import shutil
import unittest

import yaml

from lib.kubernetes_case import KubernetesCase, SECTIONS
from lib.programs import run


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
