"""Machines of a test's own: network namespaces on one bridge, each with a real dockerd that has its own data, its own
socket and its own host name. Nothing of them is left when the test ends; the machine's own Docker is not touched."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from lib.programs import ROOT, run

DOCKERD = shutil.which("dockerd")
DOCKER = "/usr/bin/docker" if os.access("/usr/bin/docker", os.X_OK) else shutil.which("docker")
SUBNET = "10.231.77"

# What `ip netns exec` would hide: a mount namespace with the network namespace's own sysfs, and the cgroups back in it.
ENTER = ('hostname "$1"; mount --make-rprivate / && mount -t proc proc /proc && mkdir -p "$2/cgroup" && '
         'mount --rbind /sys/fs/cgroup "$2/cgroup" && mount -t sysfs sysfs /sys && '
         'mount --rbind "$2/cgroup" /sys/fs/cgroup && shift 2 && exec "$@"')


def firstboot():
    given = os.environ.get("KRAKEN_FIRSTBOOT")
    candidates = [given] if given else [ROOT / "build" / preset / "firstboot" / "kraken-firstboot"
                                        for preset in ("dev", "asan")]
    return next((pathlib.Path(c) for c in candidates if os.access(c, os.X_OK)), None)


def why_not():
    """Why such machines cannot be had here, or None."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if DOCKERD is None or DOCKER is None:
        return "there is no dockerd here (Debian's docker.io)"
    if firstboot() is None:
        return "kraken-firstboot is not built for this machine"
    tried = run("unshare", "--net", "--mount", "true", check=False)
    return None if tried.returncode == 0 else "no network namespaces can be made here"


def wait_until(what, condition, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.3)
    raise AssertionError(f"{what}: not within {seconds} s")


class Switch:
    """The bridge that the machines hang on, in a namespace of its own."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kraken-swarm-"))
        self.name = f"krsw{os.getpid()}"
        self.machines = []
        run("ip", "netns", "add", self.name)
        run("ip", "-n", self.name, "link", "add", "br0", "type", "bridge")
        run("ip", "-n", self.name, "link", "set", "br0", "up")

    def machine(self, number, host_name):
        machine = Machine(self, number, host_name)
        self.machines.append(machine)
        return machine

    def close(self):
        for machine in self.machines:
            machine.close()
        run("ip", "netns", "del", self.name, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


class Machine:
    """One node: its tree for kraken-firstboot, its namespace, its dockerd."""

    def __init__(self, switch, number, host_name):
        self.number = number
        self.host_name = host_name
        self.address = f"{SUBNET}.{10 + number}"
        self.namespace = f"{switch.name}n{number}"
        self.folder = switch.folder / f"node{number}"
        self.root = self.folder / "root"
        self.socket = self.folder / "docker.sock"
        self.engine = None
        self.others = []
        (self.root / "usr/bin").mkdir(parents=True)
        (self.root / "usr/bin/dockerd").touch()
        run("ip", "netns", "add", self.namespace)
        port = f"p{number}"
        run("ip", "-n", switch.name, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns",
            self.namespace)
        run("ip", "-n", switch.name, "link", "set", port, "master", "br0", "up")
        run("ip", "-n", self.namespace, "link", "set", "lo", "up")
        run("ip", "-n", self.namespace, "address", "add", f"{self.address}/24", "dev", "eth0")
        run("ip", "-n", self.namespace, "link", "set", "eth0", "up")
        run("ip", "-n", self.namespace, "route", "add", "default", "via", f"{SUBNET}.1", check=False)

    def write(self, path, content, mode=0o644):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        file.chmod(mode)

    def start_engine(self, wait=True):
        log = open(self.folder / "dockerd.log", "a", encoding="utf-8")
        dockerd = [DOCKERD, "--data-root", self.folder / "data", "--exec-root", self.folder / "exec", "--pidfile",
                   self.folder / "dockerd.pid", "--host", f"unix://{self.socket}", "--bridge=none", "--iptables=false"]
        words = self.inside("unshare", "--mount", "--uts", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, "sh",
                            self.host_name, self.folder, *dockerd)
        self.engine = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        log.close()
        if wait:
            self.wait_for_engine()

    def wait_for_engine(self):
        def answers():
            if self.engine.poll() is not None:
                raise AssertionError((self.folder / "dockerd.log").read_text()[-3000:])
            return run(DOCKER, "-H", f"unix://{self.socket}", "version", check=False).returncode == 0
        wait_until(f"dockerd of {self.host_name}", answers)

    def cut_power(self):
        """Ends dockerd and all that it has started, at once."""
        if self.engine is None:
            return
        self.engine.kill()
        self.engine.wait()
        self.engine = None
        # What the kernel ends with the namespace of processes is gone when its mounts are.
        wait_until(f"the end of {self.host_name}", lambda: run("pgrep", "--full", f"{self.folder}/exec/containerd",
                                                               check=False).returncode != 0, 30)
        # What lies below /run on a node does not outlive it.
        shutil.rmtree(self.folder / "exec", ignore_errors=True)
        self.socket.unlink(missing_ok=True)
        (self.folder / "dockerd.pid").unlink(missing_ok=True)

    def lose_card(self):
        """What a card that is burned anew does not have any more."""
        self.cut_power()
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        shutil.rmtree(self.root / "var", ignore_errors=True)

    def inside(self, *words):
        return ["nsenter", f"--net=/run/netns/{self.namespace}", *map(str, words)]

    def program(self, command, *more, root=None):
        return self.inside(firstboot(), command, "--root", root or self.root, "--socket", self.socket, *more)

    def join(self, check=True, timeout=300):
        done = subprocess.run(self.program("join"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False, timeout=timeout)
        if check and done.returncode != 0:
            raise AssertionError(f"{self.host_name} did not join: status {done.returncode}\n{done.stdout}")
        return done

    def start(self, command):
        """In the background; its output is in a file of the command's name."""
        return self.start_words(command, self.program(command))

    def start_words(self, command, words):
        with open(self.folder / f"{command}.log", "a", encoding="utf-8") as log:
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.others.append(process)
        return process

    def log_of(self, command):
        return (self.folder / f"{command}.log").read_text()

    def docker(self, *words, check=True):
        return run(DOCKER, "-H", f"unix://{self.socket}", *words, check=check).stdout

    def nodes(self):
        """Of the swarm, as Docker's own program lists them."""
        lines = self.docker("node", "ls", "--format", "{{json .}}", check=False).splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def swarm(self):
        return json.loads(self.docker("info", "--format", "{{json .Swarm}}"))

    def close(self):
        for process in self.others:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.cut_power()
        run("ip", "netns", "del", self.namespace, check=False)
        for mount in pathlib.Path("/proc/self/mounts").read_text().splitlines():
            path = mount.split()[1]
            if path.startswith(f"{self.folder}/"):
                run("umount", "--lazy", path, check=False)
