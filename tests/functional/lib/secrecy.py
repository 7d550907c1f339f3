"""Secrets as others derive them, and where their bytes could show."""

import base64
import os

from .programs import run


def hkdf(secret, info, length=32):
    """By the openssl command: the derivation that cluster/secrets.h documents."""
    out = run("openssl", "kdf", "-keylen", length, "-kdfopt", "digest:SHA256", "-kdfopt", f"hexkey:{secret.hex()}",
              "-kdfopt", "salt:kraken", "-kdfopt", f"info:{info}", "HKDF").stdout
    return bytes.fromhex(out.strip().replace(":", ""))


def forms(key):
    """How a key could be written: raw, in hexadecimal, and in base64 at each of its three alignments."""
    texts = {key.hex(), key.hex().upper(), key.hex(":"), key.hex(" ")}
    texts |= {base64.b64encode(bytes(shift) + key).decode()[shift + 3:-4] for shift in range(3)}
    return [key, key[::-1]] + [text.encode() for text in texts]


def written_bytes(image):
    """All of a file but its holes."""
    data = []
    with open(image, "rb") as file:
        size, at = os.fstat(file.fileno()).st_size, 0
        while at < size:
            try:
                start = os.lseek(file.fileno(), at, os.SEEK_DATA)
            except OSError:
                break  # nothing but a hole is left
            at = os.lseek(file.fileno(), start, os.SEEK_HOLE)
            data.append(os.pread(file.fileno(), at - start, start))
    return b"".join(data)
