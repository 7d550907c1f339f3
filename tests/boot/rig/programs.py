"""Other people's programs, run with a bounded time; a failure carries what they said."""

import shutil
import subprocess


class ProgramFailed(Exception):
    pass


def require(*names):
    missing = [name for name in names if shutil.which(name) is None]
    if missing:
        raise ProgramFailed(
            f"not found: {' '.join(missing)}; install qemu-system-arm qemu-utils mtools e2fsprogs dosfstools "
            "fdisk openssh-client")


def run(*command, timeout=120, allowed=(0,), **options):
    """The finished process, with its output as text; raises ProgramFailed when its status is not allowed."""
    command = [str(word) for word in command]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, errors="replace", timeout=timeout, check=False, **options)
    except subprocess.TimeoutExpired:
        raise ProgramFailed(f"{command[0]}: no end after {timeout} s") from None
    if allowed is not None and done.returncode not in allowed:
        said = (done.stdout + done.stderr).strip()[-2000:]
        raise ProgramFailed(f"{' '.join(command)}: status {done.returncode}: {said}")
    return done
