// The descriptors 0, 1 and 2, which every part of a program takes for its standard streams: a program that was started
// with one of them closed would get that number for the next file it opens, and print into it.
#pragma once

#include <array>
#include <csignal>

#include "base/result.h"

namespace kraken {

// By which the system answers a write that it does not take: to a pipe without a reader, and past the largest file that
// the caller allows (signal(7)).
inline constexpr std::array kWriteSignals{SIGPIPE, SIGXFSZ};

// Opens /dev/null on those of the three that are closed. To be called before anything else is opened. kIo or kNotFound
// as the system says; then nothing may be opened or printed.
Status reserve_standard_streams();

// From now on a write that the system answers with one of kWriteSignals fails, with EPIPE or EFBIG, and does not end
// the program. Programs that run_process() and capture_process() start are ended by these as usual. kIo as the system
// says.
Status ignore_write_signals();

}  // namespace kraken
