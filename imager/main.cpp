#include "cli/commands.h"

int main(int argc, char** argv) {
  return kraken::run_command_line(argc, argv);
}
