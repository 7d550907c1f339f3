// Who configures the wired interfaces. Images have more than one such program more often than not; in this order, the
// first that applies:
//
// 1. netplan, when it is installed and its files name a wired interface or a renderer: it makes NetworkManager or
//    systemd-networkd, as its files say, the one that counts.
// 2. NetworkManager, unless ifupdown has a wired interface of its own: Debian's NetworkManager leaves the interfaces of
//    /etc/network/interfaces alone ([ifupdown] managed=false), and takes all others. Before networkd: that one touches
//    only what a .network file names.
// 3. systemd-networkd with a .network file in /etc or /run: no image enables it by accident.
// 4. ifupdown with a wired interface. Before dhcpcd, which Debian does not start beside such an interface.
// 5. dhcpcd: on Raspberry Pi OS bullseye networking.service is enabled too, for the loopback alone.
// 6. systemd-networkd without files of its own, 7. ifupdown with the loopback alone: enabled, and nothing else is.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "stack/files.h"
#include "stack/interfaces_files.h"
#include "stack/netplan_files.h"
#include "stack/resolv_conf.h"
#include "stack/root_tree.h"
#include "stack/stack.h"
#include "stack/systemd_units.h"

namespace kraken {

namespace {

constexpr std::string_view kNetworkManagerUnit = "NetworkManager.service";
constexpr std::string_view kNetworkdUnit = "systemd-networkd.service";
constexpr std::string_view kDhcpcdUnit = "dhcpcd.service";
constexpr std::string_view kIfupdownUnit = "networking.service";
constexpr std::string_view kResolvedUnit = "systemd-resolved.service";

bool any_exists(const RootTree& tree, std::initializer_list<std::string_view> paths) {
  return std::ranges::any_of(paths, [&tree](std::string_view path) { return tree.exists(path); });
}

// netplan(5): files of /run override those of the same name in /etc, and these those in /lib; then by name.
NetplanRenderer asked_of_netplan(const RootTree& tree) {
  if (!any_exists(tree, {"/usr/lib/systemd/system-generators/netplan", "/lib/systemd/system-generators/netplan",
                         "/usr/libexec/netplan/generate", "/lib/netplan/generate"})) {
    return NetplanRenderer::kNone;
  }
  std::map<std::string, std::string> by_name;
  for (const std::string_view folder : {"/lib/netplan", "/etc/netplan", "/run/netplan"}) {
    for (const std::string& name : tree.names(folder)) {
      if (!name.ends_with(".yaml")) continue;
      if (auto text = tree.read(std::string(folder) + "/" + name); text.ok()) by_name[name] = std::move(*text);
    }
  }
  std::vector<std::string> files;
  files.reserve(by_name.size());
  for (auto& [name, text] : by_name) files.push_back(std::move(text));
  return netplan_renderer(files);
}

// Of ours, and of what is in /usr/lib for containers and other guests, no interface of the node's own is meant.
bool has_network_files(const RootTree& tree) {
  for (const std::string_view folder : {"/etc/systemd/network", "/run/systemd/network"}) {
    for (const std::string& name : tree.names(folder)) {
      if (name.ends_with(".network") && !name.starts_with(kNetworkdPrefix) &&
          tree.is_file(std::string(folder) + "/" + name)) {
        return true;
      }
    }
  }
  return false;
}

void read_existing(const RootTree& tree, const std::string& path, Stack& stack) {
  auto content = tree.read(path);
  if (content.ok()) {
    stack.existing[path] = std::move(*content);
    if (tree.is_secret(path)) stack.secret.insert(path);
  } else if (content.error().code() != ErrorCode::kNotFound && stack.problem.empty()) {
    stack.problem = content.error().with_context(path).what();
  }
}

void read_interfaces(const RootTree& tree, Stack& stack) {
  read_existing(tree, std::string(kInterfacesPath), stack);
  for (const std::string& name : tree.names(kInterfacesFolder)) {
    const std::string path = std::string(kInterfacesFolder) + "/" + name;
    if (tree.is_file(path)) read_existing(tree, path, stack);
  }
}

Stack stack_of(StackKind kind, std::string_view unit, std::string evidence) {
  Stack stack;
  stack.kind = kind;
  stack.renderer = kind;
  stack.service = unit;
  stack.evidence = std::move(evidence);
  stack.can_bond = kind == StackKind::kNetworkManager || kind == StackKind::kNetworkd;
  return stack;
}

Stack network_manager(NetplanRenderer netplan, std::string_view other) {
  Stack stack = stack_of(StackKind::kNetworkManager, kNetworkManagerUnit, "NetworkManager.service is enabled");
  if (netplan == NetplanRenderer::kNetworkManager) {
    stack.kind = StackKind::kNetplan;
    stack.evidence += ", and netplan's files give it their interfaces";
  } else if (!other.empty()) {
    stack.evidence += ", and takes what " + std::string(other) + " leaves";
  }
  return stack;
}

Stack choose(const RootTree& tree, bool wired_in_interfaces) {
  const bool manager = is_enabled(tree, kNetworkManagerUnit);
  const bool networkd = is_enabled(tree, kNetworkdUnit);
  const bool ifupdown = is_enabled(tree, kIfupdownUnit);
  const NetplanRenderer netplan = asked_of_netplan(tree);
  // Its generator starts systemd-networkd without an [Install] link, so being startable is enough there.
  if (netplan == NetplanRenderer::kNetworkd && is_startable(tree, kNetworkdUnit)) {
    Stack stack = stack_of(StackKind::kNetworkd, kNetworkdUnit, "netplan's files give interfaces to systemd-networkd");
    stack.kind = StackKind::kNetplan;
    return stack;
  }
  if (manager && !(ifupdown && wired_in_interfaces)) {
    return network_manager(netplan, networkd ? kNetworkdUnit : ifupdown ? kIfupdownUnit : "");
  }
  if (networkd && has_network_files(tree)) {
    return stack_of(StackKind::kNetworkd, kNetworkdUnit, "systemd-networkd.service is enabled and has .network files");
  }
  if (ifupdown && wired_in_interfaces) {
    return stack_of(StackKind::kIfupdown, kIfupdownUnit,
                    "networking.service is enabled and /etc/network/interfaces has a wired interface");
  }
  if (is_enabled(tree, kDhcpcdUnit)) {
    return stack_of(StackKind::kDhcpcd, kDhcpcdUnit, "dhcpcd.service is enabled");
  }
  if (networkd) return stack_of(StackKind::kNetworkd, kNetworkdUnit, "systemd-networkd.service is enabled");
  if (ifupdown) return stack_of(StackKind::kIfupdown, kIfupdownUnit, "networking.service is enabled");
  return stack_of(StackKind::kNone, "", "no enabled service that configures a network was found");
}

// NetworkManager and dhcpcd write it themselves. networkd hands its servers to systemd-resolved, ifupdown to a hook of
// resolvconf's or of resolved's. A link leads to a file that some program keeps, unless that program is gone.
bool keeps_resolv_conf(const RootTree& tree, StackKind renderer) {
  if (renderer != StackKind::kNetworkd && renderer != StackKind::kIfupdown) return true;
  if (is_enabled(tree, kResolvedUnit)) return true;
  if (tree.link_text(kResolvConfPath) && tree.exists(kResolvConfPath)) return true;
  return renderer == StackKind::kIfupdown && any_exists(tree, {"/sbin/resolvconf", "/usr/sbin/resolvconf"});
}

}  // namespace

Stack detect_stack(const std::filesystem::path& root) {
  const RootTree tree(root);
  Stack files;
  read_interfaces(tree, files);
  Stack stack = choose(tree, configures_wired(files.existing));
  if (stack.renderer == StackKind::kIfupdown) {
    stack.existing = std::move(files.existing);
    stack.secret = std::move(files.secret);
    stack.problem = std::move(files.problem);
    // ifupdown2 and ifupdown-ng have bonds of their own making, with other words: they are not spoken to here.
    stack.can_bond = tree.exists("/etc/network/if-pre-up.d/ifenslave") && !tree.exists("/usr/share/ifupdown2") &&
                     !tree.exists("/usr/libexec/ifupdown-ng");
  }
  if (stack.renderer == StackKind::kDhcpcd) read_existing(tree, std::string(kDhcpcdPath), stack);
  stack.keeps_resolv_conf = keeps_resolv_conf(tree, stack.renderer);
  if (!stack.keeps_resolv_conf) read_existing(tree, std::string(kResolvConfPath), stack);
  return stack;
}

}  // namespace kraken
