"""A base as large and as full as Raspberry Pi OS Lite, from a smaller one: grown, and filled with its own content again,
so that it compresses as the original does. The same base in gives the same bytes out."""

import os
import random
import re
import shutil

from lib.cards import MIB
from lib.programs import feed, run
from lib.trees import partition_file, partitions

SIZE = 2640 * MIB
FREE = 0.24
SAMPLE = 16 * MIB
SEED = 5
# Or e2fsprogs would write the time of day.
CLOCK = "1767225600"
ENVIRONMENT = {**os.environ, "E2FSPROGS_FAKE_TIME": CLOCK, "E2FSCK_TIME": CLOCK}


def numbers(part):
    """Block size, blocks and free blocks of an ext4 file system."""
    head = run("dumpe2fs", "-h", part).stdout
    return [int(re.search(rf"^{name}:\s+(\d+)", head, re.MULTILINE)[1]) for name in ("Block size", "Block count", "Free blocks")]


def written_samples(part):
    """Offsets in the partition at which a whole sample has data: its file is sparse."""
    found, offset, size = [], 0, part.stat().st_size
    with open(part, "rb") as file:
        while offset + SAMPLE <= size:
            try:
                start = os.lseek(file.fileno(), offset, os.SEEK_DATA)
            except OSError:
                break
            end = os.lseek(file.fileno(), start, os.SEEK_HOLE)
            found += range(start, end - SAMPLE + 1, SAMPLE)
            offset = end
    return found


def write_fill(part, fill, size):
    """Samples of the partition in an order in which no decoder's window sees one twice."""
    offsets = written_samples(part)
    assert offsets, "the base has nothing to be filled with; use --as-is"
    left, order = size, random.Random(SEED)
    with open(part, "rb") as source, open(fill, "wb") as target:
        while left > 0:
            order.shuffle(offsets)
            for offset in offsets:
                source.seek(offset)
                target.write(source.read(min(SAMPLE, left)))
                left -= min(SAMPLE, left)
                if left <= 0:
                    break


def make_base(original, folder):
    image, fill = folder / "base.img", folder / "fill"
    shutil.copy(original, image)
    run("fallocate", "--dig-holes", image)
    os.truncate(image, SIZE)
    feed("sfdisk", "-q", "-N", "2", image, text=",+\n")
    start, length = partitions(image)[1]
    part = partition_file(image, 2, folder)
    run("e2fsck", "-fy", part, check=False, env=ENVIRONMENT)
    run("resize2fs", part, env=ENVIRONMENT)
    block, _, free = numbers(part)
    wanted = free * block - int(FREE * SIZE)
    if wanted > 0:
        write_fill(part, fill, wanted)
        os.utime(fill, (int(CLOCK), int(CLOCK)))
        run("debugfs", "-w", "-R", f"write {fill} /fill", part, env=ENVIRONMENT)
        fill.unlink()
    assert part.stat().st_size <= length
    run("dd", f"if={part}", f"of={image}", "bs=1M", "oflag=seek_bytes", f"seek={start}", "conv=notrunc,sparse", "status=none")
    part.unlink()
    run("fallocate", "--dig-holes", image)
    return image


def describe(image, folder):
    part = partition_file(image, 2, folder)
    block, _, free = numbers(part)
    part.unlink()
    size = image.stat().st_size
    return f"{size // MIB} MiB, {100 * free * block / size:.0f} % free in its root file system"
