#include "net/netlink_socket.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/datagram.h"

namespace kraken {

namespace {

// The kernel answers at once, but for those who hold its lock for the network: drivers that load firmware, say.
constexpr std::chrono::seconds kPatience{10};
// The kernel makes the datagrams of a list as long as the reader's buffer, and never longer than 32 KiB (netlink_dump).
constexpr std::size_t kLongestAnswer = std::size_t{64} << 10;

// At boot links come and go, but not for ever.
constexpr int kListAttempts = 10;

}  // namespace

Result<NetlinkSocket> NetlinkSocket::open() {
  UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!fd.valid()) return Error::from_errno(errno, "open a netlink socket");
  // Explanations of errors, and no copy of the request before them. Kernels too old for either answer all the same.
  const int on = 1;
  for (const int option : {NETLINK_EXT_ACK, NETLINK_CAP_ACK}) {
    static_cast<void>(::setsockopt(fd.get(), SOL_NETLINK, option, &on, sizeof on));
  }
  // From then on the kernel lets nobody else send to this socket.
  sockaddr_nl kernel = {};
  kernel.nl_family = AF_NETLINK;
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) != 0) {
    const int saved = errno;
    return Error::from_errno(saved, "connect a netlink socket");
  }
  return NetlinkSocket(std::move(fd));
}

Status NetlinkSocket::send(const NetlinkRequest& request) {
  const std::vector<std::byte> bytes = request.bytes(++sequence_);
  while (true) {
    if (::send(fd_.get(), bytes.data(), bytes.size(), 0) >= 0) return ok_status();
    const int saved = errno;
    if (saved != EINTR) return Error::from_errno(saved, "netlink: send");
  }
}

Result<bool> NetlinkSocket::ask(const NetlinkRequest& request, const MessageTaker& take) {
  KRAKEN_TRY(send(request));
  const Deadline deadline = std::chrono::steady_clock::now() + kPatience;
  bool interrupted = false;
  while (true) {
    KRAKEN_ASSIGN(const auto datagram, receive_datagram(fd_.get(), kLongestAnswer, deadline));
    if (!datagram) return Error::from_errno(ETIMEDOUT, "netlink: no answer");
    if (datagram->cut) return Error::from_errno(EMSGSIZE, "netlink: receive");
    KRAKEN_ASSIGN(const AnswerPart part, read_answer(datagram->bytes, sequence_, take));
    interrupted |= part.interrupted;
    if (part.done) return interrupted;
  }
}

Status NetlinkSocket::list(const NetlinkRequest& request, const std::function<void()>& start,
                           const MessageTaker& take) {
  for (int attempt = 0; attempt < kListAttempts; ++attempt) {
    start();
    KRAKEN_ASSIGN(const bool interrupted, ask(request, take));
    if (!interrupted) return ok_status();
  }
  return Error(ErrorCode::kIo, "netlink: the list does not stop changing");
}

Status NetlinkSocket::tell(const NetlinkRequest& request) {
  KRAKEN_TRY(ask(request, [](const NetlinkMessage&) { return ok_status(); }));
  return ok_status();
}

}  // namespace kraken
