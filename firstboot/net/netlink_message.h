// Netlink messages as bytes: taken apart and put together without a socket, and without laying a struct over bytes that
// came from outside (linux/netlink.h, linux/rtnetlink.h). Numbers are in the machine's byte order. Views do not own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/ipv4.h"
#include "base/result.h"

namespace kraken {

// Nothing when it does not lie wholly inside `bytes`.
template <typename T>
std::optional<T> read_native(std::span<const std::byte> bytes, std::size_t offset) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}
// Addresses are in the network's byte order, everywhere.
std::optional<Ipv4> read_ipv4(std::span<const std::byte> bytes, std::size_t offset);

struct NetlinkMessage {
  std::uint16_t type = 0;
  std::uint16_t flags = 0;
  std::uint32_t sequence = 0;
  std::span<const std::byte> payload;
};

// The messages of one datagram. kCorrupt when a length leads out of it or says less than a header.
Result<std::vector<NetlinkMessage>> split_netlink(std::span<const std::byte> datagram);

struct NetlinkAttribute {
  std::uint16_t type = 0;  // without the flags for "nested" and "in network byte order"
  std::span<const std::byte> value;
};

// The attributes of a message after its fixed header, or those nested in another attribute. Of one that is there twice
// the last counts, as in the kernel.
class NetlinkAttributes {
 public:
  // kCorrupt when a length leads out of the bytes or says less than a header.
  static Result<NetlinkAttributes> parse(std::span<const std::byte> bytes);

  const std::vector<NetlinkAttribute>& all() const { return all_; }
  const NetlinkAttribute* find(std::uint16_t type) const;
  // Nothing when the attribute is not there, or has another size than a number of 32 bits or an address.
  std::optional<std::uint32_t> u32(std::uint16_t type) const;
  std::optional<Ipv4> ipv4(std::uint16_t type) const;
  // Up to the first NUL; "" when there is none.
  std::string text(std::uint16_t type) const;

 private:
  std::vector<NetlinkAttribute> all_;
};

// What one datagram of an answer brought.
struct AnswerPart {
  bool done = false;
  bool interrupted = false;  // what was listed changed meanwhile: the list has to be asked for again
};

using MessageTaker = std::function<Status(const NetlinkMessage&)>;

// Hands the messages that answer request `sequence` to `take`, up to the end of the answer; those of other requests are
// passed over. An error that the kernel reports comes back with its errno and, where it gave one, its explanation:
// kNotFound for ENODEV too. kCorrupt for bytes that are no netlink, or what `take` fails with.
Result<AnswerPart> read_answer(std::span<const std::byte> datagram, std::uint32_t sequence, const MessageTaker& take);

// Puts a request together; its length and its sequence number come last.
class NetlinkRequest {
 public:
  NetlinkRequest(std::uint16_t type, std::uint16_t flags);

  template <typename T>
  NetlinkRequest& header(const T& fixed) {
    static_assert(std::is_trivially_copyable_v<T>);
    return append(std::as_bytes(std::span(&fixed, 1)));
  }
  NetlinkRequest& attribute(std::uint16_t type, std::uint32_t value);
  // With the NUL that the kernel wants after it.
  NetlinkRequest& attribute(std::uint16_t type, std::string_view text);

  std::vector<std::byte> bytes(std::uint32_t sequence) const;

 private:
  NetlinkRequest& append(std::span<const std::byte> bytes);
  NetlinkRequest& append_attribute(std::uint16_t type, std::span<const std::byte> value);

  std::uint16_t type_;
  std::uint16_t flags_;
  std::vector<std::byte> payload_;
};

}  // namespace kraken
