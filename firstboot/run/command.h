// kraken-firstboot's command line.
#pragma once

#include <span>
#include <string>

namespace kraken {

// `arguments` without the program's name; answers with the exit status: 0 all done, 1 not all done, 2 usage.
int run_command(std::span<const std::string> arguments);

}  // namespace kraken
