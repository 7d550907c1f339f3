// How a node, or the workstation, asks the join broker.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/ipv4.h"
#include "contract/node_record.h"
#include "join/connect.h"
#include "join/deadline.h"
#include "join/protocol.h"
#include "join/psk_channel.h"

namespace kraken {

// One question over a connection of its own. kIo when nobody is there or answers in time; kCorrupt when who answers
// does not have the same key, or breaks the protocol.
Result<Answer> ask_broker(const TcpAddress& broker, const PskClient& client, const Question& question,
                          Deadline deadline);

// A node's view of the brokers of its managers, behind an interface so that tests can pretend them.
class JoinBroker {
 public:
  virtual ~JoinBroker() = default;
  // As ask_broker(); kNotFound when this node has no key (any more). Ends within a few seconds.
  virtual Result<Answer> ask(const NodeRecord& record, Ipv4 manager, const Question& question) = 0;
};

// With the key of the node's secrets, which are read for every question and not kept.
class TlsJoinBroker final : public JoinBroker {
 public:
  explicit TlsJoinBroker(std::filesystem::path root) : root_(std::move(root)) {}
  Result<Answer> ask(const NodeRecord& record, Ipv4 manager, const Question& question) override;

 private:
  std::filesystem::path root_;
};

}  // namespace kraken
