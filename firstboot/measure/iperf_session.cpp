#include "measure/iperf_session.h"

#ifdef KRAKEN_IPERF
// iperf_api.h uses the types of these without including them.
#include <cstdint>
#include <cstdio>
extern "C" {
#include <iperf_api.h>
}
#include <memory>

#include "base/text.h"
#include "sys/files.h"
#endif

namespace kraken {

#ifdef KRAKEN_IPERF

namespace {

// A peer in the same network answers within a millisecond; a lost SYN is sent again after one and after three seconds.
constexpr int kConnectMilliseconds = 5000;

struct TestDeleter {
  void operator()(iperf_test* test) const { iperf_free_test(test); }
};
using Test = std::unique_ptr<iperf_test, TestDeleter>;

// Nobody is left to hear of a failure here.
void say(int out, std::string_view first, std::string_view more) {
  static_cast<void>(write_all(out, as_bytes(std::string(first) + "\n" + std::string(more))).ok());
}

Test make_test(char role, std::uint16_t port) {
  Test test(iperf_new_test());
  if (test == nullptr || iperf_defaults(test.get()) != 0) return nullptr;
  iperf_set_test_role(test.get(), role);
  iperf_set_test_server_port(test.get(), port);
  return test;
}

}  // namespace

bool has_iperf() {
  return true;
}

void run_iperf_client(const ClientSession& session, int out) {
  const Test test = make_test('c', session.port);
  if (test == nullptr) return say(out, kFailed, "no memory");
  iperf_set_test_server_hostname(test.get(), session.peer.c_str());
  if (!session.source.empty()) iperf_set_test_bind_address(test.get(), session.source.c_str());
  iperf_set_test_duration(test.get(), session.seconds);
  iperf_set_test_reporter_interval(test.get(), session.seconds);
  iperf_set_test_stats_interval(test.get(), session.seconds);
  iperf_set_test_reverse(test.get(), session.direction == Direction::kReceive ? 1 : 0);
  iperf_set_test_connect_timeout(test.get(), kConnectMilliseconds);
  iperf_set_test_json_output(test.get(), 1);
  i_errno = IENONE;
  // It answers 0 after a failure as well, when it has put that into the report.
  if (iperf_run_client(test.get()) != 0 || i_errno != IENONE) {
    return say(out, kFailed, iperf_strerror(i_errno));
  }
  const char* report = iperf_get_test_json_output_string(test.get());
  if (report == nullptr) return say(out, kFailed, "no report");
  say(out, kReport, report);
}

void run_iperf_server(const ServerSession& session, int out) {
  const Test test = make_test('s', session.port);
  if (test == nullptr) return say(out, std::string(kCannotListen) + "no memory", "");
  iperf_set_test_bind_address(test.get(), session.address.c_str());
  if (iperf_run_server(test.get()) == 0 || i_errno != IELISTEN) return;
  say(out, std::string(kCannotListen) + iperf_strerror(i_errno), "");
}

#else

bool has_iperf() {
  return false;
}

void run_iperf_client(const ClientSession& /*session*/, int /*out*/) {}

void run_iperf_server(const ServerSession& /*session*/, int /*out*/) {}

#endif

}  // namespace kraken
