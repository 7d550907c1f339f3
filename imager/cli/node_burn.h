// One node's burn to one place, from its image to its receipt. Several burns of a run may go on at the same time, each
// in a thread of its own; they share the base and nothing else, so none fails or waits because another one does.
#pragma once

#include <memory>
#include <mutex>

#include "cli/burn_place.h"
#include "cli/burn_teller.h"
#include "cli/node_job.h"

namespace kraken {

// What all burns of a run share. Outlives them.
struct BurnRun {
  const NodeJob& job;
  const BurnOptionsCli& options;
  BurnTeller& teller;
  EarlyBurns& early;
  std::size_t nodes = 1;
  // Held while an image is made, well under a second: libext2fs and libfdisk promise nothing about threads. What a card
  // holds is read without it, since a card may take its time: by a volume of its own, which shares nothing with these.
  std::mutex making{};
};

class NodeBurn {
 public:
  // Makes the image for a place of this size. Fails as NodeJob::make() does, with kTargetRefused for a card that is too
  // small. Nothing was opened for writing then, nor is it when this succeeds.
  static Result<NodeBurn> prepare(BurnRun& run, const NodeConfig& node, BurnPlace place);

  const BurnSubject& subject() const { return subject_; }
  const BurnPlace& place() const { return place_; }
  const BlockSource& image() const { return *image_.image; }

  // For this program alone. Fails as open_place(), prepare_receipt() and, with --update, prepare_update() do; the place
  // was not changed then, and it may be tried again.
  Status open();
  // After open(): writes and verifies. Fails as burn_image() does. To be called once.
  Result<BurnReport> write();
  // After write() succeeded: leaves the receipt, and tells of the burn. kWriteFailed says that the place is good all
  // the same.
  Status leave_receipt();

 private:
  NodeBurn(BurnRun& run, BurnPlace place, NodeImage image, std::optional<std::vector<Extent>> used);

  std::filesystem::path receipt_file() const;

  BurnRun* run_;
  BurnPlace place_;
  NodeImage image_;
  std::optional<std::vector<Extent>> used_;  // nothing: every block
  BurnSubject subject_;
  std::unique_ptr<Target> target_;
  std::optional<HeadMark> mark_;        // with --update
  std::optional<Receipt> receipt_;      // once it was written
  std::unique_ptr<EarlyWriter> early_;  // the last member: it writes to the target
};

}  // namespace kraken
