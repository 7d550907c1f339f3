#!/usr/bin/python3
"""Reads back what a bmap maps, past the page cache, and compares with the bmap's own digests.

usage: readback.py FILE.bmap DEVICE
"""

import hashlib
import mmap
import os
import sys
import xml.etree.ElementTree

CHUNK = 4 * 1024 * 1024


def digest_of(fd, offset, length, buffer):
    digest = hashlib.sha256()
    while length > 0:
        # Whole sectors are read: the last range may end within one.
        got = os.preadv(fd, [memoryview(buffer)[:min(CHUNK, -(-length // 512) * 512)]], offset)
        assert got > 0, f"the device ends at {offset}"
        got = min(got, length)
        digest.update(memoryview(buffer)[:got])
        offset, length = offset + got, length - got
    return digest.hexdigest()


def main():
    root = xml.etree.ElementTree.parse(sys.argv[1]).getroot()
    block, size = int(root.find("BlockSize").text), int(root.find("ImageSize").text)
    fd, buffer = os.open(sys.argv[2], os.O_RDONLY | os.O_DIRECT), mmap.mmap(-1, CHUNK)
    for span in root.find("BlockMap").findall("Range"):
        first, _, last = span.text.strip().partition("-")
        start, end = int(first) * block, min((int(last or first) + 1) * block, size)
        if digest_of(fd, start, end - start, buffer) != span.get("chksum"):
            sys.exit(f"blocks {span.text.strip()} are not what was written")


main()
