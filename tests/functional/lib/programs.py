"""Other people's programs, which are the oracles here, and kraken-image itself."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
KRAKEN = pathlib.Path(os.environ.get("KRAKEN_IMAGE", ROOT / "build/release/imager/kraken-image"))


def run(*words, check=True, text=True, **options):
    """Runs a program without a shell; a failure shows what it printed."""
    done = subprocess.run([str(w) for w in words], stdin=options.pop("stdin", subprocess.DEVNULL),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=text, check=False, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))}: status {done.returncode}\n{done.stdout}")
    return done


def feed(*words, text):
    """Runs a program with `text` on its standard input."""
    done = subprocess.run([str(w) for w in words], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))}: status {done.returncode}\n{done.stdout}")


class Kraken:
    """kraken-image with a cache of its own."""

    def __init__(self, cache, environment=None):
        self.cache = cache
        self.environment = {**os.environ, **(environment or {})}

    def __call__(self, *words, status=0, cwd=None, environment=None):
        done = subprocess.run([str(KRAKEN), "--cache", str(self.cache), *map(str, words)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd, check=False,
                              env={**self.environment, **(environment or {})})
        if done.returncode != status:
            raise AssertionError(f"kraken-image {' '.join(map(str, words))}: status {done.returncode}, wanted {status}\n"
                                 f"{done.stdout}{done.stderr}")
        return done
