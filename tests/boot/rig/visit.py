"""A look at the booted node from outside: the way in over ssh, its services, and a clean power off."""

from .emulator import BootFailed
from .guest import Guest


def log_in(settings, emulator, folder, port=None):
    """Waits until the node lets its user in, at its own address or through PORT; gives the guest, and the host key that
    its sshd shows."""
    guest = Guest(emulator.wiring.host, port or emulator.wiring.port, settings.user, settings.ssh_key, folder / "known_hosts")
    presented = emulator.wait_for("sshd", guest.presented_host_key, 600 * settings.patience)
    print(f"        sshd answers after {emulator.elapsed():.0f} s", flush=True)
    guest.trust(presented)
    emulator.wait_for(f"a login of {settings.user} by key", lambda: _login(guest) == settings.user,
                      emulator.elapsed() + 120 * settings.patience)
    return guest, presented


def wait_for_service(settings, emulator, guest, service):
    """The unit's properties once it is through."""
    unit = emulator.wait_for(f"{service} to finish", lambda: _finished(guest, service),
                             emulator.elapsed() + 300 * settings.patience)
    print(f"        {service} is through after {emulator.elapsed():.0f} s", flush=True)
    return unit


def has_succeeded(unit):
    ran = unit.get("ExecMainStatus") == "0" and unit.get("ExecMainExitTimestampMonotonic") not in ("0", "", None)
    return unit.get("Result") == "success" and ran


def wait_until_settled(settings, emulator, guest):
    """What systemd says of the whole system once the boot is over."""
    return emulator.wait_for("the boot to settle", lambda: _settled(guest), emulator.elapsed() + 240 * settings.patience)


def power_off(settings, emulator, guest):
    """True when the node shut down by itself."""
    # The emulated boards have no power button: only the guest can bring itself down cleanly.
    if not guest.power_off():
        raise BootFailed(f"{settings.user} may not run sudo without a password, so the rig cannot power the "
                         "node off: use an image whose user may (sudo_without_password)")
    return emulator.wait_for_power_off(emulator.elapsed() + 240 * settings.patience)


def _login(guest):
    done = guest.run("id -un", allowed=None)
    return done.stdout.strip() if done.returncode == 0 else None


def _finished(guest, service):
    """The unit's properties once it has run or was skipped; fails at once when there is no such unit."""
    unit = guest.unit(service)
    if unit.get("LoadState") == "not-found":
        raise BootFailed(f"the image has no {service}")
    busy = unit.get("ActiveState") in ("activating", "reloading", "deactivating")
    started = unit.get("ActiveState") in ("active", "failed") or unit.get("ConditionResult") == "no" and \
        guest.run("systemctl is-active multi-user.target", allowed=None).returncode == 0 or \
        unit.get("ExecMainExitTimestampMonotonic") not in ("0", "", None)
    return unit if started and not busy else None


def _settled(guest):
    state = guest.run("systemctl is-system-running", allowed=None).stdout.strip()
    return None if state in ("initializing", "starting", "") else state
