"""What must be true of a card once the node has been switched off, and what a second boot must leave as it was."""

import hashlib
import json
import os
import re
from pathlib import Path

from .programs import ProgramFailed

STATUS_FILE = "kraken-status.json"
STATUS_TEXT = "kraken-status.txt"
JOURNAL_FILE = "/var/lib/kraken/journal.json"

# A node counts its boots and notes times; nothing else may differ after a boot that had nothing to do.
_COUNTERS = re.compile(r"(^|_)(boots?|count|time|times|at|started|finished|updated|uptime|seconds|ms|ns|clock)(_|$)")

# The kernel leaves out a last block group that is too small for its own tables (here at most 2048 blocks of 4 KiB).
_ROOT_SLACK = 2048 * 4096


def check_file_systems(checks, image, scratch):
    """The verdicts of the programs whose business it is."""
    for name, (clean, said) in (("sfdisk --verify", image.check_table()),
                                ("fsck.fat -n", image.check_boot(scratch)),
                                ("e2fsck -fn", image.check_root())):
        checks.check(f"{name} is clean", clean, said)


def check_unmounted(checks, image):
    """e2fsck -n passes over a journal that was left to be replayed."""
    root = image.root_file_system()
    left_open = "needs_recovery" in root["features"] or root["state"] != "clean"
    checks.check("the root file system was unmounted", not left_open, f"{root['state']}")


def check_root_fills_partition(checks, image):
    size = image.root_file_system()["size"]
    left = image.root["size"] - size
    checks.check("the root file system fills its partition", 0 <= left <= _ROOT_SLACK,
                 f"{size} of {image.root['size']} bytes")


def read_status(checks, image):
    """The node's report from the FAT partition, or None."""
    try:
        text = image.read_boot_text(STATUS_FILE)
        status = json.loads(text)
    except (ProgramFailed, ValueError) as error:
        checks.check(f"{STATUS_FILE} is on the boot partition", False, error)
        return None
    checks.check(f"{STATUS_FILE} is on the boot partition", isinstance(status, dict), f"{len(text)} bytes")
    return status if isinstance(status, dict) else None


def check_status(checks, status, node_name):
    checks.check("it is a kraken-status of a known version",
                 status.get("format") == "kraken-status" and status.get("version") == 1,
                 f"{status.get('format')} {status.get('version')}")
    checks.check("its state is done", status.get("state") == "done", status.get("state"))
    name = (status.get("node") or {}).get("name")
    checks.check(f"it is about {node_name}", name == node_name, name)
    steps = status.get("steps", [])
    checks.check("it lists its steps", len(steps) > 0, ", ".join(str(step.get("name")) for step in steps))
    for step in steps:
        checks.check(f"step {step.get('name')} did not fail",
                     step.get("state") not in (None, "failed", "working", "needed"),
                     f"{step.get('state')}: {step.get('detail', '')}")


def check_finished(checks, image, work, node_name):
    """Of a node whose first boot came to its good end: grown root, status, journal."""
    check_root_fills_partition(checks, image)
    status = read_status(checks, image)
    if status is not None:
        check_status(checks, status, node_name)
    journal = read_journal(image, work)
    checks.check("the journal is whole", not isinstance(journal, str), journal)


def check_link_speeds(checks, status, bond):
    """A node with a manager to measure against has done so, through the interface that stands by as well if it bonds."""
    link = (status.get("network") or {}).get("link") or {}
    found = {speed.get("of"): speed for speed in link.get("speeds", [])}
    for of in ("before-tuning", "after-tuning") + (("fallback",) if bond else ()):
        speed = found.get(of, {})
        checks.check(f"the link was measured: {of}", min(speed.get("sent_kbit", 0), speed.get("received_kbit", 0)) > 0,
                     speed or "no such measurement")


def check_nothing_changed(checks, status):
    for step in status.get("steps", []):
        checks.check(f"step {step.get('name')} had nothing to do", step.get("changed") is False,
                     f"changed: {step.get('changed')}")


def snapshot(image, scratch):
    """What a boot without work must leave alone: journal, size of the root, /etc, and the boot partition but its status."""
    scratch.mkdir()
    image.copy_root_tree("/etc", scratch / "etc")
    image.copy_boot_tree(scratch / "boot")
    return {"journal": read_journal(image, scratch), "root size": image.root_file_system()["size"],
            "/etc": _hashes(scratch / "etc", ("resolv.conf", "adjtime")),
            "boot partition": _hashes(scratch / "boot", (STATUS_FILE, STATUS_TEXT))}


def read_journal(image, scratch):
    try:
        return without_counters(json.loads(image.read_root_text(JOURNAL_FILE, scratch)))
    except (ProgramFailed, ValueError) as error:
        return f"no journal: {error}"


def check_same(checks, before, after):
    """Compares two snapshots."""
    journal = before["journal"]
    checks.check(f"{JOURNAL_FILE} could be read", not isinstance(journal, str), journal if isinstance(journal, str) else "")
    for name in ("journal", "root size"):
        checks.check(f"the second boot left the {name} alone", before[name] == after[name],
                     "" if before[name] == after[name] else f"{before[name]} became {after[name]}")
    for name in ("/etc", "boot partition"):
        differing = sorted(path for path in before[name].keys() | after[name].keys()
                           if before[name].get(path) != after[name].get(path))
        checks.check(f"the second boot changed no file in {name}", not differing, ", ".join(differing[:10]))


def without_counters(value):
    """VALUE (parsed JSON) without members that count boots or tell times."""
    if isinstance(value, dict):
        return {key: without_counters(member) for key, member in value.items() if not _COUNTERS.search(key)}
    if isinstance(value, list):
        return [without_counters(member) for member in value]
    return value


def _hashes(root, except_names):
    """Relative path to digest (of a link: its target) for everything below ROOT."""
    found = {}
    for folder, _, names in os.walk(root):
        for path in (Path(folder) / name for name in names if name not in except_names):
            content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
            found[str(path.relative_to(root))] = hashlib.sha256(content).hexdigest()
    return found
