// `kraken-firstboot join-broker`: as kraken-join.service, on managers.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace kraken {

struct JoinBrokerOptions {
  std::filesystem::path root;
  std::filesystem::path record;
  std::filesystem::path socket;  // Docker's
};

// Answers the nodes of the cluster on the socket that systemd has passed, or on the record's address and port, until
// all nodes are in and nobody came for a minute, or until nobody came for ten. kConfig when this node's card does not
// make it a broker; kIo when it cannot listen.
Result<std::string> join_broker_command(const JoinBrokerOptions& options);

}  // namespace kraken
