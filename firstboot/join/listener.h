// Where the join broker listens.
#pragma once

#include <cstdint>
#include <optional>

#include "base/ipv4.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace kraken {

// The socket that systemd has started this process for (sd_listen_fds(3)); nothing without.
std::optional<UniqueFd> inherited_listener();

// kIo when somebody else has the port, or no interface has the address.
Result<UniqueFd> listen_tcp(Ipv4 address, std::uint16_t port);

// On everyone who has not been accepted yet.
void hang_up_on_waiting(const UniqueFd& listener);

}  // namespace kraken
