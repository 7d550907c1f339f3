// What the kernel and iperf3 say about a measurement.
#include <gtest/gtest.h>

#include "measure/connections.h"
#include "measure/iperf_report.h"

namespace kraken {
namespace {

TEST(Connections, CountOnlyWhenTheyAreEstablishedAtThePort) {
  const std::string heading = "  sl  local_address rem_address   st tx_queue rx_queue\n";
  const std::string line = "   1: 0100007F:1451 0100007F:BD3C 01 00000000:00000000 00:00000000 00000000  1000\n";
  EXPECT_TRUE(has_connection(heading + line, 5201));
  EXPECT_FALSE(has_connection(heading + line, 0xbd3c));                                   // the other end's
  EXPECT_FALSE(has_connection("   0: 00000000:1451 00000000:0000 0A 00000000\n", 5201));  // listens
  for (const char* odd :
       {"", "1: x 01 01", "1: : y 01", "1: 0100007F:14 y 01", "1: 0100007F:14511451 y 01", "01 01 01 01"}) {
    EXPECT_FALSE(has_connection(odd, 5201)) << odd;
  }
}

std::string report_with(const std::string& rate) {
  return "{\"end\":{\"streams\":[{\"snd_cwnd\":18446744073709551616}],\"sum_sent\":{\"bits_per_second\":5},"
         "\"sum_received\":\t{\n\"start\":0,\"bits_per_second\":" +
         rate + ",\"sender\":true},\"x\":{}}}";
}

TEST(IperfReport, TellsWhatArrived) {
  EXPECT_DOUBLE_EQ(received_mbit(report_with("93500000")).value(), 93.5);
  EXPECT_DOUBLE_EQ(received_mbit(report_with("224250000.5")).value(), 224.2500005);
}

TEST(IperfReport, SaysWhenItMakesNoSense) {
  const std::string whole = report_with("1");
  for (const std::string& odd :
       {report_with("0"), report_with("-1"), report_with("1e13"), report_with("\"1\""), report_with("1e999"),
        report_with("null"), std::string("{\"error\":\"x\"}"), std::string(),
        whole.substr(0, whole.rfind("bits_per_second")), std::string("\"sum_received\":"),
        std::string("\"sum_received\":7}"), std::string("\"sum_received\":{}")}) {
    const auto mbit = received_mbit(odd);
    ASSERT_FALSE(mbit.ok()) << odd;
    EXPECT_EQ(mbit.error().code(), ErrorCode::kCorrupt) << odd;
  }
}

}  // namespace
}  // namespace kraken
