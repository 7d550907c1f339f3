#include "steps/registry.h"

namespace kraken {

namespace {

// What stands in the way, or "".
std::string obstacle(const RootFacts& root) {
  if (root.fs_type.empty()) return root.problem;
  if (root.fs_type != "ext4") return "the root file system is " + root.fs_type + "; only ext4 can be grown here";
  if (!root.ext4) return "the size of the root file system is not known: " + root.problem;
  if (root.partition_size < root.ext4->size()) {
    return "the root file system (" + human_bytes(root.ext4->size()) + ") is larger than its partition (" +
           human_bytes(root.partition_size) + "): the card is damaged or was copied short; burn it again";
  }
  return "";
}

class GrowRoot final : public Step {
 public:
  std::string_view name() const override { return "grow-root"; }

  Check check(const Facts& facts, const NodeRecord& record) const override {
    if (!record.grow_root) return Check::done("switched off by the node record");
    const RootFacts& root = facts.root;
    if (const std::string found = obstacle(root); !found.empty()) return Check::impossible(found);
    const std::string sizes = human_bytes(root.ext4->size()) + " of " + human_bytes(root.partition_size);
    if (root.ext4->blocks >= largest_ext4(*root.ext4, root.partition_size)) {
      return Check::done("the root file system fills " + root.device + ": " + sizes);
    }
    if (root.read_only) return Check::impossible("the root file system is mounted read-only (it takes " + sizes + ")");
    if (root.ext4->has_errors) {
      return Check::impossible(
          "the kernel has noted errors in the root file system, and refuses to grow it; run e2fsck -f on /dev/" +
          root.device + " from another machine");
    }
    return Check::needed("the root file system takes " + sizes + " of " + root.device);
  }

  Status apply(const Facts& facts, const NodeRecord& /*record*/, System& system) const override {
    return system.resize_root(facts.root.partition_size / facts.root.ext4->block_size);
  }
};

}  // namespace

std::unique_ptr<const Step> make_grow_root_step() {
  return std::make_unique<GrowRoot>();
}

}  // namespace kraken
