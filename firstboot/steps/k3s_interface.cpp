#include <algorithm>

#include "kubernetes/k3s_config.h"
#include "kubernetes/paths.h"
#include "steps/registry.h"

namespace kraken {

namespace {

constexpr std::chrono::seconds kRestartLimit{30};

// The one that has the node's address; null when none has.
const Link* interface_of(const Facts& facts, const NodeRecord& record) {
  const NetworkState& state = facts.network->state;
  const auto found = std::ranges::find(state.addresses, record.network.address, &LinkAddress::address);
  return found == state.addresses.end() ? nullptr : state.find_link(found->link);
}

class K3sInterfaceStep final : public Step {
 public:
  Stage stage() const override { return Stage::kNetwork; }
  Touches touches() const override { return Touches::kCluster; }
  std::string_view name() const override { return "k3s-interface"; }
  bool concerns(const NodeRecord& record) const override { return is_k3s_node(record); }

  Check check(const Facts& facts, const NodeRecord& record) const override {
    if (!concerns(record)) return Check::done("this cluster is none of k3s's");
    if (!facts.network || !facts.k3s) return Check::impossible("the network was not looked at");
    const Link* link = interface_of(facts, record);
    if (link == nullptr) return Check::impossible("no interface has this node's address");
    const auto wanted = k3s_interface_config(record.network.address, link->name);
    if (!wanted.ok()) return Check::impossible(wanted.error().what());
    if (facts.k3s->interface_file.content == *wanted) return Check::done("k3s uses " + link->name);
    return Check::needed("k3s is not told that " + link->name + " has this node's address");
  }

  Status apply(const Facts& facts, const NodeRecord& record, System& system) const override {
    KRAKEN_ASSIGN(const std::string text,
                  k3s_interface_config(record.network.address, interface_of(facts, record)->name));
    KRAKEN_TRY(system.make_folder(kK3sInterfaceFolder));
    KRAKEN_TRY(system.replace_file(kK3sInterfaceFile, text, FileMode::kPublic));
    // It may run already, when the network was late. Not waited for: it is started after this program's unit.
    return system.run_program({"systemctl", "--no-block", "try-restart", std::string(k3s_unit(record))}, kRestartLimit);
  }
};

}  // namespace

std::unique_ptr<const Step> make_k3s_interface_step() {
  return std::make_unique<K3sInterfaceStep>();
}

}  // namespace kraken
