#include "net/netlink_message.h"

#include <linux/netlink.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "base/endian.h"
#include "base/text.h"

namespace kraken {

namespace {

// The kernel's macros for this (NLMSG_ALIGN, NLMSG_DATA, RTA_NEXT, ...) cast pointers and check nothing.
constexpr std::size_t kHeaderSize = sizeof(nlmsghdr);
constexpr std::size_t kAttributeHeaderSize = sizeof(nlattr);
// The error number and the request's header; its payload is left out (NETLINK_CAP_ACK).
constexpr std::size_t kErrorSize = sizeof(nlmsgerr);
static_assert(kHeaderSize == 16 && kAttributeHeaderSize == 4 && kErrorSize == 20);

constexpr std::size_t aligned(std::size_t size) {
  return (size + (NLMSG_ALIGNTO - 1)) & ~std::size_t{NLMSG_ALIGNTO - 1};
}

Error corrupt(std::string_view what) {
  return Error(ErrorCode::kCorrupt, "netlink: " + std::string(what));
}

// The explanation after an error (NETLINK_EXT_ACK); what is wrong with it is not worth losing the error for.
std::string explanation(const NetlinkMessage& message) {
  if ((message.flags & NLM_F_ACK_TLVS) == 0 || message.payload.size() < kErrorSize) return "";
  const auto attributes = NetlinkAttributes::parse(message.payload.subspan(kErrorSize));
  return attributes.ok() ? attributes->text(NLMSGERR_ATTR_MSG) : "";
}

// The errno of an NLMSG_ERROR, or of an NLMSG_DONE that ends a list which failed on the way. 0: none.
Status kernel_error(const NetlinkMessage& message) {
  const auto negated = read_native<std::int32_t>(message.payload, 0);
  if (!negated || *negated > 0 || *negated == std::numeric_limits<std::int32_t>::min()) {
    return corrupt("an end of the answer that says no error number");
  }
  if (*negated == 0) return ok_status();
  const std::string why = explanation(message);
  const Error error = Error::from_errno(-*negated, why.empty() ? "netlink" : "netlink: " + why);
  return error.sys_errno() == ENODEV ? error.recode(ErrorCode::kNotFound) : error;
}

bool is_end(const NetlinkMessage& message) {
  return message.type == NLMSG_ERROR || message.type == NLMSG_DONE;
}

}  // namespace

std::optional<Ipv4> read_ipv4(std::span<const std::byte> bytes, std::size_t offset) {
  const auto swapped = read_le<std::uint32_t>(bytes, offset);
  if (!swapped) return std::nullopt;
  return Ipv4{__builtin_bswap32(*swapped)};
}

Result<std::vector<NetlinkMessage>> split_netlink(std::span<const std::byte> datagram) {
  std::vector<NetlinkMessage> messages;
  while (!datagram.empty()) {
    const auto header = read_native<nlmsghdr>(datagram, 0);
    if (!header) return corrupt("the datagram ends within a header");
    if (header->nlmsg_len < kHeaderSize || header->nlmsg_len > datagram.size()) return corrupt("a message's length");
    messages.push_back({.type = header->nlmsg_type,
                        .flags = header->nlmsg_flags,
                        .sequence = header->nlmsg_seq,
                        .payload = datagram.subspan(kHeaderSize, header->nlmsg_len - kHeaderSize)});
    datagram = datagram.subspan(std::min(aligned(header->nlmsg_len), datagram.size()));
  }
  return messages;
}

Result<NetlinkAttributes> NetlinkAttributes::parse(std::span<const std::byte> bytes) {
  NetlinkAttributes attributes;
  // Fewer bytes than a header are padding: the kernel does not look at them either.
  while (bytes.size() >= kAttributeHeaderSize) {
    const auto header = *read_native<nlattr>(bytes, 0);
    if (header.nla_len < kAttributeHeaderSize || header.nla_len > bytes.size()) {
      return corrupt("an attribute's length");
    }
    attributes.all_.push_back({.type = static_cast<std::uint16_t>(header.nla_type & NLA_TYPE_MASK),
                               .value = bytes.subspan(kAttributeHeaderSize, header.nla_len - kAttributeHeaderSize)});
    bytes = bytes.subspan(std::min(aligned(header.nla_len), bytes.size()));
  }
  return attributes;
}

const NetlinkAttribute* NetlinkAttributes::find(std::uint16_t type) const {
  const auto found = std::find_if(all_.rbegin(), all_.rend(), [&](const auto& one) { return one.type == type; });
  return found == all_.rend() ? nullptr : &*found;
}

std::optional<std::uint32_t> NetlinkAttributes::u32(std::uint16_t type) const {
  const NetlinkAttribute* attribute = find(type);
  if (attribute == nullptr || attribute->value.size() != sizeof(std::uint32_t)) return std::nullopt;
  return read_native<std::uint32_t>(attribute->value, 0);
}

std::optional<Ipv4> NetlinkAttributes::ipv4(std::uint16_t type) const {
  const NetlinkAttribute* attribute = find(type);
  if (attribute == nullptr || attribute->value.size() != sizeof(std::uint32_t)) return std::nullopt;
  return read_ipv4(attribute->value, 0);
}

std::string NetlinkAttributes::text(std::uint16_t type) const {
  const NetlinkAttribute* attribute = find(type);
  if (attribute == nullptr) return "";
  const std::string_view text = as_text(attribute->value);
  return std::string(text.substr(0, text.find('\0')));
}

Result<AnswerPart> read_answer(std::span<const std::byte> datagram, std::uint32_t sequence, const MessageTaker& take) {
  KRAKEN_ASSIGN(const auto messages, split_netlink(datagram));
  AnswerPart part;
  for (const NetlinkMessage& message : messages) {
    if (message.sequence != sequence) continue;
    part.interrupted |= (message.flags & NLM_F_DUMP_INTR) != 0;
    if (message.type == NLMSG_NOOP) continue;
    if (message.type == NLMSG_OVERRUN) return corrupt("the kernel lost a part of its answer");
    if (is_end(message)) {
      KRAKEN_TRY(kernel_error(message));
      part.done = true;
      return part;
    }
    KRAKEN_TRY(take(message));
  }
  return part;
}

NetlinkRequest::NetlinkRequest(std::uint16_t type, std::uint16_t flags)
    : type_(type), flags_(static_cast<std::uint16_t>(flags | NLM_F_REQUEST)) {}

NetlinkRequest& NetlinkRequest::attribute(std::uint16_t type, std::uint32_t value) {
  return append_attribute(type, std::as_bytes(std::span(&value, 1)));
}

NetlinkRequest& NetlinkRequest::attribute(std::uint16_t type, std::string_view text) {
  const std::string with_nul = std::string(text) + '\0';
  return append_attribute(type, as_bytes(with_nul));
}

std::vector<std::byte> NetlinkRequest::bytes(std::uint32_t sequence) const {
  nlmsghdr header = {};
  header.nlmsg_len = static_cast<std::uint32_t>(kHeaderSize + payload_.size());
  header.nlmsg_type = type_;
  header.nlmsg_flags = flags_;
  header.nlmsg_seq = sequence;
  std::vector<std::byte> bytes(kHeaderSize);
  std::memcpy(bytes.data(), &header, sizeof header);
  bytes.insert(bytes.end(), payload_.begin(), payload_.end());
  return bytes;
}

NetlinkRequest& NetlinkRequest::append(std::span<const std::byte> bytes) {
  payload_.insert(payload_.end(), bytes.begin(), bytes.end());
  payload_.resize(aligned(payload_.size()));
  return *this;
}

NetlinkRequest& NetlinkRequest::append_attribute(std::uint16_t type, std::span<const std::byte> value) {
  nlattr header = {};
  header.nla_len = static_cast<std::uint16_t>(kAttributeHeaderSize + value.size());
  header.nla_type = type;
  append(std::as_bytes(std::span(&header, 1)));
  return append(value);
}

}  // namespace kraken
