"""What a manager's card carries for Kubernetes, read from the card itself: it plays the manager."""

import json

from rig import network
from rig.image import Image

_SECRETS = "/etc/kraken/secrets.json"
_PKI = "/etc/kraken/pki"


class ManagerCard:
    def __init__(self, path, scratch):
        self._image = Image(path)
        self.record = json.loads(self._image.read_root_text(network.RECORD, scratch))
        self.secrets = json.loads(self._image.read_root_text(_SECRETS, scratch))
        self.address = self.record["network"]["address"]

    def tokens(self):
        """Every node's bootstrap token, this one's among them."""
        return [self.secrets["bootstrap_token"], *self.secrets["bootstrap_tokens"].values()]

    def copy_pki(self, target):
        self._image.copy_root_tree(_PKI, target.parent / "card-pki")
        (target.parent / "card-pki" / "pki").rename(target)

    def lay_out(self, root):
        """A tree in which kraken-firstboot, of this machine, finds what the join broker needs."""
        for path, value in ((network.RECORD, self.record), (_SECRETS, self.secrets)):
            file = root / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(value))
            file.chmod(0o600)
