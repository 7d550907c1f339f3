#include "burn/receipt.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

Receipt example() {
  Receipt receipt;
  receipt.tool = "kraken-image 0.1.0";
  receipt.node_id = 3;
  receipt.node_name = "kraken-3";
  receipt.cluster = "kraken";
  receipt.base_name = "debian-12-arm64";
  receipt.base_sha256 = std::string(64, 'b');
  receipt.target_name = "/tmp/kraken-3.img";
  receipt.burn = {.image_size = 1000,
                  .compared = 900,
                  .written = 600,
                  .early = 500,
                  .verified = 600,
                  .image_sha256 = std::string(64, 'c'),
                  .sha256_written = std::string(64, 'd'),
                  .seconds_write = 1.5,
                  .seconds_verify = 0.25};
  receipt.started = std::chrono::sys_seconds{std::chrono::seconds{1700000000}};
  receipt.finished = std::chrono::sys_seconds{std::chrono::seconds{1700000007}};
  receipt.edits.push_back({"/etc/hostname", std::string(64, 'e'), 9, 0644, EditSecrecy::kPublic});
  receipt.edits.push_back({"/etc/ssh/key", std::string(64, 'f'), 400, 04600, EditSecrecy::kSecret});
  return receipt;
}

TEST(Receipt, SaysWhatWasDone) {
  const auto json = receipt_json(example());
  EXPECT_EQ(*json.find("format")->as_string(), "kraken-receipt");
  EXPECT_EQ(*json.find("version")->as_int(), 1);
  EXPECT_EQ(*json.find("node")->find("id")->as_int(), 3);
  EXPECT_EQ(*json.find("image")->find("size")->as_int(), 1000);
  EXPECT_EQ(*json.find("image")->find("sha256")->as_string(), std::string(64, 'c'));
  EXPECT_TRUE(json.find("base")->find("file_sha256")->is_null());
  EXPECT_EQ(*json.find("target")->find("kind")->as_string(), "file");
  EXPECT_TRUE(json.find("target")->find("serial")->is_null());
  auto card = example();
  card.target_serial = "1b534d3030303030";
  EXPECT_EQ(*receipt_json(card).find("target")->find("serial")->as_string(), "1b534d3030303030");
  EXPECT_EQ(*json.find("started")->as_string(), "2023-11-14T22:13:20Z");
  EXPECT_EQ(*json.find("finished")->as_string(), "2023-11-14T22:13:27Z");
  EXPECT_EQ(*json.find("verification")->find("result")->as_string(), "identical");
  EXPECT_EQ(*json.find("written")->find("bytes")->as_int(), 600);
  EXPECT_EQ(*json.find("written")->find("compared_bytes")->as_int(), 900);
  EXPECT_EQ(*json.find("written")->find("early_bytes")->as_int(), 500);
  const auto& edit = json.find("edits")->as_array()->at(0);
  EXPECT_EQ(*edit.find("mode")->as_string(), "0644");
  EXPECT_EQ(*edit.find("sha256")->as_string(), std::string(64, 'e'));
}

TEST(Receipt, HoldsNoHashOfASecret) {
  const auto text = format_json(receipt_json(example()));
  EXPECT_EQ(text.find(std::string(64, 'f')), std::string::npos);
  const auto json = receipt_json(example());
  const auto& edit = json.find("edits")->as_array()->at(1);
  EXPECT_TRUE(*edit.find("secret")->as_bool());
  EXPECT_EQ(edit.find("sha256"), nullptr);
  EXPECT_EQ(*edit.find("mode")->as_string(), "4600");
}

TEST(Receipt, NeverCallsVerifiedWhatWasNot) {
  auto receipt = example();
  receipt.verify = VerifyMode::kNone;
  EXPECT_EQ(*receipt_json(receipt).find("verification")->find("result")->as_string(), "not verified");
}

TEST(Receipt, IsAPrivateFileThatParsesAgain) {
  const test::TempFolder folder;
  const auto path = folder / "node.img.receipt.json";
  ASSERT_TRUE(write_receipt(example(), path).ok());
  const auto read = parse_json(*read_whole_file(path, kMiB));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, receipt_json(example()));
  struct stat info = {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0600U);
  EXPECT_FALSE(write_receipt(example(), folder / "none/receipt.json").ok());
}

}  // namespace
}  // namespace kraken
