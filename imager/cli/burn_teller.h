// Who hears of burns while they run and of what they ended in: a person at a terminal, the reader of a pipe, or a
// program that reads JSON. Called from the threads that write cards: no call waits for a person, confirm() apart.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "burn/receipt.h"
#include "burn/writer.h"
#include "image/edit.h"

namespace kraken {

// Whose burn an event is about, and where to.
struct BurnSubject {
  std::uint32_t node = 0;
  std::string name;    // the node's
  std::string target;  // the device or the file
};

// A burn that went well.
struct FinishedBurn {
  const NodePlan& plan;
  const Receipt& receipt;
  std::filesystem::path receipt_file;
};

class BurnTeller {
 public:
  virtual ~BurnTeller() = default;

  virtual void warn(const BurnSubject& subject, const std::string& warning) = 0;
  virtual void progress(const BurnSubject& subject, const BurnProgress& progress) = 0;
  virtual void finished(const BurnSubject& subject, const FinishedBurn& burn) = 0;
  virtual void failed(const BurnSubject& subject, const Error& error) = 0;
};

// "comparing", "writing", "flushing", "verifying".
std::string phase_name(BurnPhase phase);

// Lines of JSON on standard output, as README.md documents them.
std::unique_ptr<BurnTeller> make_json_burn_teller();
// For people: on a terminal a bar, in a pipe a plain line now and then.
std::unique_ptr<BurnTeller> make_text_burn_teller();

}  // namespace kraken
