// Runs another program and waits for it. No shell: arguments arrive as they are given. The program is looked for in
// PATH when its name has no slash.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace kraken {

struct ProcessOptions {
  std::chrono::milliseconds timeout{0};     // 0: no limit
  const std::atomic<bool>* stop = nullptr;  // looked at several times a second; null: not stoppable
  std::filesystem::path folder;             // to run in; empty: the caller's
  std::vector<std::pair<std::string, std::string>> environment;  // added to the caller's, or replacing
};

// With the caller's standard streams. The exit status, 128 + the signal's number when a signal ended it. kNotFound when
// there is no such program, kIo when it took longer than the timeout, kInterrupted when the stop flag was set; in these
// two the program was ended: SIGTERM, then SIGKILL two seconds later.
Result<int> run_process(const std::vector<std::string>& argv, const ProcessOptions& options = {});

struct ProcessOutput {
  int status = 0;      // as run_process answers it
  std::string output;  // both streams, as they came
};

// Standard input is empty. More output than `limit` bytes ends the program and fails with kCorrupt. On a timeout or a
// stop the program's children are ended too. Otherwise as run_process.
Result<ProcessOutput> capture_process(const std::vector<std::string>& argv, const ProcessOptions& options = {},
                                      Bytes limit = kMiB);

}  // namespace kraken
