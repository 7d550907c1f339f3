#include "contract/hosts_file.h"

#include <gtest/gtest.h>

#include "support/node_records.h"

namespace kraken {
namespace {

using test::sample_record;

const std::string kBlock =
    "# BEGIN kraken (kraken-firstboot keeps these lines; put your own outside)\n"
    "192.168.3.11\tkraken-1\n192.168.3.12\tkraken-2\n192.168.3.13\tkraken-3\n"
    "127.0.1.1\tkraken-3\n"
    "# END kraken\n";

void expect_stable(const std::string& text) {
  EXPECT_EQ(managed_hosts(text, sample_record()), text);
}

TEST(HostsFile, IsMadeWithLocalhostWhenThereIsNone) {
  const std::string text = managed_hosts("", sample_record());
  EXPECT_EQ(text.find("127.0.0.1\tlocalhost\n"), 0U);
  EXPECT_TRUE(text.ends_with(kBlock));
  expect_stable(text);
}

TEST(HostsFile, KeepsOtherLinesAndDropsTheFormerName) {
  const std::string text = managed_hosts(
      "127.0.0.1\tlocalhost\n127.0.1.1\traspberrypi\n\n# mine\n10.0.0.9 nas # 127.0.1.1\n", sample_record());
  EXPECT_EQ(text, "127.0.0.1\tlocalhost\n\n# mine\n10.0.0.9 nas # 127.0.1.1\n" + kBlock);
  expect_stable(text);
}

TEST(HostsFile, RewritesItsBlockWhereItIs) {
  const std::string text =
      managed_hosts("a\n# BEGIN kraken (older words)\n192.168.3.99\tkraken-9\n# END kraken\nb\n", sample_record());
  EXPECT_EQ(text, "a\n" + kBlock + "b\n");
  expect_stable(text);
}

TEST(HostsFile, LosesNothingToAMarkWithoutItsPartner) {
  EXPECT_EQ(managed_hosts("a\n# BEGIN kraken\nmine\n", sample_record()), "a\n" + kBlock + "mine\n");
  EXPECT_EQ(managed_hosts("a\n# END kraken\nmine\n", sample_record()), "a\nmine\n" + kBlock);
  EXPECT_EQ(managed_hosts("# BEGIN kraken\nmine\n# BEGIN kraken\nx\n# END kraken\n", sample_record()),
            kBlock + "mine\n");
}

TEST(HostsFile, EndsALineThatHadNoEnd) {
  EXPECT_EQ(managed_hosts("10.0.0.9 nas", sample_record()), "10.0.0.9 nas\n" + kBlock);
}

TEST(HostsFile, MergesTwoBlocksIntoTheFirst) {
  EXPECT_EQ(managed_hosts(kBlock + "a\n" + kBlock, sample_record()), kBlock + "a\n");
}

}  // namespace
}  // namespace kraken
