// A TCP connection to another node.
#pragma once

#include <cstdint>

#include "base/ipv4.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "join/deadline.h"

namespace kraken {

struct TcpAddress {
  Ipv4 address;
  std::uint16_t port = 0;
};

// Not blocking. kIo when nobody listens there, or nobody answers in time.
Result<UniqueFd> connect_tcp(const TcpAddress& peer, const Deadline& deadline);

// Whether somebody listens, behind an interface so that tests can say so.
class PortProbe {
 public:
  virtual ~PortProbe() = default;
  // kIo when not, with why. Ends within a few seconds.
  virtual Status knock(const TcpAddress& peer) = 0;
};

class TcpPortProbe final : public PortProbe {
 public:
  Status knock(const TcpAddress& peer) override;
};

}  // namespace kraken
