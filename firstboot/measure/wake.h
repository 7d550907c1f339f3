// How a node has another one's measuring server started: a TCP connection to a port at which systemd listens for it.
// Nothing is said over the connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/ipv4.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace kraken {

// Connects and hangs up. A peer that is not up yet is tried again for so long; at least once. kIo with what the last
// try said.
Status wake_measure_server(Ipv4 peer, std::uint16_t port, std::chrono::seconds patience);

// The listening socket that systemd started this process with.
class WakeSocket {
 public:
  // Nothing when this process was not started for a socket (sd_listen_fds(3)).
  static std::optional<WakeSocket> inherited();

  // Hangs up on everyone who waits. One who is left waiting would have the server started again at once.
  void drain();

 private:
  explicit WakeSocket(UniqueFd socket) : socket_(std::move(socket)) {}

  UniqueFd socket_;
};

}  // namespace kraken
