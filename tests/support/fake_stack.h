// A board's interfaces and its NetworkManager, pretended: once the files that it is to find are there, and it is told
// to look, the node's address and routes are there.
#pragma once

#include <algorithm>
#include <filesystem>

#include "contract/node_record.h"
#include "facts/network_facts.h"
#include "stack/files.h"
#include "support/fake_network.h"
#include "support/fake_sysfs.h"

namespace kraken::test {

inline constexpr int kOnboardLink = 2;
inline constexpr int kAdapterLink = 3;
inline constexpr int kBondLink = 9;

inline Link fake_link(int index, const std::string& name) {
  Link link;
  link.index = index;
  link.name = name;
  link.up = true;
  link.carrier = true;
  return link;
}

// A Raspberry Pi 3B with an adapter in its second socket, and a gateway that answers.
inline void add_board_with_adapter(const std::filesystem::path& root) {
  FakeSysfs sysfs(root);
  sysfs.add_board(Board::kPi3B);
  sysfs.plug(r8152("eth1", "1-1.2"));
}

inline FakeNetwork fake_network_of_board(const NodeRecord& record) {
  FakeNetwork network;
  network.network.links = {fake_link(kOnboardLink, "eth0"), fake_link(kAdapterLink, "eth1")};
  network.set_answer(record.network.gateway, *parse_mac("52:55:00:00:00:01"));
  return network;
}

inline void give_address(int link, const NodeRecord& record, NetworkState& state) {
  state.addresses.push_back({link, record.network.address, record.network.prefix});
  state.routes.push_back({link, {}, record.network.gateway, 50});
}

// An interface alone, which got its name from first boot or from udev.
inline void play_single(const std::string& interface, const NodeRecord& record, NetworkState& state) {
  const auto link = std::ranges::find(state.links, interface, &Link::name);
  if (link == state.links.end() || !state.addresses.empty()) return;
  link->up = link->carrier = true;
  give_address(link->index, record, state);
}

// NetworkManager, or another such service, reads its files: with all of them there, the bond and what it carries
// appear.
inline void play_network_manager(const std::filesystem::path& root, const NodeRecord& record, FakeNetwork& network) {
  NetworkState& state = network.network;
  const NetworkFacts facts = gather_network(root, record, network);
  if (!facts.config || state.find_link(kBondLink) != nullptr) return;
  for (const StackFile& file : facts.config->files) {
    const auto found = facts.files.find(file.path);
    if (found == facts.files.end() || found->second.content != file.content) return;
  }
  if (facts.config->interface != kBondName) return play_single(facts.config->interface, record, state);
  Link bond = fake_link(kBondLink, facts.config->interface);
  bond.kind = "bond";
  for (Link& port : state.links) {
    port.master = kBondLink;
    port.name = port.index == kAdapterLink ? "kr-usb0" : "kr-lan0";  // as udev has named them if first boot has not
    port.up = port.carrier = true;
  }
  state.links.push_back(bond);
  give_address(kBondLink, record, state);
}

}  // namespace kraken::test
