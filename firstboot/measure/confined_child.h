// A forked child that does something with a library that is not trusted: no privileges, no descriptors but the pipe, no
// output elsewhere, bounded memory, and killed when it is no longer wanted. It dies with its parent.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace kraken {

class ConfinedChild {
 public:
  using Clock = std::chrono::steady_clock;
  // Runs in the child, and never returns into the caller's code; the argument is the descriptor to write to.
  using Work = std::function<void(int out)>;
  enum class Event {
    kOutput,    // there is more of it
    kEnded,     // it is over, and output() is all there is
    kDeadline,  // it runs on
    kTooMuch,   // it writes without end
  };

  // `lifetime` is its own limit, for the case that nobody watches it.
  static Result<ConfinedChild> start(const Work& work, std::chrono::seconds lifetime);
  ConfinedChild(ConfinedChild&& other) noexcept;
  ConfinedChild& operator=(ConfinedChild&&) = delete;
  ~ConfinedChild();  // kills it

  // Until something happens, at most until `deadline`.
  Event wait(Clock::time_point deadline);
  const std::string& output() const { return output_; }

 private:
  ConfinedChild(pid_t pid, UniqueFd pipe) : pid_(pid), pipe_(std::move(pipe)) {}

  pid_t pid_;
  UniqueFd pipe_;
  std::string output_;
};

}  // namespace kraken
