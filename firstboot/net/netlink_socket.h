// A socket to rtnetlink (man 7 rtnetlink): one request at a time, and its whole answer. After a failure the
// kernel may still be telling a list: drop the socket. One thread.
#pragma once

#include "base/unique_fd.h"
#include "net/netlink_message.h"

namespace kraken {

class NetlinkSocket {
 public:
  static Result<NetlinkSocket> open();
  // A datagram socket that is connected to what answers as the kernel does: for tests.
  explicit NetlinkSocket(UniqueFd connected) : fd_(std::move(connected)) {}

  // Sends the request and hands every message of the answer to `take`, up to its end: requests need NLM_F_ACK or
  // NLM_F_DUMP, or there is none. True when the list changed while it was told, and is not to be relied on.
  // As read_answer() fails; kIo when the kernel does not answer within ten seconds, or at greater length than it may.
  Result<bool> ask(const NetlinkRequest& request, const MessageTaker& take);
  // Asks for a list, and again when it changed while it was told: `start` begins anew. kIo when it always does.
  Status list(const NetlinkRequest& request, const std::function<void()>& start, const MessageTaker& take);
  // For a request that is answered by success or failure.
  Status tell(const NetlinkRequest& request);

 private:
  Status send(const NetlinkRequest& request);

  UniqueFd fd_;
  std::uint32_t sequence_ = 0;
};

}  // namespace kraken
