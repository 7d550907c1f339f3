#include "run/command.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include "join/engine_docker.h"
#include "net/linux_network.h"
#include "report/publish.h"
#include "run/eject_adapters.h"
#include "run/first_boot.h"
#include "run/join_broker_command.h"
#include "run/limits.h"
#include "run/measure_command.h"
#include "run/tune_again.h"
#include "steps/registry.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

constexpr int kExitDone = 0;
constexpr int kExitNotDone = 1;
constexpr int kExitUsage = 2;
constexpr std::string_view kUsage =
    "usage: kraken-firstboot COMMAND [--early|--network] [--root FOLDER] [--record FILE]\n"
    "\n"
    "  run     make this node what its node record says, and write the status to the boot partition\n"
    "  join    the same for a tree of another root, and of it only what brings a node into its cluster\n"
    "  tune    set again what the kernel forgets at every boot and replugging; changes nothing that lasts\n"
    "  eject DEVICE  make a CD-ROM that is known to be a network adapter one; refuses every other drive\n"
    "  plan    say what run would do; change nothing\n"
    "  status  print the status that the last run wrote\n"
    "  measure ADDRESS  say what the link to another node carries, where measure-server or iperf3 -s runs\n"
    "  measure-server   let other nodes measure, for ten minutes\n"
    "  join-broker      let the other nodes join this manager's cluster, until all are in\n"
    "\n"
    "  --early        only what comes before the network's services\n"
    "  --network      only that and the network\n"
    "  --root FOLDER  the node's tree, if not / (then local files only: this machine's clock, host name\n"
    "                 and network are left alone)\n"
    "  --record FILE  the node record, if not /etc/kraken/node.json below the root\n"
    "  --socket FILE  Docker's socket, if not /run/docker.sock\n"
    "\n"
    "Exit status: 0 all done, 1 not all done, 2 wrong usage, 3 not all done, and a person is needed.\n";

struct CommandLine {
  std::string command;
  std::string operand;  // of measure: the peer; of eject: the drive
  std::filesystem::path socket = kEngineSocket;
  RunOptions options;
};

Error usage_error(std::string what) {
  return Error(ErrorCode::kInvalidArgument, std::move(what));
}

std::filesystem::path& path_option(CommandLine& line, std::string_view word) {
  if (word == "--socket") return line.socket;
  return word == "--root" ? line.options.root : line.options.record;
}

bool takes_operand(std::string_view command) {
  return command == "measure" || command == "eject";
}

Result<CommandLine> parse_arguments(std::span<const std::string> arguments) {
  CommandLine line;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "--root" || word == "--record" || word == "--socket") {
      if (++i == arguments.size()) return usage_error(word + " needs a value");
      path_option(line, word) = arguments[i];
    } else if (word == "--early" || word == "--network") {
      line.options.stage = word == "--early" ? Stage::kEarly : Stage::kNetwork;
    } else if (takes_operand(line.command) && line.operand.empty() && !word.starts_with("-")) {
      line.operand = word;
    } else if (word.starts_with("-") || !line.command.empty()) {
      return usage_error("unexpected: " + word);
    } else {
      line.command = word;
    }
  }
  if (line.command.empty()) return usage_error("a command is missing");
  if (line.options.stage == Stage::kCluster) line.options.time_for_steps += kTimeForClusterSteps;
  if (line.options.record.empty()) line.options.record = below(line.options.root, kNodeRecordPath);
  return line;
}

bool is_same_folder(const std::filesystem::path& a, const std::filesystem::path& b) {
  struct stat first = {};
  struct stat second = {};
  return ::stat(a.c_str(), &first) == 0 && ::stat(b.c_str(), &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

void print(std::FILE* out, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), out);
}

int print_result(const Result<std::string>& text) {
  if (!text.ok()) {
    print(stderr, "kraken-firstboot: " + text.error().what() + "\n");
    return kExitNotDone;
  }
  print(stdout, *text);
  return kExitDone;
}

int print_status(const RunOptions& options, const System& system) {
  const auto record = read_node_record(options.record);
  BootPartition boot{options.root, record.ok() ? record->boot_folder : find_boot_folder(options.root, system), {}};
  const auto text = read_published_text(boot);
  const int printed = print_result(text);
  const std::string done = "kraken-firstboot: " + std::string(to_word(RunState::kDone)) + "\n";
  return printed == kExitDone && text->starts_with(done) ? kExitDone : kExitNotDone;
}

std::chrono::seconds end_of_run(Stage stage) {
  switch (stage) {
    case Stage::kEarly:
      return kEndOfEarlyRun;
    case Stage::kNetwork:
      return kEndOfNetworkRun;
    case Stage::kCluster:
      break;
  }
  return kEndOfClusterRun;
}

int exit_status(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDone:
      return kExitDone;
    case Outcome::kNotDone:
      return kExitNotDone;
    case Outcome::kStuck:
      break;
  }
  return kExitStuck;
}

int run_steps(const CommandLine& line, Machine machine, const Steps& steps) {
  FirstBoot first_boot(line.options, machine, steps);
  if (line.command == "plan") return print_result(first_boot.describe_plan());
  ::alarm(static_cast<unsigned>(end_of_run(line.options.stage).count()));
  const Outcome outcome = first_boot.run();
  ::alarm(0);
  return exit_status(outcome);
}

int join(const CommandLine& line, Machine machine) {
  DockerEngine engine(line.socket);
  TlsJoinBroker broker(line.options.root);
  TcpPortProbe ports;
  machine.engine = &engine;
  return run_steps(line, machine, cluster_steps({engine, broker, ports, line.options.root}));
}

// A tree that is not the running system's has no network of its own: the one that could be seen and changed from here
// is this machine's.
int run_on_tree(CommandLine line) {
  if (line.command == "tune" || line.command == "eject") {
    return print_result(
        Error(ErrorCode::kUnsupported, line.command + " is for the running system: it takes no --root"));
  }
  DetachedSystem system(line.options.root);
  if (line.command == "status") return print_status(line.options, system);
  LinuxNetwork unused;
  if (line.command == "join") return join(line, {system, unused});
  line.options.stage = Stage::kEarly;
  return run_steps(line, {system, unused}, early_steps());
}

int run_here(const CommandLine& line) {
  LinuxSystem system;
  LinuxNetwork network;
  if (line.command == "status") return print_status(line.options, system);
  if (line.command == "tune") {
    return print_result(tune_again(line.options.root, line.options.record, {system, network}));
  }
  if (line.command == "eject") return print_result(eject_adapter(line.options.root, line.operand, system));
  if (line.command == "join") {
    return print_result(Error(ErrorCode::kUnsupported, "join is for another root than /: on a node, run does it"));
  }
  IperfMeter meter;
  DockerEngine engine(line.socket);
  TlsJoinBroker broker(line.options.root);
  TcpPortProbe ports;
  LinkMeter* used = line.options.stage == Stage::kEarly ? nullptr : &meter;
  const Steps steps = all_steps(network, {engine, broker, ports, line.options.root});
  return run_steps(line, {system, network, used, &engine}, steps);
}

bool is_command(std::string_view word) {
  constexpr std::array<std::string_view, 9> kCommands = {"run",     "tune",           "eject", "plan",       "status",
                                                         "measure", "measure-server", "join",  "join-broker"};
  return std::ranges::find(kCommands, word) != kCommands.end();
}

}  // namespace

int run_command(std::span<const std::string> arguments) {
  if (arguments.size() == 1 && (arguments[0] == "--help" || arguments[0] == "-h")) {
    print(stdout, kUsage);
    return kExitDone;
  }
  const auto line = parse_arguments(arguments);
  if (!line.ok() || !is_command(line->command)) {
    const std::string what = line.ok() ? "no such command: " + line->command : line.error().what();
    print(stderr, "kraken-firstboot: " + what + "\n" + std::string(kUsage));
    return kExitUsage;
  }
  if (line->command == "measure") return print_result(measure_command(line->operand));
  if (line->command == "measure-server") return print_result(measure_server_command());
  if (line->command == "join-broker") {
    return print_result(join_broker_command({line->options.root, line->options.record, line->socket}));
  }
  return is_same_folder(line->options.root, "/") ? run_here(*line) : run_on_tree(*line);
}

}  // namespace kraken
