#include <string>
#include <vector>

#include "run/command.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return kraken::run_command(arguments);
}
