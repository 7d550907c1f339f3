#!/usr/bin/python3
"""Includes go only down the layers, and each third-party header stays in the one folder that owns its library."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What a folder may include besides itself. Longest folder name that matches a file wins.
IMAGER = {
    "base": [],
    "json": ["base"],
    "sys": ["base"],
    "crypto": ["base"],
    "queue": ["base", "sys"],
    "block": ["base", "sys"],
    "decode": ["base", "block", "sys", "crypto", "json"],
    "disk": ["base", "block", "sys"],
    "fs/fat": ["base", "block", "fs"],
    "fs/ext4": ["base", "block", "fs"],
    "fs": ["base", "block"],
    "config": ["base", "json", "sys", "contract"],
    "cluster": ["base", "crypto", "config", "sys", "contract"],
    "image": ["base", "block", "sys", "crypto", "json", "disk", "fs", "fs/fat", "fs/ext4", "config", "decode", "cluster",
              "contract"],
    "udisks": ["base", "sys"],
    "burn": ["base", "block", "sys", "crypto", "json", "queue", "udisks"],
    "cli": ["base", "json", "sys", "crypto", "block", "decode", "disk", "fs", "config", "cluster", "image", "burn",
            "contract"],
}
FIRSTBOOT = {
    "contract": ["base", "json"],
    "system": ["base", "sys"],
    "journal": ["base", "json", "sys", "contract", "system"],
    "net": ["base", "sys", "system"],
    "nic": ["base", "sys", "contract", "system", "net"],
    "stack": ["base", "sys", "contract", "system", "net", "nic"],
    "tuning": ["base", "sys", "contract", "system", "net", "nic"],
    "measure": ["base", "json", "sys"],
    "kubernetes": ["base", "json", "sys", "contract", "system"],
    "join": ["base", "json", "sys", "contract", "system", "kubernetes"],
    "facts": ["base", "json", "sys", "contract", "system", "net", "nic", "stack", "tuning", "join", "kubernetes"],
    "plan": ["base", "facts", "contract", "journal", "system"],
    "steps": ["base", "json", "sys", "facts", "contract", "plan", "system", "net", "nic", "stack", "tuning",
              "join", "kubernetes"],
    "report": ["base", "json", "sys", "facts", "contract", "plan", "journal", "system", "nic"],
    "run": ["base", "json", "sys", "facts", "contract", "plan", "journal", "steps", "report", "system", "net", "nic",
            "stack", "tuning", "measure", "join", "kubernetes"],
}
OWNERS = {
    r"^archive(_entry)?\.h$|^lzma\.h$|^zlib\.h$|^curl/": {"imager/decode"},
    # Certificates are looked at by the node as well, and OpenSSL's errors by all three.
    r"^openssl/(?!(ssl|err|bio|evp|pem|x509)\.h$)": {"imager/crypto"},
    r"^openssl/(bio|evp|pem|x509)\.h$": {"imager/crypto", "firstboot/kubernetes"},
    r"^openssl/err\.h$": {"imager/crypto", "firstboot/join", "firstboot/kubernetes"},
    r"^openssl/ssl\.h$": {"firstboot/join"},
    r"^libfdisk/": {"imager/disk"},
    r"^ext2fs/|^et/com_err\.h$|^com_err\.h$": {"imager/fs/ext4"},
    r"^yaml-cpp/": {"imager/config"},
    r"^CLI/": {"imager/cli"},
    r"^liburing": {"imager/queue"},
    r"^systemd/": {"imager/udisks"},
    r"^nlohmann/": {"imager/json"},
    r"^iperf_api\.h$": {"firstboot/measure"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)


def layer_of(path, layers):
    folders = [f for f in layers if path == f or path.startswith(f + "/")]
    return max(folders, key=len, default=None)


def check_file(file, program, layers):
    inside = file.relative_to(ROOT / program).as_posix()
    here = layer_of(str(pathlib.PurePosixPath(inside).parent), layers)
    if here is None:
        return [] if "/" not in inside else [f"{program}/{inside}: its folder has no place among the layers"]
    wrong = []
    for bracket, name in INCLUDE.findall(file.read_text()):
        if bracket == '"':
            there = layer_of(str(pathlib.PurePosixPath(name).parent), {**IMAGER, **FIRSTBOOT})
            if there != here and there not in layers[here]:
                wrong.append(f"{program}/{inside}: {here} must not include {name} ({there})")
        for pattern, owners in OWNERS.items():
            if re.search(pattern, name) and f"{program}/{here}" not in owners:
                wrong.append(f"{program}/{inside}: <{name}> belongs to {' and '.join(sorted(owners))} alone")
    return wrong


def main():
    wrong, count = [], 0
    for program, layers in (("imager", IMAGER), ("firstboot", FIRSTBOOT)):
        for file in sorted((ROOT / program).rglob("*.[ch]*")):
            if file.suffix in (".h", ".cpp"):
                count += 1
                wrong += check_file(file, program, layers)
    print("\n".join(wrong))
    print(f"{count} files looked at, {len(wrong)} includes out of place")
    return 1 if wrong or count == 0 else 0


sys.exit(main())
