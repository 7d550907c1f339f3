// The network of the running kernel: rtnetlink, packet sockets and the ethtool ioctl, in the network namespace of the
// thread that calls. Holds nothing between calls. Changes and ARP need CAP_NET_ADMIN and CAP_NET_RAW.
#pragma once

#include "net/network.h"

namespace kraken {

class LinuxNetwork final : public Network {
 public:
  Result<NetworkState> state() const override;
  Status set_link_up(int link) override;
  Status set_link_down(int link) override;
  Status delete_link(int link) override;
  Status rename_link(int link, std::string_view name) override;
  Status set_tx_queue_length(int link, std::uint32_t packets) override;
  Status replace_root_queueing(int link, std::string_view discipline) override;
  Result<std::optional<bool>> eee_enabled(int link) const override;
  Status set_eee(int link, bool enabled) override;
  Result<std::optional<MacAddress>> ask_arp(int link, Ipv4 sender, Ipv4 address,
                                            std::chrono::milliseconds limit) override;
};

}  // namespace kraken
