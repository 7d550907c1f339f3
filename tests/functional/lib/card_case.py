"""A test case that burns to cards."""

import json

from .cards import MIB, card_of
from .cluster import CLOCK, ClusterCase

CARD_SIZE = 160 * MIB


def is_bootable(card):
    with open(card, "rb") as file:
        return file.read(512)[510:] == b"\x55\xaa"


class CardCase(ClusterCase):
    def card(self, name, size=CARD_SIZE, noise=True):
        card = card_of(self.folder, name, size, noise)
        self.addCleanup(card.close)
        return card

    def burn_card(self, device, *words, node=3, status=0, cluster=None):
        return self.kraken("-f", cluster or self.cluster, "--clock", CLOCK, "burn", "--node", node, "--device", device,
                           "--yes", *words, status=status)

    def receipt(self, node=3):
        return json.loads((self.folder / f"receipts/kraken-{node}.receipt.json").read_text())
