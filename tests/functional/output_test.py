"""Where a program's output goes when nobody takes it: never onto a card, and no card is worse for it."""

import json
import shutil
import signal
import subprocess
import unittest

from lib.card_case import CardCase
from lib.cards import can_make_cards, can_make_nbd_cards
from lib.cluster import CLOCK, ClusterCase
from lib.programs import KRAKEN, run
from lib.slow_disk import SlowDisk


class OutputCase(ClusterCase):
    def setUp(self):
        super().setUp()
        self.write_cluster(self.base())

    def words(self, *words):
        return [str(word) for word in (KRAKEN, "--cache", self.kraken.cache, "-f", self.cluster, "--clock", CLOCK, *words)]

    def start(self, *words, stdout=subprocess.PIPE):
        process = subprocess.Popen(self.words(*words), stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
                                   text=True)
        for stream in filter(None, (process.stdout, process.stderr)):
            self.addCleanup(stream.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def run_unread(self, *words, read_first=False):
        """With a reader that goes away at once, or after the first line."""
        process = self.start(*words)
        if read_first:
            process.stdout.readline()
        process.stdout.close()
        error = process.stderr.read()
        process.stderr.close()
        return process.wait(), error

    def run_on_full_disk(self, *words):
        with open("/dev/full", "w", encoding="utf-8") as full:
            return subprocess.run(self.words(*words), stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE,
                                  text=True, check=False)


class LostOutputTest(OutputCase):
    def test_a_reader_that_went_away_ends_nothing_badly(self):
        for words in (("plan",), ("plan", "--json"), ("cards",), ("cards", "--json"), ("schema", "cluster"), ("--help",)):
            with self.subTest(words):
                self.assertEqual(self.run_unread(*words), (0, ""))

    def test_output_that_cannot_be_written_is_an_error(self):
        for words in (("plan",), ("plan", "--json"), ("cards",), ("cards", "--json"), ("schema", "cluster"), ("--help",),
                      ("--version",), ("base", "info", self.folder / "base/base.img")):
            with self.subTest(words):
                done = self.run_on_full_disk(*words)
                self.assertEqual(done.returncode, 5, done.stderr)
                self.assertIn("standard output: write: No space left on device", done.stderr)

    def test_a_burn_whose_output_is_lost_says_that_the_card_is_good(self):
        good = self.burn(3).read_bytes()
        for words in ((), ("--json",)):
            image = self.folder / "lost.img"
            done = self.run_on_full_disk("burn", "--node", 3, "--output", image, *words)
            self.assertEqual(done.returncode, 5, done.stderr)
            self.assertIn("all that was to be burned is good: written and verified", done.stderr)
            self.assertIn("No space left on device", done.stderr)
            self.assertEqual(image.read_bytes(), good)
            image.unlink()

    def test_a_burn_goes_on_without_its_reader(self):
        image = self.folder / "unread.img"
        status, error = self.run_unread("burn", "--json", "--node", 3, "--output", image, read_first=True)
        self.assertEqual(status, 0, error)
        self.assertIn("the reader of standard output went away before the end", error)
        self.assertEqual(image.read_bytes(), self.burn(3).read_bytes())


@unittest.skipUnless(can_make_nbd_cards(), "a slow disk needs root, nbdkit and nbdfuse")
class SignalTest(OutputCase):
    """On a disk so slow that a burn takes many seconds, which no signal comes too late for."""

    def begin(self, folder):
        process = self.start("burn", "--json", "--full", "--node", 3, "--output", folder / "x.img")
        while '"writing"' not in process.stdout.readline():
            self.assertIsNone(process.poll())
        return process

    def stop(self, process, number):
        process.send_signal(number)
        lines, error = process.stdout.readlines(), process.stderr.read()
        self.assertEqual(process.wait(timeout=60), 6, error)
        self.assertEqual(json.loads(lines[-1])["event"], "error")

    def test_no_signal_leaves_half_a_file(self):
        folder = SlowDisk(self).folder
        for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGALRM, signal.SIGRTMIN):
            with self.subTest(number):
                self.stop(self.begin(folder), number)
                self.assertEqual(list(folder.iterdir()), [])

    def test_nor_does_one_that_nobody_can_catch(self):
        folder = SlowDisk(self).folder
        process = self.begin(folder)
        process.kill()
        process.wait(timeout=60)
        self.assertEqual(list(folder.iterdir()), [])

    @unittest.skipUnless(shutil.which("fuse2fs"), "needs fuse2fs, which knows no files without names")
    def test_where_files_need_names_the_file_has_not_its_final_one(self):
        folder = SlowDisk(self, mount=("fuse2fs",)).folder
        process = self.begin(folder)
        names = [path.name for path in folder.iterdir()]
        self.assertEqual((len(names), "x.img" in names), (1, False), names)
        self.stop(process, signal.SIGTERM)
        self.assertEqual(list(folder.iterdir()), [])


class LastLineTest(OutputCase):
    def assert_last_line(self, output, status):
        last = json.loads(output.splitlines()[-1])
        self.assertEqual((last["event"], last["status"]), ("error", status), output)
        return last

    def test_a_wrong_command_line(self):
        for words in (("--bogus",), (), ("--node", "x"), ("--node", 3, "--output", "x", "--device", "y"), ("--node",)):
            with self.subTest(words):
                done = self.kraken("burn", "--json", *words, status=2)
                last = self.assert_last_line(done.stdout, 2)
                self.assertIn(last["message"], done.stderr)
        self.assertEqual(self.kraken("plan", "--json", "--bogus", status=2).stdout, "")


@unittest.skipUnless(can_make_cards(), "loop devices need root")
class ClosedStreamsTest(CardCase, OutputCase):
    def test_nothing_that_is_printed_gets_onto_a_card(self):
        fresh = self.card("fresh", noise=False)
        self.burn_card(fresh.device)
        for closed in (">&-", "2>&-", "<&-", "<&- >&- 2>&-"):
            for words in ((), ("--no-verify", "--json")):
                with self.subTest(closed=closed, words=words):
                    card = self.card(f"card {closed} {len(words)}", noise=False)
                    command = self.words("burn", "--node", 3, "--device", card.device, "--yes", *words)
                    run("sh", "-c", f'exec "$0" "$@" {closed}', *command)
                    run("cmp", fresh.file, card.file)


if __name__ == "__main__":
    unittest.main()
