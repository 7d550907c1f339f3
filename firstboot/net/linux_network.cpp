#include "net/linux_network.h"

#include <linux/if.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/arp.h"
#include "net/eee.h"
#include "net/netlink_dump.h"
#include "net/netlink_socket.h"

namespace kraken {

namespace {

Result<std::vector<Link>> list_links(NetlinkSocket& socket) {
  std::vector<Link> links;
  const auto request = NetlinkRequest(RTM_GETLINK, NLM_F_DUMP).header(ifinfomsg{});
  const auto take = [&](const NetlinkMessage& message) -> Status {
    if (message.type != RTM_NEWLINK) return ok_status();
    KRAKEN_ASSIGN(Link link, parse_link(message.payload));
    links.push_back(std::move(link));
    return ok_status();
  };
  const auto start = [&] { links.clear(); };
  KRAKEN_TRY(socket.list(request, start, take).with_context("list the links"));
  return links;
}

Result<std::vector<LinkAddress>> list_addresses(NetlinkSocket& socket) {
  std::vector<LinkAddress> addresses;
  ifaddrmsg wanted = {};
  wanted.ifa_family = AF_INET;
  const auto request = NetlinkRequest(RTM_GETADDR, NLM_F_DUMP).header(wanted);
  const auto take = [&](const NetlinkMessage& message) -> Status {
    if (message.type != RTM_NEWADDR) return ok_status();
    KRAKEN_ASSIGN(const auto address, parse_address(message.payload));
    if (address) addresses.push_back(*address);
    return ok_status();
  };
  const auto start = [&] { addresses.clear(); };
  KRAKEN_TRY(socket.list(request, start, take).with_context("list the addresses"));
  return addresses;
}

Result<std::vector<Route>> list_routes(NetlinkSocket& socket) {
  std::vector<Route> routes;
  rtmsg wanted = {};
  wanted.rtm_family = AF_INET;
  const auto request = NetlinkRequest(RTM_GETROUTE, NLM_F_DUMP).header(wanted);
  const auto take = [&](const NetlinkMessage& message) -> Status {
    if (message.type != RTM_NEWROUTE) return ok_status();
    KRAKEN_ASSIGN(const auto some, parse_routes(message.payload));
    routes.insert(routes.end(), some.begin(), some.end());
    return ok_status();
  };
  const auto start = [&] { routes.clear(); };
  KRAKEN_TRY(socket.list(request, start, take).with_context("list the routes"));
  return routes;
}

// Not RTM_NEWLINK: that would create one.
NetlinkRequest change_of(int link, unsigned flags, unsigned which_flags) {
  ifinfomsg fixed = {};
  fixed.ifi_family = AF_UNSPEC;
  fixed.ifi_index = link;
  fixed.ifi_flags = flags;
  fixed.ifi_change = which_flags;
  return NetlinkRequest(RTM_SETLINK, NLM_F_ACK).header(fixed);
}

// The kernel looks for a name when the number is 0, and takes none below.
Status tell(int link, const NetlinkRequest& request, std::string_view what) {
  const std::string context = std::string(what) + " link " + std::to_string(link);
  if (link <= 0) return Error(ErrorCode::kNotFound, context + ": no such link");
  KRAKEN_ASSIGN(auto socket, NetlinkSocket::open());
  return socket.tell(request).with_context(context);
}

Result<Link> link_of(const std::vector<Link>& links, int index) {
  for (const Link& link : links) {
    if (link.index == index) return link;
  }
  return Error(ErrorCode::kNotFound, "link " + std::to_string(index) + ": no such link");
}

Result<Link> find_link(int index) {
  KRAKEN_ASSIGN(auto socket, NetlinkSocket::open());
  KRAKEN_ASSIGN(const auto links, list_links(socket));
  return link_of(links, index);
}

}  // namespace

Result<NetworkState> LinuxNetwork::state() const {
  KRAKEN_ASSIGN(auto socket, NetlinkSocket::open());
  NetworkState state;
  KRAKEN_ASSIGN(state.links, list_links(socket));
  KRAKEN_ASSIGN(state.addresses, list_addresses(socket));
  KRAKEN_ASSIGN(state.routes, list_routes(socket));
  return state;
}

Status LinuxNetwork::set_link_up(int link) {
  return tell(link, change_of(link, IFF_UP, IFF_UP), "set up");
}

Status LinuxNetwork::set_link_down(int link) {
  return tell(link, change_of(link, 0, IFF_UP), "set down");
}

Status LinuxNetwork::delete_link(int link) {
  ifinfomsg fixed = {};
  fixed.ifi_family = AF_UNSPEC;
  fixed.ifi_index = link;
  return tell(link, NetlinkRequest(RTM_DELLINK, NLM_F_ACK).header(fixed), "delete");
}

Status LinuxNetwork::rename_link(int link, std::string_view name) {
  if (!is_link_name(name)) return Error(ErrorCode::kInvalidArgument, "no link's name: " + std::string(name));
  // Newer kernels would rename one that is up; who relies on that fails on the older ones.
  KRAKEN_ASSIGN(const Link now, find_link(link));
  if (now.up) return Error::from_errno(EBUSY, "rename " + now.name + ", which is up");
  return tell(link, change_of(link, 0, 0).attribute(IFLA_IFNAME, name), "rename to " + std::string(name));
}

Status LinuxNetwork::set_tx_queue_length(int link, std::uint32_t packets) {
  return tell(link, change_of(link, 0, 0).attribute(IFLA_TXQLEN, packets), "set the queue length of");
}

Status LinuxNetwork::replace_root_queueing(int link, std::string_view discipline) {
  tcmsg fixed = {};
  fixed.tcm_family = AF_UNSPEC;
  fixed.tcm_ifindex = link;
  fixed.tcm_parent = TC_H_ROOT;
  const auto request = NetlinkRequest(RTM_NEWQDISC, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE)
                           .header(fixed)
                           .attribute(TCA_KIND, discipline);
  const Status status = tell(link, request, "queue by " + std::string(discipline) + " on");
  if (status.ok()) return ok_status();
  // EOPNOTSUPP: a kernel without any disciplines to choose from.
  const int why = status.error().sys_errno();
  return why == ENOENT || why == EOPNOTSUPP ? status.error().recode(ErrorCode::kUnsupported) : status.error();
}

Result<std::optional<bool>> LinuxNetwork::eee_enabled(int link) const {
  KRAKEN_ASSIGN(const Link now, find_link(link));
  return read_eee(now.name);
}

Status LinuxNetwork::set_eee(int link, bool enabled) {
  KRAKEN_ASSIGN(const Link now, find_link(link));
  return write_eee(now.name, enabled);
}

Result<std::optional<MacAddress>> LinuxNetwork::ask_arp(int link, Ipv4 sender, Ipv4 address,
                                                        std::chrono::milliseconds limit) {
  KRAKEN_ASSIGN(auto socket, NetlinkSocket::open());
  KRAKEN_ASSIGN(const auto links, list_links(socket));
  KRAKEN_ASSIGN(const Link asked, link_of(links, link));
  const std::string context = "ask on " + asked.name + " for " + format_ipv4(address);
  if (!asked.up || !asked.carrier) return Error::from_errno(ENETDOWN, context);
  if (!asked.mac) return Error(ErrorCode::kUnsupported, context + ": it is no Ethernet");
  ArpQuestion question{.link = link, .mac = *asked.mac, .mine = {}, .sender = sender, .address = address};
  for (const Link& own : links) {
    if (own.mac) question.mine.push_back(*own.mac);
  }
  return ask_over_ethernet(question, limit).with_context(context);
}

}  // namespace kraken
