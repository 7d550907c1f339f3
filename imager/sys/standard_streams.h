// The descriptors 0, 1 and 2, which every part of a program takes for its standard streams: a program that was started
// with one of them closed would get that number for the next file it opens, and print into it.
#pragma once

#include "base/result.h"

namespace kraken {

// Opens /dev/null on those of the three that are closed. To be called before anything else is opened. kIo or kNotFound
// as the system says; then nothing may be opened or printed.
Status reserve_standard_streams();

// From now on a write that the system answers with a signal fails, and does not end the program: EPIPE where a pipe's
// reader went away, EFBIG past the largest file that the caller allows (signal(7): SIGPIPE, SIGXFSZ). Programs that
// run_process() and capture_process() start are ended by these as usual. kIo as the system says.
Status ignore_write_signals();

}  // namespace kraken
