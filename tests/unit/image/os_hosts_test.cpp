#include "image/os_hosts.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

const HostsEdit kEdit{.host_name = "kraken-3", .nodes = {{{0xc0a8030b}, "kraken-1"}, {{0xc0a8030d}, "kraken-3"}}};
constexpr std::string_view kBlock = "# kraken: begin\n192.168.3.11\tkraken-1\n192.168.3.13\tkraken-3\n# kraken: end\n";

std::string edited(std::string_view text, const HostsEdit& edit = kEdit) {
  const auto out = edit_hosts(text, edit);
  if (!out.ok()) return "error: " + out.error().what();
  EXPECT_EQ(*edit_hosts(*out, edit), *out) << "doing it twice changes something";
  return *out;
}

TEST(Hosts, ReplacesTheImagesName) {
  EXPECT_EQ(edited("127.0.0.1\tlocalhost\n::1\t\tlocalhost\n\n127.0.1.1\traspberrypi\n"),
            "127.0.0.1\tlocalhost\n::1\t\tlocalhost\n\n127.0.1.1\tkraken-3\n" + std::string(kBlock));
}

TEST(Hosts, AddsTheNameWhereThereIsNone) {
  EXPECT_EQ(edited("# hi\n127.0.0.1 localhost\n::1 localhost\n"),
            "# hi\n127.0.0.1 localhost\n127.0.1.1\tkraken-3\n::1 localhost\n" + std::string(kBlock));
  EXPECT_EQ(edited(""), "127.0.1.1\tkraken-3\n" + std::string(kBlock));
  EXPECT_EQ(edited("127.0.0.1 localhost"), "127.0.0.1 localhost\n127.0.1.1\tkraken-3\n" + std::string(kBlock));
}

TEST(Hosts, ReplacesTheBlockWhereItIs) {
  EXPECT_EQ(
      edited("127.0.1.1   kraken-3\n# kraken: begin\n127.0.1.1 trap\n1.2.3.4 old\n# kraken: end\n10.0.0.1 mine\n"),
      "127.0.1.1   kraken-3\n" + std::string(kBlock) + "10.0.0.1 mine\n");
}

TEST(Hosts, KeepsTheLineEnds) {
  EXPECT_EQ(edited("127.0.0.1 localhost\r\n", {.host_name = "a", .nodes = {}}),
            "127.0.0.1 localhost\r\n127.0.1.1\ta\r\n# kraken: begin\r\n# kraken: end\r\n");
}

TEST(Hosts, RefusesABrokenBlock) {
  for (const std::string_view text : {"# kraken: begin\n", "# kraken: end\n", "# kraken: end\n# kraken: begin\n",
                                      "# kraken: begin\n# kraken: begin\n# kraken: end\n",
                                      "# kraken: begin\n# kraken: end\n# kraken: begin\n# kraken: end\n"}) {
    const auto out = edit_hosts(text, kEdit);
    ASSERT_FALSE(out.ok()) << text;
    EXPECT_EQ(out.error().code(), ErrorCode::kCorrupt);
  }
}

TEST(Hosts, RefusesNamesThatAreNone) {
  for (const char* name : {"", "a b", "a\nb", "ä"}) {
    EXPECT_FALSE(edit_hosts("", {.host_name = name, .nodes = {}}).ok()) << name;
    EXPECT_FALSE(edit_hosts("", {.host_name = "a", .nodes = {{{1}, name}}}).ok()) << name;
  }
  EXPECT_FALSE(edit_hosts(std::string_view("\0", 1), kEdit).ok());
}

}  // namespace
}  // namespace kraken
