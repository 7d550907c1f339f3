#include "cli/commands.h"
#include "cli/exit_status.h"
#include "sys/allocator.h"
#include "sys/standard_streams.h"

int main(int argc, char** argv) {
  if (!kraken::reserve_standard_streams().ok() || !kraken::ignore_write_signals().ok()) return kraken::kExitBug;
  kraken::give_large_blocks_back();
  return kraken::run_command_line(argc, argv);
}
