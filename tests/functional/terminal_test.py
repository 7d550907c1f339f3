"""What a person sees: bars on a terminal, plain lines in a pipe, and questions that are asked before the work begins."""

import os
import subprocess
import unittest

from lib.card_case import CARD_SIZE, CardCase, is_bootable
from lib.cards import LoopCard, MIB, NbdCard, can_make_cards, can_make_nbd_cards
from lib.cluster import CLOCK
from lib.images import Shape, pack_xz
from lib.programs import KRAKEN
from lib.terminal import on_terminal, screen_of

BAR = r"\[#*\.*\] +\d+ % of \d[\d.]* \w+"


class TerminalCase(CardCase):
    def words(self, *words):
        return (KRAKEN, "--cache", self.kraken.cache, "-f", self.cluster, "--clock", CLOCK, "burn", *words)

    def burn_on_terminal(self, *words, answers=(), status=0):
        ended, shown = on_terminal(self.words(*words), answers)
        self.assertEqual(ended, status, shown)
        return shown


@unittest.skipUnless(can_make_cards(), "loop devices need root")
class QuestionTest(TerminalCase):
    def setUp(self):
        super().setUp()
        raw = self.base(Shape(extra_files={"usr/noise": os.urandom(12 * MIB)}))
        self.write_cluster(pack_xz(raw))

    def decoded(self):
        return list(self.kraken.cache.glob("images/*.img"))

    def test_a_yes_is_asked_for_once_and_then_the_card_is_written_while_the_base_is_decoded(self):
        card = self.card("card")
        shown = self.burn_on_terminal("--node", 3, "--device", card.device, answers=["yes"])
        self.assertEqual(shown.count("Overwrite all of"), 1, shown)
        self.assertIn(f"Overwrite all of {card.device} (160 MiB) with kraken-3? [yes/no] ", shown)
        self.assertGreater(self.receipt()["written"]["early_bytes"], 0)
        self.assertTrue(is_bootable(card.file))

    def test_a_no_leaves_the_card_alone_and_nothing_is_decoded(self):
        cards = [self.card("first"), self.card("second")]
        before = [card.file.read_bytes() for card in cards]
        devices = [word for card in cards for word in ("--device", card.device)]
        shown = self.burn_on_terminal("--node", "1,3", *devices, answers=["yes", "no"], status=4)
        self.assertIn("with kraken-1?", shown)
        self.assertIn("with kraken-3?", shown)
        self.assertIn(f"{cards[1].device} was not written: answer yes, or pass --yes", shown)
        self.assertEqual([card.file.read_bytes() for card in cards], before)
        self.assertEqual(self.decoded(), [])

    def test_a_card_that_is_too_small_is_not_asked_about(self):
        self.write_cluster(self.base(name="second"))
        profile = self.folder / "profiles/test.yaml"
        profile.write_text(profile.read_text() + "card: {min_size: 1GiB}\n")
        card = self.card("card")
        self.assertNotIn("Overwrite", self.burn_on_terminal("--node", 3, "--device", card.device, status=4))

    def test_an_update_says_what_it_does(self):
        card = self.card("card")
        self.burn_card(card.device)
        shown = self.burn_on_terminal("--node", 3, "--update", "--device", card.device, answers=["yes"])
        self.assertIn(f"Update {card.device} (160 MiB) to kraken-3, losing what was changed on it since it was burned? ",
                      shown)
        self.assertNotIn("Overwrite", shown)


@unittest.skipUnless(can_make_nbd_cards(), "needs root, nbdkit and nbdfuse")
class ProgressTest(TerminalCase):
    def setUp(self):
        super().setUp()
        self.write_cluster(self.base(Shape(extra_files={"usr/noise": os.urandom(12 * MIB)})))

    def slow_card(self, name, rate):
        medium = self.folder / name
        medium.touch()
        os.truncate(medium, CARD_SIZE)
        card = NbdCard(self.folder / f"nbd-{name}", "--filter=rate", "file", medium, f"rate={rate}",
                       "burstiness=0.2")
        self.addCleanup(card.close)
        return card

    def test_a_card_has_a_bar_that_is_gone_in_the_end(self):
        card = self.slow_card("one", "80M")
        shown = self.burn_on_terminal("--node", 3, "--yes", "--device", card.device)
        for phase in ("writing", "verifying"):
            self.assertRegex(shown, rf"\033\[J{phase} {BAR}, [\d.]+ MiB/s, \d+ s left")
        left = "\n".join(screen_of(shown))
        self.assertNotRegex(left, BAR)
        self.assertRegex(left, r"(?m)^  verified   .* read back past the page cache")

    def test_several_cards_have_a_bar_each_below_what_is_said(self):
        cards = [self.slow_card("one", "80M"), self.slow_card("two", "60M")]
        devices = [word for card in cards for word in ("--device", card.device)]
        shown = self.burn_on_terminal("--node", "1,3", "--yes", *devices)
        self.assertRegex(shown, rf"kraken-1: \w+ {BAR}[^\n]*\n[^\n]*kraken-3: \w+ {BAR}")
        left = "\n".join(screen_of(shown))
        self.assertNotRegex(left, BAR)
        for node in (1, 3):
            self.assertRegex(left, rf"(?m)^kraken-{node}: .* written to .* and verified; receipt ")

    def test_a_narrow_terminal_keeps_bars_on_one_line(self):
        card = self.slow_card("one", "80M")
        status, shown = on_terminal(self.words("--node", 3, "--yes", "--device", card.device), columns=40)
        self.assertEqual(status, 0, shown)
        bars = [part for part in shown.split("\033[J") if part.startswith(("writing [", "verifying ["))]
        self.assertTrue(bars)
        self.assertLessEqual(max(len(bar.split("\r")[0]) for bar in bars), 39)

    def test_a_pipe_gets_a_plain_line_now_and_then(self):
        card = self.slow_card("one", "16M")
        done = subprocess.run([str(w) for w in self.words("--node", 3, "--yes", "--no-verify", "--device", card.device)],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True)
        self.assertNotIn("\033", done.stdout + done.stderr)
        self.assertNotIn("\r", done.stdout + done.stderr)
        self.assertRegex(done.stderr, r"(?m)^writing: \d+ % of [\d.]+ MiB, [\d.]+ MiB/s, \d+ s left$")


if __name__ == "__main__":
    unittest.main()
