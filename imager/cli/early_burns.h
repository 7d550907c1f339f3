// Cards that are written while the base is still being decoded (burn/early_writer.h): those that are in the readers
// when the run begins. The others wait for the finished image, as all cards do when the base is in the cache, lies
// there uncompressed, or does not say how large it will be.
#pragma once

#include <map>
#include <memory>

#include "block/growing_image.h"
#include "burn/early_writer.h"
#include "cli/burn_teller.h"
#include "cli/options.h"
#include "config/model.h"

namespace kraken {

// Opened for this program alone, and perhaps being written.
struct EarlyCard {
  std::unique_ptr<Target> target;
  std::unique_ptr<EarlyWriter> writer;  // goes first
};

class EarlyBurns {
 public:
  // Both must outlive it.
  EarlyBurns(const BurnOptionsCli& options, BurnTeller& teller) : options_(options), teller_(teller) {}

  // When the configuration was read and the user has said yes to each of the cards, and before the base is obtained:
  // they get the first of the nodes. They are not changed before the base begins to be decoded. Those of size 0 are
  // readers that wait for theirs. kTargetRefused when a card cannot be opened.
  Status begin(const std::vector<const NodeConfig*>& nodes, const std::vector<BlockDevice>& cards);

  // To be followed by the decoder; null when no card is waiting for it.
  GrowingImage* growing() { return cards_.empty() ? nullptr : &growing_; }
  // Whether any card is being written now, or was before it failed.
  bool is_writing() const;
  // Tells how far the base is, whether a card is written meanwhile or not.
  void tell_of_base(const Progress& progress) { teller_.obtaining(progress); }
  // Tells how far the cards are; false when decoding on would be of no use, for none of them can be written, and no
  // node waits for another one.
  bool tell();
  // For a run that fails: its error, or the cards' own when they are why the decoder was stopped. Of several nodes,
  // those whose card had begun to be written are told of as failed; a single one's error says it.
  Error explain(const Error& error);

  // The card, if it is one of these.
  std::optional<EarlyCard> take(const std::filesystem::path& device);

 private:
  struct Waiting {
    BurnSubject subject;
    EarlyCard card;
  };

  const BurnOptionsCli& options_;
  BurnTeller& teller_;
  std::size_t nodes_ = 0;
  GrowingImage growing_;
  std::map<std::filesystem::path, Waiting> cards_;
};

}  // namespace kraken
