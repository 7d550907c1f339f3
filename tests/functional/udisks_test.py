"""Burning as a user who may not open the card: udisks2 opens it where polkit lets it, and otherwise it stays as it was."""

import os
import shutil
import signal
import subprocess
import unittest

from lib import udisks
from lib.cards import MIB, card_of, wait_for
from lib.cluster import CLOCK, ClusterCase
from lib.programs import KRAKEN, ROOT
from lib.trees import assert_clean

CARD_SIZE = 160 * MIB
OF_UDISKS = 'action.id.indexOf("org.freedesktop.udisks2.open-device") == 0'
PERMIT = f'if ({OF_UDISKS} && subject.user == "nobody") return polkit.Result.YES;'
REFUSE = f"if ({OF_UDISKS}) return polkit.Result.NO;"
WANT_PASSWORD = f"if ({OF_UDISKS}) return polkit.Result.AUTH_ADMIN;"
NO_RESCAN = 'if (action.id == "org.freedesktop.udisks2.rescan") return polkit.Result.NO;'


@unittest.skipIf(udisks.missing(), udisks.missing())
class UdisksTest(ClusterCase):
    def setUp(self):
        super().setUp()
        self.write_cluster(self.base())
        self.card = card_of(self.folder, "card", CARD_SIZE, noise=True)
        self.addCleanup(self.card.close)
        with open(self.card.file, "r+b") as file:
            file.write(bytes(510) + b"\x55\xaa")
        self.before = self.card.file.read_bytes()
        # For polkitd, which has given up root when it comes to its bus.
        self.folder.chmod(0o755)
        # Where the checkout lies, nobody may have no access.
        self.program = self.folder / "program/bin/kraken-image"
        self.program.parent.mkdir(parents=True)
        shutil.copy(KRAKEN, self.program)
        share = self.folder / "program/share/kraken-image"
        for name in ("profiles", "overlays"):
            shutil.copytree(ROOT / name, share / name)
        (share / "firstboot").mkdir()
        for file in (ROOT / "firstboot").glob("kraken-*.*"):
            shutil.copy(file, share / "firstboot")
        for architecture in ("arm64", "armhf"):
            built = ROOT / f"build/firstboot-{architecture}/firstboot/kraken-firstboot"
            if built.exists():
                (share / "firstboot" / architecture).mkdir()
                shutil.copy(built, share / "firstboot" / architecture)
        for path in [self.folder, *self.folder.rglob("*")]:
            if path != self.card.file:
                os.chown(path, udisks.NOBODY, udisks.NOBODY, follow_symlinks=False)

    def serve(self, rule):
        self.udisks = udisks.Udisks(self.folder / "udisks", [self.card.device], rule + NO_RESCAN)
        self.addCleanup(self.udisks.close)
        return self.udisks

    def start(self, environment):
        words = ["setpriv", f"--reuid={udisks.NOBODY}", f"--regid={udisks.NOBODY}", "--clear-groups", self.program, "--cache",
                 self.folder / "cache", "-f", self.cluster, "--clock", CLOCK, "burn", "--node", 3, "--device",
                 self.card.device, "--yes"]
        return subprocess.Popen([str(w) for w in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env={**os.environ, "HOME": str(self.folder), **environment})

    def burn(self, environment, status=0):
        process = self.start(environment)
        output, error = process.communicate(timeout=120)
        self.assertEqual(process.returncode, status, output + error)
        return error

    def boots(self):
        with open(self.card.file, "rb") as file:
            return file.read(512)[510:] == b"\x55\xaa"

    def assert_untouched(self):
        self.assertTrue(self.before == self.card.file.read_bytes())

    def test_a_card_is_burned_where_polkit_permits_it(self):
        error = self.burn(self.serve(PERMIT).environment)
        self.assertIn(f"asking udisks2 to open {self.card.device}", error)
        assert_clean(self.card.file, self.folder / "check")
        self.assertTrue((self.folder / "receipts/kraken-3.receipt.json").exists())

    def test_the_card_is_held_exclusively_meanwhile(self):
        burn = self.start(self.serve(PERMIT).environment)
        wait_for(lambda: burn.poll() is not None or not self.boots())
        burn.send_signal(signal.SIGSTOP)
        self.assertIsNone(burn.poll())
        with self.assertRaises(OSError) as held:
            os.open(self.card.device, os.O_RDWR | os.O_EXCL)
        self.assertIn("busy", str(held.exception))
        burn.send_signal(signal.SIGCONT)
        output, error = burn.communicate(timeout=120)
        self.assertEqual(burn.returncode, 0, output + error)

    def test_a_card_stays_as_it_is_where_polkit_refuses_it(self):
        error = self.burn(self.serve(REFUSE).environment, status=4)
        self.assertIn(f"{self.card.device}: opening it is not permitted", error)
        self.assertIn("polkit does not permit it", error)
        self.assert_untouched()

    def test_a_card_stays_as_it_is_when_nobody_can_be_asked_for_a_password(self):
        error = self.burn(self.serve(WANT_PASSWORD).environment, status=4)
        self.assertIn("polkit wants a password", error)
        self.assert_untouched()

    def test_a_card_that_another_program_holds_is_left_alone(self):
        held = os.open(self.card.device, os.O_RDWR | os.O_EXCL)
        self.addCleanup(os.close, held)
        self.assertIn("busy", self.burn(self.serve(PERMIT).environment, status=4))
        self.assert_untouched()

    def test_waiting_for_an_answer_can_be_interrupted(self):
        service = self.serve(PERMIT)
        service.daemon.send_signal(signal.SIGSTOP)
        burn = self.start(service.environment)
        wait_for(lambda: self.is_connected(burn.pid))
        burn.send_signal(signal.SIGINT)
        output, error = burn.communicate(timeout=60)
        self.assertEqual(burn.returncode, 6, output + error)
        self.assertIn("interrupted", error)
        self.assert_untouched()

    @staticmethod
    def is_connected(process):
        """Whether it has a socket of any kind, which burn needs for the bus alone."""
        try:
            return any(os.readlink(f"/proc/{process}/fd/{fd}").startswith("socket:") for fd in os.listdir(f"/proc/{process}/fd"))
        except FileNotFoundError:
            return False

    def test_without_udisks_it_is_said_what_to_do(self):
        for environment in ({"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.folder}/none"},):
            error = self.burn(environment, status=4)
            self.assertIn("run this as root or join the group that owns it", error)
            self.assertIn("start udisks2", error)
            self.assertIn("system bus", error)
        service = self.serve(PERMIT)
        service.daemon.kill()
        service.daemon.wait(timeout=20)
        error = self.burn(service.environment, status=4)
        self.assertIn("start udisks2", error)
        self.assert_untouched()


if __name__ == "__main__":
    unittest.main()
