#include "net/netlink_dump.h"

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/text.h"

namespace kraken {

namespace {

template <typename T>
struct Parsed {
  T fixed;
  NetlinkAttributes attributes;
};

Error corrupt(std::string_view what) {
  return Error(ErrorCode::kCorrupt, "netlink: " + std::string(what));
}

// The fixed header of a message, and the attributes after it.
template <typename T>
Result<Parsed<T>> parse_message(std::span<const std::byte> payload) {
  static_assert(sizeof(T) % NLMSG_ALIGNTO == 0);
  const auto fixed = read_native<T>(payload, 0);
  if (!fixed) return corrupt("a message without its fixed part");
  KRAKEN_ASSIGN(auto attributes, NetlinkAttributes::parse(payload.subspan(sizeof(T))));
  return Parsed<T>{*fixed, std::move(attributes)};
}

// Other lengths are InfiniBand, tunnels and the like; all zeros stand for "none".
std::optional<MacAddress> mac_of(const NetlinkAttributes& attributes, std::uint16_t type) {
  const NetlinkAttribute* attribute = attributes.find(type);
  MacAddress mac;
  if (attribute == nullptr || attribute->value.size() != mac.bytes.size()) return std::nullopt;
  std::memcpy(mac.bytes.data(), attribute->value.data(), mac.bytes.size());
  if (mac == MacAddress{}) return std::nullopt;
  return mac;
}

Result<std::string> kind_of(const NetlinkAttributes& link) {
  const NetlinkAttribute* info = link.find(IFLA_LINKINFO);
  if (info == nullptr) return std::string();
  KRAKEN_ASSIGN(const auto nested, NetlinkAttributes::parse(info->value));
  return nested.text(IFLA_INFO_KIND);
}

// What all next hops of a route have in common.
Result<std::optional<Route>> parse_destination(const rtmsg& fixed, const NetlinkAttributes& attributes) {
  const std::uint32_t table = attributes.u32(RTA_TABLE).value_or(fixed.rtm_table);
  // RTM_F_CLONED: an exception that was learned (a path MTU, a redirect), listed among the routes.
  const bool wanted = fixed.rtm_family == AF_INET && fixed.rtm_type == RTN_UNICAST && table == RT_TABLE_MAIN &&
                      (fixed.rtm_flags & RTM_F_CLONED) == 0;
  if (!wanted) return std::optional<Route>();
  Route route;
  route.destination = {attributes.ipv4(RTA_DST).value_or(Ipv4{}), fixed.rtm_dst_len};
  if (fixed.rtm_dst_len > 32 || (route.destination.network.bits & ~route.destination.mask()) != 0) {
    return corrupt("a route's prefix");
  }
  route.metric = attributes.u32(RTA_PRIORITY).value_or(0);
  return std::optional(route);
}

// RTA_VIA is a gateway of another family.
void add_hop(std::vector<Route>& routes, Route route, int link, const NetlinkAttributes& attributes) {
  if (link <= 0 || attributes.find(RTA_VIA) != nullptr) return;
  route.link = link;
  route.gateway = attributes.ipv4(RTA_GATEWAY);
  routes.push_back(route);
}

// struct rtnexthop, its attributes, and the next one after them.
Status add_hops(std::vector<Route>& routes, const Route& route, std::span<const std::byte> hops) {
  while (hops.size() >= sizeof(rtnexthop)) {
    const auto hop = *read_native<rtnexthop>(hops, 0);
    if (hop.rtnh_len < sizeof(rtnexthop) || hop.rtnh_len > hops.size()) return corrupt("a next hop's length");
    const auto inner = hops.subspan(sizeof(rtnexthop), hop.rtnh_len - sizeof(rtnexthop));
    KRAKEN_ASSIGN(const auto attributes, NetlinkAttributes::parse(inner));
    add_hop(routes, route, hop.rtnh_ifindex, attributes);
    const std::size_t step = (std::size_t{hop.rtnh_len} + 3) & ~std::size_t{3};
    hops = hops.subspan(std::min(step, hops.size()));
  }
  return ok_status();
}

}  // namespace

Result<Link> parse_link(std::span<const std::byte> payload) {
  KRAKEN_ASSIGN(const auto message, parse_message<ifinfomsg>(payload));
  const auto& [fixed, attributes] = message;
  Link link;
  link.index = fixed.ifi_index;
  link.name = attributes.text(IFLA_IFNAME);
  if (link.index <= 0 || link.name.empty() || link.name.size() >= IFNAMSIZ) return corrupt("a link without a name");
  link.mac = mac_of(attributes, IFLA_ADDRESS);
  link.permanent_mac = mac_of(attributes, IFLA_PERM_ADDRESS);
  KRAKEN_ASSIGN(link.kind, kind_of(attributes));
  link.master = static_cast<int>(attributes.u32(IFLA_MASTER).value_or(0));
  link.up = (fixed.ifi_flags & IFF_UP) != 0;
  link.carrier = (fixed.ifi_flags & IFF_LOWER_UP) != 0;
  link.tx_queue_length = attributes.u32(IFLA_TXQLEN).value_or(0);
  link.queueing = attributes.text(IFLA_QDISC);
  return link;
}

Result<std::optional<LinkAddress>> parse_address(std::span<const std::byte> payload) {
  KRAKEN_ASSIGN(const auto message, parse_message<ifaddrmsg>(payload));
  const auto& [fixed, attributes] = message;
  if (fixed.ifa_family != AF_INET) return std::optional<LinkAddress>();
  // IFA_ADDRESS is the other end's on a point-to-point link.
  auto address = attributes.ipv4(IFA_LOCAL);
  if (!address) address = attributes.ipv4(IFA_ADDRESS);
  if (!address || fixed.ifa_prefixlen > 32) return corrupt("an IPv4 address without an address");
  return std::optional(LinkAddress{static_cast<int>(fixed.ifa_index), *address, fixed.ifa_prefixlen});
}

Result<std::vector<Route>> parse_routes(std::span<const std::byte> payload) {
  KRAKEN_ASSIGN(const auto message, parse_message<rtmsg>(payload));
  const auto& [fixed, attributes] = message;
  std::vector<Route> routes;
  KRAKEN_ASSIGN(const auto route, parse_destination(fixed, attributes));
  if (!route) return routes;
  if (const NetlinkAttribute* hops = attributes.find(RTA_MULTIPATH)) {
    KRAKEN_TRY(add_hops(routes, *route, hops->value));
  } else {
    add_hop(routes, *route, static_cast<int>(attributes.u32(RTA_OIF).value_or(0)), attributes);
  }
  return routes;
}

}  // namespace kraken
