// A Network that a test describes: links, addresses and routes as they are set, neighbours that answer to ARP, drivers
// with EEE, and changes that fail. What is changed shows in the state, and is recorded.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "net/network.h"

namespace kraken::test {

class FakeNetwork final : public Network {
 public:
  struct Question {
    int link = 0;
    Ipv4 sender;
    Ipv4 address;
    friend bool operator==(const Question&, const Question&) = default;
  };

  FakeNetwork() = default;
  explicit FakeNetwork(NetworkState state) : network(std::move(state)) {}

  NetworkState network;
  std::map<int, bool> eee;  // by link; a link that is not here has none to switch

  // A neighbour that answers on every link, or on this link alone.
  void set_answer(Ipv4 address, const MacAddress& mac) { answers_[{kEveryLink, address}] = mac; }
  void set_answer(int link, Ipv4 address, const MacAddress& mac) { answers_[{link, address}] = mac; }
  void clear_answers() { answers_.clear(); }
  // `change` as changes() has it, "state", or "ask" for every ask_arp.
  void set_failure(const std::string& change, Error error) { failures_.insert_or_assign(change, std::move(error)); }

  // In the order they were asked for, also those that failed: "up eth1", "down eth1", "rename eth1 kr-usb0",
  // "txqueuelen eth1 1000", "queueing eth1 fq", "eee eth1 off".
  const std::vector<std::string>& changes() const { return changes_; }
  const std::vector<Question>& questions() const { return questions_; }

  Result<NetworkState> state() const override {
    KRAKEN_TRY(failure_of("state"));
    return network;
  }
  Status set_link_up(int link) override {
    return change(link, "up", "", [](Link& at) { return (at.up = true, ok_status()); });
  }
  Status set_link_down(int link) override {
    return change(link, "down", "", [](Link& at) { return (at.up = at.carrier = false, ok_status()); });
  }
  Status delete_link(int link) override {
    KRAKEN_TRY(change(link, "delete", "", [](Link&) { return ok_status(); }));
    std::erase_if(network.links, [link](const Link& at) { return at.index == link; });
    std::erase_if(network.addresses, [link](const LinkAddress& at) { return at.link == link; });
    std::erase_if(network.routes, [link](const Route& at) { return at.link == link; });
    return ok_status();
  }
  Status rename_link(int link, std::string_view name) override {
    return change(link, "rename", std::string(name), [&](Link& at) -> Status {
      const Link* other = network.find_link(name);
      if (other != nullptr && other != &at) return Error(ErrorCode::kAlreadyExists, "rename: File exists");
      if (at.up) return Error(ErrorCode::kIo, "rename: Device or resource busy");
      at.name = name;
      return ok_status();
    });
  }
  Status set_tx_queue_length(int link, std::uint32_t packets) override {
    return change(link, "txqueuelen", std::to_string(packets),
                  [&](Link& at) { return (at.tx_queue_length = packets, ok_status()); });
  }
  Status replace_root_queueing(int link, std::string_view discipline) override {
    return change(link, "queueing", std::string(discipline),
                  [&](Link& at) { return (at.queueing = discipline, ok_status()); });
  }
  Result<std::optional<bool>> eee_enabled(int link) const override {
    if (network.find_link(link) == nullptr) return no_link();
    const auto found = eee.find(link);
    return found == eee.end() ? std::optional<bool>() : found->second;
  }
  Status set_eee(int link, bool enabled) override {
    return change(link, "eee", enabled ? "on" : "off", [&](Link& at) -> Status {
      if (!eee.contains(at.index)) return Error(ErrorCode::kUnsupported, "eee: Operation not supported");
      eee[at.index] = enabled;
      return ok_status();
    });
  }
  Result<std::optional<MacAddress>> ask_arp(int link, Ipv4 sender, Ipv4 address,
                                            std::chrono::milliseconds /*limit*/) override {
    questions_.push_back({link, sender, address});
    KRAKEN_TRY(failure_of("ask"));
    const Link* at = network.find_link(link);
    if (at == nullptr) return no_link();
    if (!at->up || !at->carrier) return Error(ErrorCode::kIo, at->name + " has no carrier");
    for (const int where : {link, kEveryLink}) {
      const auto found = answers_.find({where, address});
      if (found != answers_.end()) return std::optional(found->second);
    }
    return std::optional<MacAddress>();
  }

 private:
  static constexpr int kEveryLink = 0;

  static Error no_link() { return Error(ErrorCode::kNotFound, "no such link"); }

  Status failure_of(const std::string& what) const {
    const auto found = failures_.find(what);
    return found == failures_.end() ? ok_status() : Status(found->second);
  }

  template <typename Work>
  Status change(int link, const std::string& verb, const std::string& value, const Work& work) {
    for (Link& at : network.links) {
      if (at.index != link) continue;
      const std::string what = verb + " " + at.name + (value.empty() ? "" : " " + value);
      changes_.push_back(what);
      KRAKEN_TRY(failure_of(what));
      return work(at);
    }
    return no_link();
  }

  std::map<std::pair<int, Ipv4>, MacAddress> answers_;
  std::map<std::string, Error> failures_;
  std::vector<std::string> changes_;
  std::vector<Question> questions_;
};

}  // namespace kraken::test
