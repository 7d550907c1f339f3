#!/usr/bin/env python3
"""Packs a FAT image into an input of fat_fuzz.cpp: fat_pack.py IMAGE INPUT. Runs of zeros are left out."""
import struct
import sys

GAP = 8  # a shorter run of zeros costs less than a new piece


def pieces(image):
    at = 0
    while at < len(image):
        if image[at] == 0:
            at += 1
            continue
        end = image.find(bytes(GAP), at)
        end = len(image) if end < 0 else end
        for start in range(at, end, 65535):
            yield start, image[start:min(end, start + 65535)]
        at = end


def main():
    with open(sys.argv[1], "rb") as file:
        image = file.read()
    with open(sys.argv[2], "wb") as out:
        out.write(struct.pack("<I", len(image) // 512))
        for offset, data in pieces(image):
            out.write(struct.pack("<IH", offset, len(data)) + data)


main()
