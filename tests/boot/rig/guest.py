"""The booted node over ssh."""

from .programs import ProgramFailed, run


class Guest:
    def __init__(self, host, port, user, key, known_hosts):
        """HOST and PORT: what leads to the node's sshd."""
        self._host = host
        self.port = port
        self._known_hosts = known_hosts
        self._target = f"{user}@{host}"
        self._options = [
            "-F", "/dev/null", "-i", key, "-p", port, "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes",
            "-o", "StrictHostKeyChecking=yes", "-o", f"UserKnownHostsFile={known_hosts}",
            "-o", "GlobalKnownHostsFile=/dev/null", "-o", "HostKeyAlgorithms=ssh-ed25519", "-o", "ConnectTimeout=60"]

    def presented_host_key(self):
        """The ed25519 host key that the guest's sshd shows, as "type base64", or None while there is no sshd."""
        try:
            done = run("ssh-keyscan", "-T", "10", "-t", "ed25519", "-p", self.port, self._host, allowed=None, timeout=30)
        except ProgramFailed:
            return None
        for line in done.stdout.splitlines():
            words = line.split()
            if len(words) == 3 and words[1] == "ssh-ed25519":
                return " ".join(words[1:])
        return None

    def trust(self, host_key):
        self._known_hosts.write_text(f"{self._known_name()} {host_key}\n")

    def _known_name(self):
        """sshd(8), SSH_KNOWN_HOSTS FILE FORMAT"""
        return self._host if self.port == 22 else f"[{self._host}]:{self.port}"

    def run(self, command, timeout=120, allowed=(0,)):
        """COMMAND on the node, by its user; gives its output."""
        return run("ssh", *self._options, self._target, command, timeout=timeout, allowed=allowed)

    def text(self, command):
        return self.run(command).stdout.strip()

    def unit(self, name):
        """What systemd knows about a unit, as a dictionary."""
        wanted = "LoadState,ActiveState,SubState,Result,ConditionResult,ExecMainStatus,ExecMainExitTimestampMonotonic"
        text = self.text(f"systemctl show -p {wanted} {name}")
        return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)

    def power_off(self):
        """Asks for a clean power off; False when this user may not. The connection may go before its end is told."""
        if self.run("sudo -n true", allowed=None).returncode != 0:
            return False
        try:
            self.run("sudo -n systemctl poweroff", allowed=None, timeout=60)
        except ProgramFailed:
            pass
        return True
