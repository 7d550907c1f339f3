"""The comparisons, one function each."""

import dataclasses
import os
import pathlib
import sys

from lib.cards import MIB
from lib.programs import KRAKEN

from .card import Card
from .report import Report
from .rig import Rig
from .timing import Taken, median

MEMORY = 64  # MiB for one card, as the README has it
OURS_COLD, OURS = "kraken-image, verified, base not in the cache", "kraken-image, verified, base in the cache"
DD = "xz | dd oflag=direct, cmp"
BMAP, NO_BMAP = "bmaptool with bmap, not verified", "bmaptool without bmap, not verified"
BMAP_READ = "bmaptool with bmap, and the ranges read back"


@dataclasses.dataclass
class Bench:
    rig: Rig
    report: Report
    card: Card
    rates: tuple  # of a slow card, writing and reading, MB/s


def peers(rig, card):
    """Name to commands; their times are added up."""
    size, packed, device = rig.image.stat().st_size, rig.packed, card.device
    copy = ["bmaptool", "copy", "--bmap", rig.bmap, packed, device]
    compare = (f"cmp <(xz -dc {packed}) "
               f"<(dd if={device} bs=4M iflag=direct,count_bytes,fullblock count={size} status=none)")
    return {
        DD: [["bash", "-o", "pipefail", "-c",
              f"xz -dc {packed} | dd of={device} bs=4M iflag=fullblock oflag=direct conv=fsync status=none"],
             ["bash", "-c", compare]],
        NO_BMAP: [["bmaptool", "copy", "--nobmap", packed, device]],
        BMAP: [copy],
        BMAP_READ: [copy, [sys.executable, pathlib.Path(__file__).with_name("readback.py"), rig.bmap, device]],
    }


def measure(bench):
    rig, report, card = bench.rig, bench.report, bench.card
    found = {OURS_COLD: median(rig.runs, [rig.burn_to(card)], rig.cool),
             OURS: median(rig.runs, [rig.burn_to(card)])}
    for name, commands in peers(rig, card).items():
        found[name] = median(rig.runs, commands)
    for name, taken in found.items():
        report.figure(name, taken, found[OURS])
    return found


def judge_memory(report, found):
    for name in (OURS_COLD, OURS):
        report.at_most(f"peak memory, {name}", found[name].peak, MEMORY, "MiB")


def unthrottled(bench):
    report = bench.report
    report.heading("one card, unthrottled")
    bench.card.throttle(0, 0)
    found = measure(bench)
    fastest = min(found[name].seconds for name in (NO_BMAP, BMAP))
    for name in (OURS_COLD, OURS):
        report.at_most(f"{name} / the fastest that does not verify", found[name].seconds / fastest, 1)
    judge_memory(report, found)


def throttled(bench):
    rig, report, (write, read) = bench.rig, bench.report, bench.rates
    report.heading(f"one card that writes {write} MB/s and reads {read} MB/s")
    bench.card.throttle(write, read)
    found = measure(bench)
    mapped = rig.receipt()["written"]["bytes"]
    limit = Taken(mapped / (write * 1e6) + mapped / (read * 1e6), 0)
    report.note(f"mapped: {mapped // MIB} of {rig.size // MIB} MiB; the device's limit for that: {limit.seconds:.2f} s")
    for name in (OURS_COLD, OURS):
        seconds = found[name].seconds
        report.at_most(f"{name} / dd and cmp", seconds / found[DD].seconds, 0.75)
        report.at_most(f"{name} / the limit", seconds / limit.seconds, 1.05)
        report.at_most(f"{name} / {BMAP_READ}", seconds / found[BMAP_READ].seconds, 1.05)
    judge_memory(report, found)
    bench.card.throttle(0, 0)


def decoding(bench):
    rig, report = bench.rig, bench.report
    report.heading(f"decoding the base, {os.cpu_count()} processors (ours hashes, writes and flushes what it decodes)")
    info = [KRAKEN, "--cache", rig.cache, "base", "info", rig.packed]
    xz = {threads: median(rig.runs, [["xz", "-dc", f"-T{threads}", rig.packed]]) for threads in (1, 0)}
    one = median(rig.runs, [["taskset", "-c", "0", *info]], rig.cool)
    ours = median(rig.runs, [info], rig.cool)
    for name, taken in (("xz -dc -T1", xz[1]), ("xz -dc -T0", xz[0]), ("kraken-image on one processor", one),
                        ("kraken-image on all", ours)):
        report.figure(name, taken, ours)
    report.at_least("xz -dc with one thread / ours", xz[1].seconds / ours.seconds, 1.8)
    report.at_least("ours on one processor / ours on all", one.seconds / ours.seconds, 1.8)


def update(bench):
    rig, report, card = bench.rig, bench.report, bench.card
    report.heading("burn --update after a change of the profile")
    if not rig.can("--update"):
        report.note("skipped: this kraken-image has no burn --update")
        return
    first = median(1, [rig.burn_to(card)])
    whole = rig.receipt()["written"]["bytes"]
    rig.change_profile()
    again = median(1, [rig.burn_to(card, "--update")])
    part = rig.receipt()["written"]["bytes"]
    report.figure("burn", first)
    report.figure("burn --update", again, first)
    report.note(f"written: {whole} bytes, then {part}")
    report.at_most("bytes that the update writes", 100 * part / whole, 2, "%")


def four_cards(bench):
    rig, report, card, rates = bench.rig, bench.report, bench.card, bench.rates
    report.heading(f"four cards at once, each writing {rates[0]} MB/s and reading {rates[1]} MB/s")
    if not rig.can("--all"):
        report.note("skipped: this kraken-image burns one card at a time")
        return
    others = [Card(rig.folder / f"card{number}", rig.size) for number in range(3)]
    try:
        cards = [card, *others]
        for each in cards:
            each.throttle(*rates)
        words = [word for number in (2, 3, 4, 5) for word in ("--node", number)]
        words += [word for each in cards for word in ("--device", each.device)]
        one = median(rig.runs, [rig.burn_to(card)])
        four = median(rig.runs, [rig.burn(*words)])
        report.figure("one card", one)
        report.figure("four cards", four, one)
        report.at_most("four cards / one card", four.seconds / one.seconds, 1.2)
    finally:
        for other in others:
            other.close()
        card.throttle(0, 0)
