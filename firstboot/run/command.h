// kraken-firstboot's command line.
#pragma once

#include <span>
#include <string>

namespace kraken {

// Of a run that no other run of this boot can better: the units' RestartPreventExitStatus.
inline constexpr int kExitStuck = 3;

// `arguments` without the program's name; answers with the exit status: 0 all done, 1 not all done, 2 usage, or
// kExitStuck.
int run_command(std::span<const std::string> arguments);

}  // namespace kraken
