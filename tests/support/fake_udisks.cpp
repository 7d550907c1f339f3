#include "support/fake_udisks.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace kraken::test {

namespace {

const std::string kObjects = "/org/freedesktop/UDisks2/block_devices/";

// In the fake's own process.
class Service {
 public:
  Service(std::vector<FakeBlock> blocks, std::vector<FakeAnswer> answers, std::filesystem::path log)
      : blocks_(std::move(blocks)), answers_(std::move(answers)), log_(std::move(log)) {}

  // What sd-bus calls for every message.
  static int on_message(sd_bus_message* message, void* service, sd_bus_error* /*error*/) {
    return static_cast<Service*>(service)->answer(message);
  }

 private:
  int answer(sd_bus_message* call) {
    if (::sd_bus_message_is_method_call(call, nullptr, nullptr) <= 0) return 0;
    const std::string method = ::sd_bus_message_get_member(call);
    if (method == "GetBlockDevices") return list(call);
    const auto block = std::ranges::find_if(
        blocks_, [&](const FakeBlock& b) { return kObjects + b.name == ::sd_bus_message_get_path(call); });
    if (block == blocks_.end()) return 0;
    if (method == "Get") return tell_number(call, *block);
    if (method == "OpenDevice") return open(call, *block);
    if (method == "Rescan") return rescan(call, *block);
    return 0;
  }

  int list(sd_bus_message* call) {
    sd_bus_message* reply = nullptr;
    ::sd_bus_message_new_method_return(call, &reply);
    ::sd_bus_message_open_container(reply, 'a', "o");
    for (const FakeBlock& block : blocks_) ::sd_bus_message_append(reply, "o", (kObjects + block.name).c_str());
    ::sd_bus_message_close_container(reply);
    return send(reply);
  }

  // One whose number is 0:0 was pulled since it was listed.
  static int tell_number(sd_bus_message* call, const FakeBlock& block) {
    if (block.number == DeviceNumber{}) return 0;
    sd_bus_message* reply = nullptr;
    ::sd_bus_message_new_method_return(call, &reply);
    ::sd_bus_message_append(reply, "v", "t", std::uint64_t{makedev(block.number.major, block.number.minor)});
    return send(reply);
  }

  int open(sd_bus_message* call, const FakeBlock& block) {
    const char* mode = nullptr;
    std::int32_t flags = 0;
    ::sd_bus_message_read(call, "sa{sv}", &mode, 1, nullptr, "i", &flags);
    const bool may_ask = ::sd_bus_message_get_allow_interactive_authorization(call) > 0;
    note("OpenDevice " + block.name + " " + mode + " " + std::to_string(flags) + (may_ask ? " interactive" : ""));
    const FakeAnswer answer = answers_.front();
    if (answers_.size() > 1) answers_.erase(answers_.begin());
    answer.before();
    if (answer.hangs) return keep(call);
    if (!answer.error.empty()) {
      return ::sd_bus_reply_method_errorf(call, answer.error.c_str(), "as the test wants it");
    }
    if (answer.file.empty()) ::_exit(0);
    const int fd = ::open(answer.file.c_str(), (O_RDWR | flags) & ~answer.ignored_flags);
    if (fd < 0) {
      return ::sd_bus_reply_method_errorf(call, "org.freedesktop.UDisks2.Error.Failed", "Error opening device %s: %s",
                                          answer.file.c_str(), std::strerror(errno));
    }
    const int sent = ::sd_bus_reply_method_return(call, "h", fd);
    ::close(fd);
    return sent;
  }

  int rescan(sd_bus_message* call, const FakeBlock& block) {
    int quiet = 0;
    ::sd_bus_message_read(call, "a{sv}", 1, nullptr, "b", &quiet);
    note("Rescan " + block.name + (quiet != 0 ? " quiet" : ""));
    if (answers_.front().hangs) return keep(call);
    return ::sd_bus_reply_method_return(call, "");
  }

  // Or sd-bus would answer that there is no such method.
  static int keep(sd_bus_message* call) {
    ::sd_bus_message_ref(call);
    return 1;
  }

  static int send(sd_bus_message* reply) {
    const int sent = ::sd_bus_send(nullptr, reply, nullptr);
    ::sd_bus_message_unref(reply);
    return sent < 0 ? sent : 1;
  }

  void note(const std::string& line) const { std::ofstream(log_, std::ios::app) << line << '\n'; }

  std::vector<FakeBlock> blocks_;
  std::vector<FakeAnswer> answers_;
  std::filesystem::path log_;
};

[[noreturn]] void serve(Service service, const std::string& address, int ready) {
  sd_bus* bus = nullptr;
  if (::sd_bus_new(&bus) < 0 || ::sd_bus_set_address(bus, address.c_str()) < 0 || ::sd_bus_set_bus_client(bus, 1) < 0 ||
      ::sd_bus_negotiate_fds(bus, 1) < 0 || ::sd_bus_start(bus) < 0 ||
      ::sd_bus_add_filter(bus, nullptr, Service::on_message, &service) < 0 ||
      ::sd_bus_request_name(bus, "org.freedesktop.UDisks2", 0) < 0) {
    ::_exit(1);
  }
  if (::write(ready, "r", 1) != 1) ::_exit(1);
  while (true) {
    const int processed = ::sd_bus_process(bus, nullptr);
    if (processed < 0) ::_exit(1);
    if (processed == 0) ::sd_bus_wait(bus, UINT64_MAX);
  }
}

}  // namespace

FakeUdisks::FakeUdisks(const PrivateBus& bus, std::vector<FakeBlock> blocks, std::vector<FakeAnswer> answers) {
  std::string name = (std::filesystem::temp_directory_path() / "kraken-udisks-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  std::array<int, 2> ready{};
  if (file < 0 || ::pipe(ready.data()) != 0) std::abort();
  ::close(file);
  log_ = name;
  process_ = ::fork();
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    serve(Service(std::move(blocks), std::move(answers), log_), bus.address(), ready[1]);
  }
  ::close(ready[1]);
  char letter = 0;
  if (::read(ready[0], &letter, 1) != 1) std::abort();
  ::close(ready[0]);
}

FakeUdisks::~FakeUdisks() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove(log_, ignored);
}

std::vector<std::string> FakeUdisks::calls() const {
  std::ifstream log(log_);
  std::vector<std::string> lines;
  for (std::string line; std::getline(log, line);) lines.push_back(line);
  return lines;
}

}  // namespace kraken::test
