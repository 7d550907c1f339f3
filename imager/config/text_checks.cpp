#include "config/text_checks.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/ipv4.h"
#include "base/text.h"
#include "config/ssh_key.h"
#include "contract/join_settings.h"
#include "sys/clock.h"

namespace kraken {

namespace {

// Users and groups that Debian's base-passwd and the packages of Raspberry Pi OS Lite make: useradd refuses a name that
// a user or a group has.
constexpr std::array<std::string_view, 71> kSystemNames = {"root",
                                                           "daemon",
                                                           "bin",
                                                           "sys",
                                                           "sync",
                                                           "games",
                                                           "man",
                                                           "lp",
                                                           "mail",
                                                           "news",
                                                           "uucp",
                                                           "proxy",
                                                           "www-data",
                                                           "backup",
                                                           "list",
                                                           "irc",
                                                           "gnats",
                                                           "nobody",
                                                           "nogroup",
                                                           "messagebus",
                                                           "sshd",
                                                           "ssh",
                                                           "avahi",
                                                           "dnsmasq",
                                                           "polkitd",
                                                           "rtkit",
                                                           "statd",
                                                           "tss",
                                                           "uuidd",
                                                           "usbmux",
                                                           "pulse",
                                                           "saned",
                                                           "geoclue",
                                                           "colord",
                                                           "ntp",
                                                           "ntpsec",
                                                           "adm",
                                                           "tty",
                                                           "disk",
                                                           "dialout",
                                                           "fax",
                                                           "voice",
                                                           "cdrom",
                                                           "floppy",
                                                           "tape",
                                                           "sudo",
                                                           "audio",
                                                           "dip",
                                                           "operator",
                                                           "src",
                                                           "shadow",
                                                           "utmp",
                                                           "video",
                                                           "sasl",
                                                           "plugdev",
                                                           "staff",
                                                           "users",
                                                           "kmem",
                                                           "input",
                                                           "sgx",
                                                           "kvm",
                                                           "render",
                                                           "crontab",
                                                           "netdev",
                                                           "spi",
                                                           "i2c",
                                                           "gpio",
                                                           "lpadmin",
                                                           "docker",
                                                           "bluetooth",
                                                           "rpi-first-boot-wizard"};

constexpr std::array<std::string_view, 8> kTakenHosts = {"localhost",    "gateway",      "ip6-localhost",
                                                         "ip6-loopback", "ip6-allnodes", "ip6-allrouters",
                                                         "ip6-localnet", "broadcasthost"};

template <typename Words>
bool is_one_of(std::string_view text, const Words& words) {
  return std::ranges::find(words, text) != words.end();
}

}  // namespace

std::string check_subnet(std::string_view text) {
  const auto subnet = parse_ipv4_subnet(text);
  if (!subnet) return "has bits set after the prefix; the subnet's own address ends in zeros";
  const std::uint32_t first = subnet->network.bits >> 24U;
  // RFC 6890: 0/8 is "this network", 127/8 loopback, and from 224 on there are multicast and reserved addresses.
  if (first == 0 || first == 127 || first >= 224) return "is not a network that hosts can have addresses in";
  return "";
}

std::string check_address_pool(std::string_view text) {
  const auto pool = parse_ipv4_subnet(text);
  if (!pool) return "has bits set after the prefix";
  if (pool->is_private()) return "";
  return "is no private range (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, or a part of one)";
}

std::string check_cluster_range(std::string_view text) {
  const auto range = parse_ipv4_subnet(text);
  if (!range) return "has bits set after the prefix";
  if (is_cluster_range(*range)) return "";
  return "is no private range (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, or a part of one)";
}

std::string check_user(std::string_view text) {
  if (is_one_of(text, kSystemNames) || text.starts_with("systemd-")) {
    return "is a user or group of the system; choose another name";
  }
  return "";
}

std::string check_host_name(std::string_view text) {
  if (is_one_of(text, kTakenHosts)) return "means something else on every host; choose another name";
  return "";
}

std::string check_overlay_path(std::string_view text) {
  for (const std::string& part : split(text, '/')) {
    if (part == "." || part == "..") return "has . or .. in it; write the path without";
  }
  return "";
}

std::string check_clock(std::string_view text) {
  const auto time = parse_utc(text);
  if (!time.ok()) return "is no time of the calendar";
  // FAT counts years in seven bits from 1980: Microsoft FAT specification, section 6.
  const std::chrono::year year = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(*time)).year();
  if (year < std::chrono::year(1980) || year > std::chrono::year(2107)) {
    return "is out of what FAT holds, the years 1980 to 2107";
  }
  return "";
}

std::string check_authorized_key(std::string_view text) {
  const auto key = parse_ssh_key(text);
  return key.ok() ? "" : key.error().what();
}

}  // namespace kraken
