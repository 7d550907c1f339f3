// Who hears of burns while they run and of what they ended in: a person at a terminal, the reader of a pipe, or a
// program that reads JSON. Called from the threads that write cards; no call waits for a person, confirm() apart.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "burn/receipt.h"
#include "burn/writer.h"
#include "cli/burn_outcome.h"
#include "cli/progress_meter.h"
#include "image/edit.h"

namespace kraken {

// A burn that went well.
struct FinishedBurn {
  const NodePlan& plan;
  const Receipt& receipt;
  std::filesystem::path receipt_file;
};

class BurnTeller {
 public:
  virtual ~BurnTeller() = default;

  // Before all others, once it is known how many nodes the run has.
  virtual void begin(std::size_t nodes) = 0;
  virtual void warn(const BurnSubject& subject, const std::string& warning) = 0;

  // The reader waits for the node's card; a card in it will not do; one was taken.
  virtual void waiting(const BurnSubject& subject) = 0;
  virtual void refused(const BurnSubject& subject, const std::string& reason) = 0;
  virtual void inserted(const BurnSubject& subject, const BlockDevice& card) = 0;
  // Whether there is a person who can be asked.
  virtual bool can_ask() const = 0;
  // False without a person who said yes.
  virtual bool confirm(const std::string& question) = 0;

  // The base is on its way: bytes of its file, of which `total` is 0 as long as that is not known.
  virtual void obtaining(const Progress& progress) = 0;
  virtual void progress(const BurnSubject& subject, const BurnProgress& progress) = 0;
  virtual void finished(const BurnSubject& subject, const FinishedBurn& burn) = 0;
  virtual void failed(const BurnSubject& subject, const Error& error) = 0;
  // Instead of a summary: the run came to nothing. Only failed() may have been told before, of cards begun early.
  virtual void aborted(const BurnSubject& subject, const Error& error) = 0;
  // After all others, of a run of several nodes.
  virtual void summary(const std::vector<BurnOutcome>& outcomes) = 0;
};

// "comparing", "writing", "flushing", "verifying".
std::string phase_name(BurnPhase phase);

// Lines of JSON on standard output: burn_events.h. Asks nobody.
std::unique_ptr<BurnTeller> make_json_burn_teller();
// For people: on a terminal a bar for each card, in a pipe a plain line now and then.
std::unique_ptr<BurnTeller> make_text_burn_teller();

}  // namespace kraken
