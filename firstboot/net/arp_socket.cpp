// The half of arp.h that talks to the wire.
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "base/endian.h"
#include "base/unique_fd.h"
#include "net/arp.h"
#include "net/datagram.h"

namespace kraken {

namespace {

constexpr int kAttempts = 3;
// With Ethernet's padding an ARP packet is 46 bytes; the rest of a longer one is nobody's business.
constexpr std::size_t kLongestPacket = 64;

sockaddr_ll link_address(int link) {
  sockaddr_ll address = {};
  address.sll_family = AF_PACKET;
  address.sll_protocol = __builtin_bswap16(ETH_P_ARP);
  address.sll_ifindex = link;
  return address;
}

// Opened for no protocol: between socket() and bind() it would be given the packets of every link.
Result<UniqueFd> open_arp_socket(int link) {
  UniqueFd fd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return Error::from_errno(errno, "open a packet socket");
  const sockaddr_ll address = link_address(link);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return Error::from_errno(errno, "bind a packet socket");
  }
  return fd;
}

Status send_question(int fd, const ArpQuestion& question) {
  const auto packet =
      format_arp({.sender_mac = question.mac, .sender = question.sender, .target_mac = {}, .target = question.address});
  sockaddr_ll everyone = link_address(question.link);
  everyone.sll_halen = ETH_ALEN;
  std::fill_n(everyone.sll_addr, ETH_ALEN, std::uint8_t{0xff});
  while (true) {
    const auto* address = reinterpret_cast<const sockaddr*>(&everyone);
    if (::sendto(fd, packet.data(), packet.size(), 0, address, sizeof everyone) >= 0) return ok_status();
    const int saved = errno;
    if (saved != EINTR) return Error::from_errno(saved, "send an ARP request");
  }
}

Result<std::optional<MacAddress>> answer_until(int fd, const ArpQuestion& question, Deadline deadline) {
  // The clock is looked at, too: on a busy segment there is always a next packet.
  do {
    KRAKEN_ASSIGN(const auto datagram, receive_datagram(fd, kLongestPacket, deadline));
    if (!datagram) break;
    const auto packet = parse_arp(datagram->bytes);
    if (packet && is_answer(*packet, question)) return std::optional(packet->sender_mac);
  } while (std::chrono::steady_clock::now() < deadline);
  return std::optional<MacAddress>();
}

}  // namespace

Result<std::optional<MacAddress>> ask_over_ethernet(const ArpQuestion& question, std::chrono::milliseconds limit) {
  KRAKEN_ASSIGN(const UniqueFd fd, open_arp_socket(question.link));
  const Deadline start = std::chrono::steady_clock::now();
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    KRAKEN_TRY(send_question(fd.get(), question));
    KRAKEN_ASSIGN(const auto answer, answer_until(fd.get(), question, start + limit * attempt / kAttempts));
    if (answer) return answer;
  }
  return std::optional<MacAddress>();
}

}  // namespace kraken
