"""What all parts of the bench stand on: the base in its forms, a cluster of five nodes, and how a burn is called."""

import json
import shutil
import subprocess

from lib.cards import MIB
from lib.cluster import CLUSTER_HEAD, PROFILE
from lib.programs import KRAKEN, run

NODE = "  - {{id: {id}, name: kraken-{id}, address: 192.168.3.1{id}, profile: {profile}}}\n"


class Rig:
    def __init__(self, folder, image, runs):
        self.folder, self.image, self.runs = folder, image, runs
        self.packed, self.bmap = folder / "base.img.xz", folder / "base.bmap"
        with open(self.packed, "wb") as file:
            # As Raspberry Pi OS is packed.
            subprocess.run(["xz", "--threads=0", "-6", "--stdout", str(image)], stdout=file, check=True)
        run("bmaptool", "create", "-o", self.bmap, image)
        self.size = (image.stat().st_size // MIB + 64) * MIB
        self.cache, self.cluster = folder / "cache", folder / "cluster"
        self.make_cluster()
        self.help = run(KRAKEN, "burn", "--help").stdout

    def make_cluster(self):
        self.cluster.mkdir()
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.cluster / "login")
        run(KRAKEN, "--cache", self.cache, "init", self.cluster, "--authorized-keys", self.cluster / "login.pub")
        text = CLUSTER_HEAD.format(base=self.packed, key=self.cluster / "login.pub")
        text += "".join(NODE.format(id=n, profile="manager" if n == 1 else "test") for n in range(1, 6))
        (self.cluster / "cluster.yaml").write_text(text)
        # The shipped profiles ask for a size of card; without one the image is as large as the card that it goes to.
        (self.cluster / "profiles").mkdir()
        for role, name in (("worker", "test"), ("manager", "manager")):
            (self.cluster / "profiles" / f"{name}.yaml").write_text(PROFILE.format(role=role))

    def change_profile(self):
        profile = self.cluster / "profiles/test.yaml"
        profile.write_text(profile.read_text().replace("gpu_mem=16", "gpu_mem=32"))

    def burn(self, *words):
        return [KRAKEN, "--cache", self.cache, "-f", self.cluster / "cluster.yaml", "burn", *words, "--yes"]

    def burn_to(self, card, *words, node=3):
        return self.burn("--node", node, "--device", card.device, *words)

    def can(self, option):
        return option in self.help

    def cool(self):
        shutil.rmtree(self.cache, ignore_errors=True)

    def receipt(self, node=3):
        return json.loads((self.cluster / f"receipts/kraken-{node}.receipt.json").read_text())
