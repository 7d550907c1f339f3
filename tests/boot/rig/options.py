"""What the programs of this folder share: their options, the work folder, and how they end."""

import argparse
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from .boots import HOST_KEY_FILE, Settings
from .checks import Checks
from .emulator import CACHES, BootFailed
from .image import Image
from .machines import MACHINES
from .programs import ProgramFailed, require


def parser(description, cache):
    """A parser with the options that name an image and say how it is booted. CACHE is QEMU's cache mode if none is given."""
    made = cards_parser(description, cache)
    made.add_argument("--image", type=Path, required=True, help="the burned card image (raw)")
    made.add_argument("--node-name", required=True)
    made.add_argument("--host-key", type=Path, help=f"public ed25519 host key (default: {HOST_KEY_FILE} of the image)")
    return made


def cards_parser(description, cache):
    """The same, for any number of images."""
    made = argparse.ArgumentParser(description=description.splitlines()[0])
    made.add_argument("--machine", choices=sorted(MACHINES), required=True)
    made.add_argument("--user", required=True, help="the user that the image was given")
    made.add_argument("--ssh-key", type=Path, required=True, help="a private key that this user may log in with")
    made.add_argument("--own-initramfs", action="store_true", help="boot with the image's own initramfs: slower")
    made.add_argument("--cache", default=cache, choices=sorted(CACHES),
                      help=f"QEMU's cache mode of the card (default: {cache})")
    made.add_argument("--patience", type=float, default=1.0, help="multiplies every time limit (default: 1)")
    made.add_argument("--work", type=Path, help="an empty or new folder to work in, which is kept")
    return made


def settings_from(arguments, work, bond=True):
    given = arguments.host_key.read_text() if arguments.host_key else None
    return settings_of(arguments, arguments.image, work, arguments.node_name, given, bond)


def settings_of(arguments, image, work, node_name, host_key=None, bond=True):
    """For one of several images; HOST_KEY is what the image has if none is given."""
    for path in (image, arguments.ssh_key):
        if not path.is_file():
            raise ProgramFailed(f"{path}: no such file")
    machine = MACHINES[arguments.machine]
    require(machine.qemu, "qemu-img", "mcopy", "debugfs", "e2fsck", "fsck.fat", "sfdisk", "ssh", "ssh-keyscan")
    text = host_key or Image(image).read_root_text(HOST_KEY_FILE, work)
    return Settings(machine=machine, image=image.resolve(), node_name=node_name, user=arguments.user,
                    ssh_key=arguments.ssh_key.resolve(), host_key=" ".join(text.split()[:2]),
                    own_initramfs=arguments.own_initramfs, bond=bond, cache=arguments.cache, patience=arguments.patience,
                    work=work)


def run_in_work_folder(arguments, act, keep_failed=False):
    """Calls ACT(work folder, checks), prints what was counted, and gives the exit status. A folder of its own making is
    removed, unless KEEP_FAILED and something failed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(6))
    if arguments.work:
        arguments.work.mkdir(parents=True, exist_ok=True)
        if any(arguments.work.iterdir()):
            sys.exit(f"{arguments.work}: not empty; name a new folder")
        work = arguments.work.resolve()
    else:
        work = Path(tempfile.mkdtemp(prefix="kraken-boot-"))
    checks = Checks()
    try:
        act(work, checks)
    except (BootFailed, ProgramFailed) as error:
        checks.check("the rig came to its end", False, error)
    finally:
        if not arguments.work and not (keep_failed and checks.failed):
            shutil.rmtree(work, ignore_errors=True)
    if checks.failed and work.exists():
        print(f"kept: {work}", flush=True)
    print(checks.summary(), flush=True)
    return 1 if checks.failed else 0
