// What a regular expression cannot say about a text. Each returns an empty text when the value is right, else what is
// wrong with it, to be put after the quoted value ("... is not a private address"). None quotes the value.
#pragma once

#include <string>
#include <string_view>

namespace kraken {

// An address with host bits, or one that no LAN has.
std::string check_subnet(std::string_view text);
std::string check_address_pool(std::string_view text);
// The same for a range of Kubernetes', which may be of the shared address space as well.
std::string check_cluster_range(std::string_view text);
// A name that belongs to the system's own users and groups.
std::string check_user(std::string_view text);
// A name that /etc/hosts or nss-myhostname gives another meaning.
std::string check_host_name(std::string_view text);
// Not a path that stays below the overlay.
std::string check_overlay_path(std::string_view text);
// Not a day of the calendar, or a time that FAT cannot hold.
std::string check_clock(std::string_view text);
// See ssh_key.h.
std::string check_authorized_key(std::string_view text);

}  // namespace kraken
