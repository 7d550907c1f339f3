"""What must be true of a card whose node lost its power at any moment, before anything mends it."""

import json

from . import card, trees
from .programs import ProgramFailed, run

# Written in one step: there, whole, or not there yet.
STATE_FILES = (card.JOURNAL_FILE, "/var/lib/kraken/network.json", "/var/lib/kraken/network-before.json",
               "/var/lib/kraken/link-speeds.json")


def check(checks, image, given_boot, work):
    """GIVEN_BOOT: the boot partition's files before first boot."""
    clean, said = image.check_boot(work)
    (work / "fsck.fat.txt").write_text(said + "\n")
    if not clean:
        print(f"        fsck.fat -n: {_without_heading(said)}", flush=True)
    _check_root(checks, image, work)
    _check_boot_files(checks, image, given_boot, work)
    try:
        text = image.read_boot_text(card.STATUS_FILE) if image.boot_has(card.STATUS_FILE) else None
        checks.check("the status is whole or absent", text is None or is_whole_status(text), repr(text)[:200])
    except ProgramFailed as error:
        checks.check("the status is whole or absent", False, error)


def is_whole_status(text):
    status = parsed(text)
    return isinstance(status, dict) and status.get("format") == "kraken-status" and status.get("state") in \
        ("working", "done", "failed") and isinstance(status.get("steps"), list)


def parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


def _check_root(checks, image, work):
    root = image.root_alone(work / "root.ext4")
    # 1: errors were found that need nobody to decide anything, and were corrected (e2fsck(8)).
    done = run("e2fsck", "-fp", root.path, allowed=None, timeout=300)
    said = (done.stdout + done.stderr).strip()
    (work / "e2fsck.txt").write_text(f"{said}\nstatus {done.returncode}\n")
    checks.check("e2fsck -fp mends all that it finds", done.returncode in (0, 1), f"status {done.returncode}: {said}")
    checks.check("e2fsck -fn is clean after that", *root.check_root())
    for path in STATE_FILES:
        text = root.read_root_text(path, work) if root.root_has(path) else None
        checks.check(f"{path} is whole or absent", text is None or isinstance(parsed(text), dict), repr(text)[:200])
    root.path.unlink()


def _check_boot_files(checks, image, given, work):
    lost = [path for path, digest in given.items() if _digest(image, path.removeprefix(f"{trees.BOOT}/"), work) != digest]
    checks.check("what the firmware loads is as it was", not lost, ", ".join(lost[:10]))


def _digest(image, name, work):
    """Of one file: a copy of the whole tree would end at the first file that is damaged."""
    copy = work / "from-boot"
    try:
        image.copy_from_boot(name, copy)
        digest = trees.digest(copy.read_bytes())
    except ProgramFailed:
        return None
    copy.unlink()
    return digest


def _without_heading(said):
    return "; ".join(line.strip() for line in said.splitlines()[1:] if line.strip())
