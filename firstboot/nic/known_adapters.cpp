#include "nic/known_adapters.h"

#include <algorithm>
#include <array>

namespace kraken {

namespace {

// From the tables and comments of Linux, drivers/net/usb: r8152.c and cdc_ether.c (which says what of Microsoft, Lenovo
// and others is an RTL8152 or an RTL8153), ax88179_178a.c, asix_devices.c, lan78xx.c, smsc75xx.c, smsc95xx.c, sr9700.c.
// An id whose chip those do not tell is left out: it is an unknown adapter, and those are used as well.
constexpr KnownAdapter kAdapters[] = {
    {{0x0424, 0x7500}, 1000, "LAN7500"},     {{0x0424, 0x7505}, 1000, "LAN7505"},
    {{0x0424, 0x7800}, 1000, "LAN7800"},     {{0x0424, 0x7801}, 1000, "LAN7801"},
    {{0x0424, 0x7850}, 1000, "LAN7850"},     {{0x0424, 0x9500}, 100, "LAN9500"},
    {{0x0424, 0x9505}, 100, "LAN9505"},      {{0x0424, 0xec00}, 100, "LAN9514"},
    {{0x045e, 0x07ab}, 100, "RTL8152"},      {{0x045e, 0x07c6}, 1000, "RTL8153"},
    {{0x045e, 0x0927}, 1000, "RTL8153B"},    {{0x045e, 0x0c5e}, 1000, "RTL8153"},
    {{0x04b4, 0x3610}, 1000, "Cypress GX3"}, {{0x04bb, 0x0930}, 1000, "AX88178"},
    {{0x04e8, 0xa100}, 1000, "AX88179"},     {{0x050d, 0x0128}, 1000, "AX88179"},
    {{0x050d, 0x5055}, 1000, "AX88178"},     {{0x05ac, 0x1402}, 100, "AX88772"},
    {{0x0711, 0x0179}, 1000, "AX88179"},     {{0x0789, 0x0160}, 1000, "AX88178"},
    {{0x07c9, 0x000e}, 1000, "AX88179"},     {{0x07c9, 0x000f}, 100, "AX88179 (AT-UMC200)"},
    {{0x07c9, 0x0010}, 1000, "AX88179"},     {{0x07d1, 0x3c05}, 100, "AX88772"},
    {{0x0930, 0x0a13}, 1000, "AX88179"},     {{0x0955, 0x09ff}, 1000, "RTL8153"},
    {{0x0b95, 0x1780}, 1000, "AX88178"},     {{0x0b95, 0x1790}, 1000, "AX88179"},
    {{0x0b95, 0x178a}, 1000, "AX88178A"},    {{0x0b95, 0x7720}, 100, "AX88772"},
    {{0x0b95, 0x772a}, 100, "AX88772A"},     {{0x0b95, 0x772b}, 100, "AX88772B"},
    {{0x0b95, 0x7e2b}, 100, "AX88772B"},     {{0x0bda, 0x8152}, 100, "RTL8152"},
    {{0x0bda, 0x8153}, 1000, "RTL8153"},     {{0x0bda, 0x8156}, 2500, "RTL8156"},
    {{0x0bda, 0x8157}, 5000, "RTL8157"},     {{0x0db0, 0xa877}, 100, "AX88772A"},
    {{0x0df6, 0x0072}, 1000, "AX88179"},     {{0x0fe6, 0x9700}, 100, "SR9700"},
    {{0x13b1, 0x0018}, 100, "AX88772"},      {{0x13b1, 0x0041}, 1000, "RTL8153"},
    {{0x14ea, 0xab11}, 1000, "AX88178"},     {{0x1557, 0x7720}, 100, "AX88772"},
    {{0x1737, 0x0039}, 1000, "AX88178"},     {{0x17ef, 0x304b}, 1000, "AX88179"},
    {{0x17ef, 0x304f}, 1000, "RTL8153"},     {{0x17ef, 0x3054}, 1000, "RTL8153"},
    {{0x17ef, 0x3062}, 1000, "RTL8153"},     {{0x17ef, 0x3069}, 1000, "RTL8153"},
    {{0x17ef, 0x3082}, 1000, "RTL8153"},     {{0x17ef, 0x7205}, 1000, "RTL8153"},
    {{0x17ef, 0x720c}, 1000, "RTL8153"},     {{0x17ef, 0x7214}, 1000, "RTL8153"},
    {{0x17ef, 0x721e}, 1000, "RTL8153"},     {{0x17ef, 0xa387}, 1000, "RTL8153"},
    {{0x2001, 0x1a02}, 100, "AX88772"},      {{0x2001, 0x3c05}, 100, "AX88772"},
    {{0x2001, 0x4a00}, 1000, "AX88179"},     {{0x2357, 0x0601}, 1000, "RTL8153 (TP-Link UE300)"},
};

// 2357:0600 is usb_modeswitch's one Ethernet adapter (usb-modeswitch-data 20191128, with StandardEject). 0bda:8151 is
// not in that data: it is how adapters with Realtek's RTL8153 and RTL8156 come up that carry a disc image. SR9700
// adapters with a disc (0fe6:9702) need no ejecting: the network is beside the disc, drivers/net/usb/sr9700.c.
constexpr KnownCdrom kCdroms[] = {
    {{0x0bda, 0x8151}, "Realtek RTL8153 or RTL8156"},
    {{0x2357, 0x0600}, "TP-Link UE300"},
};

}  // namespace

const KnownAdapter* find_known_adapter(UsbId id) {
  const auto* const found = std::ranges::find(kAdapters, id, &KnownAdapter::id);
  return found == std::ranges::end(kAdapters) ? nullptr : found;
}

std::span<const KnownCdrom> known_cdroms() {
  return kCdroms;
}

const KnownCdrom* find_known_cdrom(UsbId id) {
  const auto* const found = std::ranges::find(kCdroms, id, &KnownCdrom::id);
  return found == std::ranges::end(kCdroms) ? nullptr : found;
}

}  // namespace kraken
