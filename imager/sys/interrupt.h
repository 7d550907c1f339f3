// Ctrl-C and termination as a flag that long work looks at between its steps.
#pragma once

#include <atomic>

#include "base/result.h"

namespace kraken {

// From now on SIGINT, SIGTERM, SIGHUP and every other signal that somebody may send and that would end the program set
// `flag`, which must live until the program ends; the second signal of a kind ends the program as it would have without
// this call. One that was ignored (SIGHUP by nohup) or handled before stays so, SIGINT and SIGTERM apart. Calling it
// again moves to another flag. Blocking system calls return EINTR when a signal comes (no SA_RESTART).
Status set_on_interrupt(std::atomic<bool>& flag);

}  // namespace kraken
