#include "tuning/lasting_files.h"

namespace kraken {

std::string_view tune_rule() {
  // DRIVERS is of the device above: bridges, bonds and veths have none. udev reads a changed rule by itself.
  return "# Written by kraken-firstboot: tunes a network adapter that is plugged in, once it has its name.\n"
         "ACTION==\"add\", SUBSYSTEM==\"net\", DRIVERS==\"?*\", ENV{DEVTYPE}!=\"wlan\", TAG+=\"systemd\", "
         "ENV{SYSTEMD_WANTS}+=\"kraken-tune@$name.service\"\n";
}

std::string_view tune_unit() {
  // raspi-config sets the governor "ondemand" when it starts (RPi-Distro/raspi-config, debian/raspi-config.init); the
  // others switch swap on.
  return "# Written by kraken-firstboot: settings that the kernel forgets at every boot or replugging. The instance's "
         "name says\n"
         "# what made it run: \"boot\", or a network interface.\n"
         "[Unit]\n"
         "Description=Kraken tuning (%i)\n"
         "After=kraken-firstboot.service raspi-config.service cpufrequtils.service\n"
         "After=swap.target dphys-swapfile.service zramswap.service\n"
         "\n"
         "[Service]\n"
         "Type=oneshot\n"
         "ExecStart=/usr/lib/kraken/kraken-firstboot tune\n"
         "TimeoutStartSec=120\n";
}

std::string_view tune_at_boot() {
  return "# Written by kraken-firstboot.\n"
         "[Unit]\n"
         "Wants=kraken-tune@boot.service\n";
}

}  // namespace kraken
