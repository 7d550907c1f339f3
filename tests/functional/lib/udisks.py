"""The real udisksd and polkitd on a bus of the test's own, in a mount namespace: nothing of the machine's own services,
rules and state is seen or touched. Device events do not come there, so only devices that were made before are known."""

import functools
import os
import pathlib
import shutil
import signal
import subprocess

from .cards import can_make_cards, wait_for
from .programs import run

UDISKSD = pathlib.Path("/usr/libexec/udisks2/udisksd")
POLKITD = next((p for p in map(pathlib.Path, ("/usr/lib/polkit-1/polkitd", "/usr/libexec/polkitd")) if p.exists()), None)
NOBODY = 65534

BUS = """<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"""
# udisks2 waits for its devices to be known to udev, and there is none in the namespace.
INSIDE = """set -e
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs tmpfs /var/lib/udisks2
mkdir -p /run/udev/data
for number in {numbers}; do echo I:1 > /run/udev/data/b$number; done
mount --bind {folder}/rules /etc/polkit-1/rules.d
exec "$@"
"""


@functools.cache
def missing():
    """Why this cannot run here; nothing when it can."""
    if os.geteuid() != 0:
        return "needs root"
    for program in (UDISKSD, POLKITD, shutil.which("dbus-daemon"), shutil.which("setpriv"), shutil.which("unshare")):
        if program is None or not pathlib.Path(program).exists():
            return "needs udisks2, polkitd, dbus-daemon, setpriv and unshare"
    if run("unshare", "--mount", "true", check=False).returncode != 0:
        return "mount namespaces are not permitted here"
    return None if can_make_cards() else "there are no loop devices here"


class Udisks:
    """`rule` is the body of a polkit rule, a function of JavaScript of (action, subject)."""

    def __init__(self, folder, devices, rule):
        self.folder = pathlib.Path(folder)
        (self.folder / "rules").mkdir(parents=True)
        self.folder.chmod(0o755)
        (self.folder / "rules/10-test.rules").write_text(f"polkit.addRule(function(action, subject) {{ {rule} }});\n")
        socket = self.folder / "bus"
        (self.folder / "bus.conf").write_text(BUS.format(socket=socket))
        self.environment = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={socket}"}
        numbers = [f"{os.major(info.st_rdev)}:{os.minor(info.st_rdev)}" for info in map(os.stat, devices)]
        self.inside = INSIDE.format(numbers=" ".join(numbers), folder=self.folder)
        self.processes = []
        self.bus = self.start("dbus-daemon", f"--config-file={self.folder / 'bus.conf'}", "--nofork", "--nopidfile")
        wait_for(socket.exists)
        self.polkit = self.start(POLKITD, "--no-debug")
        self.wait_for_name("org.freedesktop.PolicyKit1")
        self.daemon = self.start(UDISKSD)
        self.wait_for_name("org.freedesktop.UDisks2")

    def start(self, *words):
        log = open(self.folder / "log", "ab")
        process = subprocess.Popen(["unshare", "--mount", "sh", "-c", self.inside, "sh", *map(str, words)],
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **self.environment})
        log.close()
        self.processes.append(process)
        return process

    def wait_for_name(self, name):
        words = ("dbus-send", "--system", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
                 "org.freedesktop.DBus.GetNameOwner", f"string:{name}")
        environment = {**os.environ, **self.environment}
        wait_for(lambda: run(*words, check=False, env=environment).returncode == 0)

    def close(self):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait(timeout=20)
