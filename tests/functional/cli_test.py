"""The command line: exit statuses, messages that name the place, nothing on standard output but results."""

import json
import os
import re
import shutil
import unittest

from lib.cluster import ClusterCase
from lib.images import Shape
from lib.programs import run
from lib.trees import Unpacked


class CliTest(ClusterCase):
    def test_usage(self):
        self.assertIn("--help", self.kraken("nonsense", status=2).stderr)
        self.assertIn("burn", self.kraken("--help").stdout)
        self.assertRegex(self.kraken("--version").stdout, r"^kraken-image \d+\.\d+\.\d+\n$")
        self.kraken("burn", "--node", 3, status=2)
        self.kraken("-f", self.folder / "missing.yaml", "plan", status=2)

    def test_a_command_that_is_none_is_named(self):
        for words, said in {("bogus",): 'there is no command "bogus"', ("plam",): 'did you mean "plan"?',
                            ("base", "inof"): 'there is no command "inof"; did you mean "info"?',
                            ("--bogus",): 'there is no option "--bogus"', ("base",): "subcommand"}.items():
            self.assertIn(said, self.kraken(*words, status=2).stderr)

    def test_init_says_which_of_its_options_is_wrong(self):
        folder = self.folder / "new"
        for option, value in (("--name", "a b"), ("--user", "root"), ("--base", "a b")):
            error = self.kraken("init", folder, "--authorized-keys", self.folder / "login.pub", option, value,
                                status=2).stderr
            self.assertRegex(error, rf"\Akraken-image: error: {option}: .*{value}.*\n\Z")
            self.assertFalse(folder.exists())
        error = self.kraken("init", folder, "--authorized-keys", self.folder / "login.pub", "--subnet", "192.168.3.0/29",
                            status=2).stderr
        self.assertIn("take a larger subnet or fewer nodes", error)

    def test_init_writes_a_cluster_that_is_valid_and_keeps_what_is_there(self):
        folder = self.folder / "new"
        self.kraken("init", folder, "--authorized-keys", self.folder / "login.pub", "--nodes", 4)
        self.assertEqual((folder / "secrets").stat().st_mode & 0o777, 0o700)
        self.assertEqual((folder / "secrets/cluster-secret").stat().st_mode & 0o777, 0o600)
        before = (folder / "cluster.yaml").read_bytes(), (folder / "secrets/cluster-secret").read_bytes()
        self.kraken("init", folder, status=2)
        self.assertEqual(before, ((folder / "cluster.yaml").read_bytes(), (folder / "secrets/cluster-secret").read_bytes()))

    def test_mistakes_name_file_line_and_column(self):
        self.write_cluster(self.base())
        self.cluster.write_text(self.cluster.read_text().replace("gateway:", "gatewy:"))
        error = self.kraken("-f", self.cluster, "plan", "--node", 3, status=2).stderr
        self.assertRegex(error, r"cluster\.yaml:\d+:\d+.*gatewy")
        self.assertIn("gateway", error)

    def test_a_clock_out_of_range(self):
        self.write_cluster(self.base())
        for clock in ("1960-01-01T00:00:00Z", "99999999999999"):
            error = self.kraken("-f", self.cluster, "--clock", clock, "plan", status=2).stderr
            self.assertIn("--clock: ", error)
            self.assertIn("out of range", error)

    def test_a_passphrase_file_that_is_not_needed_is_told_of(self):
        self.write_cluster(self.base())
        secret = self.folder / "passphrase"
        secret.write_text("correct horse battery staple\n")
        said = self.kraken("-f", self.cluster, "plan", "--passphrase-file", secret).stderr
        self.assertRegex(said, rf"warning: --passphrase-file {secret} was not used: .* not encrypted")

    def test_unknown_node(self):
        self.write_cluster(self.base())
        self.assertIn("1, 3", self.kraken("-f", self.cluster, "plan", "--node", 9, status=2).stderr)

    def test_open_secrets_are_refused(self):
        self.write_cluster(self.base())
        secret = self.folder / "secrets/cluster-secret"
        secret.chmod(0o644)
        self.assertIn("chmod", self.burn(3, status=2) and self.last.stderr)

    def test_plan_shows_origins_and_no_secret(self):
        self.write_cluster(self.base())
        text = self.kraken("-f", self.cluster, "plan", "--node", 3).stdout
        self.assertRegex(text, r"/boot/firmware/cmdline\.txt .*\n( .*\n)*? .*with cgroup_enable=memory  \(.*profiles/test\.yaml:\d+:\d+\)")
        self.assertRegex(text, r"ssh_host_ed25519_key .*, secret\n")
        self.assertNotIn("PRIVATE", text)
        plan = json.loads(self.kraken("-f", self.cluster, "plan", "--node", 3, "--json").stdout)
        self.assertEqual(plan["format"], "kraken-plan")
        self.assertTrue(all(edit["reasons"] for edit in plan["edits"]))

    def test_an_image_takes_no_inputs_place(self):
        base = self.base()
        self.write_cluster(base)
        (self.folder / "overlays/extra/rootfs").mkdir(parents=True)
        inputs = [self.cluster, base, self.folder / "login.pub", self.folder / "profiles/test.yaml",
                  self.folder / "secrets/cluster-secret", self.folder / "secrets/new.img",
                  self.folder / "overlays/extra/rootfs/motd", self.folder / "cache/x.img"]
        link = self.folder / "by-another-name"
        link.symlink_to("secrets")
        inputs += [link / "cluster-secret", self.folder / "images/../cluster.yaml"]
        (self.folder / "images").mkdir()
        before = {path: path.read_bytes() for path in inputs if path.is_file()}
        for path in inputs:
            self.assertIn("would overwrite what is read here", self.burn(3, output=path, status=4) and self.last.stderr)
        self.kraken("-f", self.cluster, "burn", "--all", "--output", f"{self.folder}/secrets/", status=4)
        self.kraken("-f", self.cluster, "burn", "--all", "--output", f"{self.folder}/overlays/new/", status=4)
        self.assertFalse((self.folder / "overlays/new").exists())
        self.assertEqual(before, {path: path.read_bytes() for path in before})
        self.assertFalse((self.folder / "secrets/new.img").exists())

    def test_an_image_takes_no_links_place_and_needs_a_name(self):
        self.write_cluster(self.base())
        target, link = self.folder / "target.img", self.folder / "link.img"
        target.write_text("old")
        link.symlink_to(target)
        self.assertIn("symbolic link", self.burn(3, output=link, status=4) and self.last.stderr)
        self.assertTrue(link.is_symlink())
        self.assertEqual(target.read_text(), "old")
        error = self.kraken("-f", self.cluster, "burn", "--node", 3, "--output", "", status=2, cwd=self.folder).stderr
        self.assertIn("--output needs the name", error)
        self.assertFalse((self.folder / "kraken-3.img").exists())
        self.burn(3, output=target)

    def test_a_receipt_that_cannot_be_written_is_told_before(self):
        self.write_cluster(self.base())
        image = self.folder / "x.img"
        (self.folder / "x.img.receipt.json").mkdir()
        for output in (image, self.folder / ("n" * 240)):
            self.assertIn("its receipt", self.burn(3, output=output, status=4) and self.last.stderr)
            self.assertFalse(output.exists())

    def test_size_grows_the_root_partition(self):
        self.write_cluster(self.base())
        image = self.burn(3, "--size", "1GiB")
        self.assertEqual(image.stat().st_size, 1 << 30)
        last = json.loads(run("sfdisk", "--json", image).stdout)["partitiontable"]["partitions"][-1]
        self.assertEqual((last["start"] + last["size"]) * 512, 1 << 30)
        self.assertLess(image.stat().st_blocks * 512, 300 << 20, "a sparse file")
        self.burn(3, "--size", "1MiB", status=2)

    def test_output_is_replaced_only_by_a_whole_image(self):
        self.write_cluster(self.base())
        image = self.burn(3)
        self.assertEqual(image.stat().st_mode & 0o777, 0o600, "it holds a private key")
        before = image.read_bytes()
        self.write_cluster(self.base(Shape(fill_root=True), "full"))
        self.burn(3, status=3)
        self.assertEqual(image.read_bytes(), before)
        folder = self.folder / "folder"
        folder.mkdir()
        self.write_cluster(self.base())
        self.burn(3, output=folder, status=4)
        self.burn(3, output=self.folder / "nowhere/x.img", status=4)
        self.kraken("-f", self.cluster, "burn", "--node", 3, "--device", image, "--yes", status=4)

    def test_full_disk(self):
        if os.geteuid() != 0:
            self.skipTest("needs root for a small file system")
        mount = self.folder / "small"
        mount.mkdir()
        if run("mount", "-t", "tmpfs", "-o", "size=1m", "none", mount, check=False).returncode != 0:
            self.skipTest("cannot mount a tmpfs here")
        self.addCleanup(run, "umount", mount)
        self.write_cluster(self.base())
        self.burn(3, output=mount / "x.img", status=5)
        self.assertEqual(list(mount.iterdir()), [])

    def test_overlay_with_template_owner_and_mode(self):
        overlay = self.folder / "overlays/mine"
        (overlay / "rootfs/opt/mine").mkdir(parents=True)
        (overlay / "boot").mkdir()
        (overlay / "rootfs/opt/mine/hello").write_text("{{ node.name }} at {{ node.address }}\n")
        (overlay / "boot/extra.txt").write_text("extra\n")
        (overlay / "overlay.yaml").write_text(
            "description: test\nfiles:\n  - {path: rootfs/opt/mine/hello, template: true, mode: '0640', owner: 7, group: 8}\n")
        self.write_cluster(self.base())
        profile = self.folder / "profiles/test.yaml"
        profile.write_text(profile.read_text() + "overlays: [mine]\n")
        image = self.burn(3)
        after = Unpacked(image, self.folder / "after")
        self.assertEqual(after.text("/opt/mine/hello"), "kraken-3 at 192.168.3.13\n")
        info = (after.root / "opt/mine/hello").stat()
        self.assertEqual((info.st_mode & 0o777, info.st_uid, info.st_gid), (0o640, 7, 8))
        self.assertEqual(after.text("boot:/extra.txt"), "extra\n")
        (overlay / "rootfs/opt/mine/hello").write_text("line\n  {{ node.nam }}\n")
        error = self.kraken("-f", self.cluster, "plan", "--node", 3, status=2).stderr
        self.assertRegex(error, r"hello:2:3.*node\.name")

    def test_overlay_mistakes_are_the_configurations(self):
        self.write_cluster(self.base())
        profile = self.folder / "profiles/test.yaml"
        profile.write_text(profile.read_text() + "overlays: [mine]\n")
        wrong = {
            "boot/CMDLINE.TXT": lambda file: file.write_text("x"),
            "boot/a?b": lambda file: file.write_text("x"),
            "boot/link": lambda file: file.symlink_to("x"),
            "rootfs/etc/systemd": lambda file: file.symlink_to("x"),
            "rootfs/etc": lambda file: file.write_text("x"),
            "rootfs/etc/passwd": lambda file: file.mkdir(),
            "rootfs/opt/huge": lambda file: (file.touch(), os.truncate(file, 5 << 40)),
        }
        for name, make in wrong.items():
            with self.subTest(name=name):
                file = self.folder / "overlays/mine" / name
                file.parent.mkdir(parents=True)
                make(file)
                error = self.kraken("-f", self.cluster, "plan", "--node", 3, status=2).stderr
                self.assertRegex(error, r"test\.yaml:5:12: overlay mine: .*/overlays/mine/" + re.escape(name) + ": ")
                shutil.rmtree(self.folder / "overlays")

    def test_schemas_are_json(self):
        for kind in ("cluster", "profile", "overlay", "base"):
            self.assertIn("$schema", json.loads(self.kraken("schema", kind).stdout))

    def test_base_info(self):
        text = self.kraken("base", "info", self.base()).stdout
        for word in ("mbr", "ext4", "fat32", "arm64", "bookworm"):
            self.assertIn(word, text)
        info = self.kraken("base", "info", self.base(Shape(label="gpt"), "gpt"), "--json", status=3)
        self.assertEqual(json.loads(info.stdout)["table"], "gpt")


if __name__ == "__main__":
    unittest.main()
