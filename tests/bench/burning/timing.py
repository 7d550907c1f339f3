"""Wall time and peak memory of programs."""

import dataclasses
import os
import statistics
import subprocess
import time


@dataclasses.dataclass
class Taken:
    seconds: float
    peak: float  # of resident memory, MiB


def timed(words):
    started = time.monotonic()
    process = subprocess.Popen([str(w) for w in words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, (words, error)
    return Taken(time.monotonic() - started, usage.ru_maxrss / 1024)


def median(runs, commands, prepare=lambda: None):
    """Of the sum of the commands' times; `prepare` is not counted."""
    totals, peak = [], 0
    for _ in range(runs):
        prepare()
        taken = [timed(words) for words in commands]
        totals.append(sum(t.seconds for t in taken))
        peak = max([peak] + [t.peak for t in taken])
    return Taken(statistics.median(totals), peak)
