"""When the power is cut: moments at random, most of them while first boot is at work. No clock, no emulator here."""

import random
from dataclasses import dataclass

# Of every 20 cuts, how many fall into each part of a boot. The kernel and the rest of the system write next to nothing.
WEIGHTS = {"kernel": 2, "early": 6, "between": 2, "network": 8, "after": 2}
PARTS = tuple(WEIGHTS)
# What first boot wrote last may still be on its way to the card.
SECONDS_AFTER = 8.0


@dataclass(frozen=True)
class Moment:
    """So far into that part of a boot, which is SECONDS after its beginning if this boot is as fast as the reference."""
    part: str
    fraction: float
    seconds: float

    def __str__(self):
        return f"{100 * self.fraction:.0f} % into \"{self.part}\", {self.seconds:.2f} s after its beginning"


def durations(beginnings):
    """Seconds that each part of the reference boot took. BEGINNINGS as console.beginnings() gives them."""
    missing = [part for part in PARTS[1:] if part not in beginnings]
    if missing:
        raise ValueError(f"the console of the reference boot does not tell when these began: {', '.join(missing)}")
    times = [0.0, *(beginnings[part] for part in PARTS[1:])]
    lengths = [later - earlier for earlier, later in zip(times, times[1:])] + [SECONDS_AFTER]
    return dict(zip(PARTS, lengths))


def draw(count, seed, lengths):
    """COUNT moments, the same for the same arguments. One from each of COUNT equal slices of the weighted boot, so that
    few cuts are spread over its parts as well; in random order."""
    source = random.Random(seed)
    total = sum(WEIGHTS.values())
    moments = [_moment_at((i + source.random()) * total / count, lengths) for i in range(count)]
    source.shuffle(moments)
    return moments


def _moment_at(position, lengths):
    for part, weight in WEIGHTS.items():
        if position < weight:
            fraction = position / weight
            return Moment(part, fraction, fraction * lengths[part])
        position -= weight
    return Moment(PARTS[-1], 1.0, lengths[PARTS[-1]])
