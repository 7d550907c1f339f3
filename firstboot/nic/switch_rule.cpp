#include "nic/switch_rule.h"

#include "nic/known_adapters.h"

namespace kraken {

std::string switch_rule() {
  // ATTRS are of one device above: the USB device. udev reads a changed rule by itself.
  std::string rule =
      "# Written by kraken-firstboot: network adapters that come up as a CD-ROM are ejected, which makes them "
      "adapters.\n"
      "ACTION!=\"add\", GOTO=\"kraken_eject_end\"\n"
      "SUBSYSTEM!=\"block\", GOTO=\"kraken_eject_end\"\n"
      "KERNEL!=\"sr[0-9]*\", GOTO=\"kraken_eject_end\"\n";
  for (const KnownCdrom& known : known_cdroms()) {
    const std::string id = format_usb_id(known.id);
    const std::size_t colon = id.find(':');
    rule += "ATTRS{idVendor}==\"" + id.substr(0, colon) + "\", ATTRS{idProduct}==\"" + id.substr(colon + 1) +
            "\", TAG+=\"systemd\", ENV{SYSTEMD_WANTS}+=\"kraken-eject@$name.service\"\n";
  }
  return rule + "LABEL=\"kraken_eject_end\"\n";
}

std::string_view switch_unit() {
  return "# Written by kraken-firstboot: a network adapter that came up as a CD-ROM becomes an adapter. The instance's "
         "name is\n"
         "# that of the drive.\n"
         "[Unit]\n"
         "Description=Kraken adapter switch (%i)\n"
         "\n"
         "[Service]\n"
         "Type=oneshot\n"
         "ExecStart=/usr/lib/kraken/kraken-firstboot eject /dev/%i\n"
         "TimeoutStartSec=60\n";
}

}  // namespace kraken
