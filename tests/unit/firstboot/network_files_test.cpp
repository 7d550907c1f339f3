// The two files that the network step keeps: what was proved, and what was there before.
#include <gtest/gtest.h>

#include "facts/settled_network.h"
#include "steps/network_rollback.h"
#include "support/fake_system.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

using test::FakeSystem;
using test::TempFolder;

const MacAddress kAdapter = *parse_mac("00:e0:4c:68:00:01");
const MacAddress kOnboard = *parse_mac("b8:27:eb:00:00:03");
constexpr const char* kPath = "platform-3f980000.usb-usb-0:1.2:1.0";

TEST(SettledNetwork, ComesBackAsItWasWritten) {
  for (const SettledNetwork& network :
       {SettledNetwork{{kAdapter, kPath, false, true}, NicIdentity{kOnboard, "", true, true}},
        SettledNetwork{{std::nullopt, kPath, false, false}, {}}}) {
    const auto read = parse_settled_network(format_settled_network(network));
    ASSERT_TRUE(read.ok()) << read.error().what();
    EXPECT_EQ(*read, network);
  }
}

TEST(SettledNetwork, RefusesWhatIsNone) {
  const std::string good = format_settled_network({{kAdapter, kPath, false, true}, std::nullopt});
  const auto with = [&good](const std::string& from, const std::string& to) {
    std::string text = good;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  const std::string mac = format_mac(kAdapter);
  for (const std::string& text :
       {std::string(), good.substr(0, good.size() / 2), with("kraken-network", "other"), with(mac, "00:e0:4c:68:00"),
        with(mac, "x"), with(kPath, "a b"), with(kPath, std::string(600, 'p')), with("\"fallback\"", "\"other\"")}) {
    const auto read = parse_settled_network(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().code(), ErrorCode::kCorrupt);
  }
  EXPECT_EQ(parse_settled_network(with("\"version\": 1", "\"version\": 2")).error().code(), ErrorCode::kUnsupported);
}

TEST(SettledNetwork, RefusesAnInterfaceThatNothingTellsFromOthers) {
  EXPECT_FALSE(parse_settled_network(format_settled_network({{std::nullopt, "", false, true}, std::nullopt})).ok());
}

TEST(NicIdentity, IsTheMacAddressOrElseThePlace) {
  Nic nic;
  nic.permanent_mac = kAdapter;
  nic.path = kPath;
  EXPECT_TRUE(is_same_nic({kAdapter, "elsewhere", false, true}, nic)) << "an adapter in another socket";
  EXPECT_FALSE(is_same_nic({kOnboard, kPath, false, true}, nic)) << "another adapter in the same socket";
  EXPECT_TRUE(is_same_nic({std::nullopt, kPath, false, true}, nic));
  nic.mac_is_random = true;
  EXPECT_TRUE(is_same_nic({kAdapter, kPath, false, true}, nic)) << "it has a new one today";
  EXPECT_FALSE(is_same_nic({kAdapter, "elsewhere", false, true}, nic));
  nic.path.clear();
  EXPECT_FALSE(is_same_nic({std::nullopt, "", false, true}, nic)) << "nothing is known of either";
}

TEST(FilesBefore, ComeBackAsTheyWereWritten) {
  const FilesBefore files = {{"/etc/dhcpcd.conf", FileBefore{"interface eth0\n\"quoted\"\n", FileMode::kPublic}},
                             {"/etc/NetworkManager/system-connections/a", FileBefore{"x", FileMode::kPrivate}},
                             {"/etc/network/interfaces", FileBefore{"# K\xfc"
                                                                    "che\n",
                                                                    FileMode::kPublic}},
                             {"/etc/utf8", FileBefore{"# Küche \xef\xbf\xbd\n", FileMode::kPublic}},
                             {"/etc/zeros", FileBefore{std::string("a\0b", 3), FileMode::kPublic}},
                             {"/etc/new", std::nullopt}};
  const auto read = parse_files_before(format_files_before(files));
  ASSERT_TRUE(read.ok()) << read.error().what();
  EXPECT_EQ(*read, files);
}

TEST(FilesBefore, AreRefusedWhenTheirBytesAreNone) {
  const auto with = [](const std::string& content) {
    return R"({"format":"kraken-network-before","version":1,"files":{"/etc/b":{"private":true,"content":)" + content +
           "}}}";
  };
  EXPECT_EQ(parse_files_before(with(R"({"hex":"4bfc"})"))->at("/etc/b")->content, "K\xfc");
  for (const char* content : {R"({"hex":"4bf"})", R"({"hex":"4bfx"})", R"({"hex":1})", R"({"base64":""})", "{}", "1"}) {
    EXPECT_FALSE(parse_files_before(with(content)).ok()) << content;
  }
}

TEST(FilesBefore, LeadNowhereButBelowEtc) {
  for (const char* path : {"/usr/lib/x", "etc/x", "/etc/../root/x", "/etc/..", "/etcetera"}) {
    EXPECT_FALSE(parse_files_before(format_files_before({{path, std::nullopt}})).ok()) << path;
  }
}

TEST(FilesBefore, ArePutBackAndWhatWasNotThereIsRemoved) {
  const TempFolder folder;
  FakeSystem system(folder.path(), 0);
  ASSERT_TRUE(system.make_folder("/etc").ok());
  ASSERT_TRUE(system.replace_file("/etc/a", "new", FileMode::kPublic).ok());
  ASSERT_TRUE(system.replace_file("/etc/b", "new", FileMode::kPublic).ok());
  ASSERT_TRUE(
      restore_files({{"/etc/a", FileBefore{"old", FileMode::kPrivate}}, {"/etc/b", std::nullopt}}, system).ok());
  const TextFile a = read_text_file(folder.path() / "etc/a", 100);
  EXPECT_EQ(a.content, "old");
  EXPECT_TRUE(a.is_private);
  EXPECT_EQ(read_text_file(folder.path() / "etc/b", 100).state, TextFile::State::kAbsent);
}

TEST(FilesBefore, AreAllTriedWhenOneCannotBePutBack) {
  const TempFolder folder;
  FakeSystem system(folder.path(), 0);
  ASSERT_TRUE(system.make_folder("/etc").ok());
  const FilesBefore files = {{"/etc/none/a", FileBefore{"old", FileMode::kPublic}},
                             {"/etc/b", FileBefore{"old", FileMode::kPublic}}};
  EXPECT_FALSE(restore_files(files, system).ok());
  EXPECT_EQ(read_text_file(folder.path() / "etc/b", 100).content, "old");
}

}  // namespace
}  // namespace kraken
