#include "image/os_accounts.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/text.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

constexpr std::string_view kHash = "$6$abcdefgh$0123456789";
constexpr std::int64_t kClock = 1700000000;  // day 19675

AccountTexts debian() {
  return {.passwd =
              "root:x:0:0:root:/root:/bin/bash\n"
              "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
              "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
          .shadow = "root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\nnobody:*:19000:0:99999:7:::\n",
          .group = "root:x:0:\ndaemon:x:1:\nadm:x:4:\nsudo:x:27:\nvideo:x:44:daemon\nnogroup:x:65534:\n",
          .gshadow = "root:*::\ndaemon:*::\nadm:*::\nsudo:*::\nvideo:*::daemon\nnogroup:*::\n",
          .subuid = "",
          .subgid = ""};
}

// With the first user that Raspberry Pi OS ships: uid 1000, nobody's yet.
AccountTexts raspios() {
  AccountTexts texts = debian();
  texts.passwd += "pi:x:1000:1000:,,,:/home/pi:/usr/sbin/nologin\n";
  texts.shadow += "pi:!:19000:0:99999:7:::\n";
  texts.group += "pi:x:1000:\n";
  *texts.gshadow += "pi:!::\n";
  texts.subuid = "pi:100000:65536\n";
  texts.subgid = "pi:100000:65536\n";
  return texts;
}

UserEdit kraken_user() {
  return {.name = "kraken", .password_hash = std::string(kHash), .groups = usual_user_groups(), .clock = kClock};
}

UserResult put(const AccountTexts& texts, const UserEdit& edit) {
  auto result = put_user(texts, edit);
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().what());
  return result.ok() ? std::move(*result) : UserResult();
}

ErrorCode refused(const AccountTexts& texts, const UserEdit& edit) {
  const auto result = put_user(texts, edit);
  return result.ok() ? ErrorCode::kInternal : result.error().code();
}

// pwck and grpck, the shadow suite's own checkers, find no fault with the files. grpck looks members up on the machine
// that it runs on, so that "no user" says nothing.
void expect_no_fault(const std::string& command) {
  const test::Ran ran = test::run(command);
  for (const char* fault : {"invalid", "no matching", "duplicate", "cannot", "Usage"}) {
    EXPECT_EQ(ran.output.find(fault), std::string::npos) << command << "\n" << ran.output;
  }
}

void expect_consistent(const AccountTexts& texts) {
  test::TempFolder temp;
  const auto write = [&](const std::string& name, const std::string& text) { std::ofstream(temp / name) << text; };
  write("passwd", texts.passwd);
  write("shadow", texts.shadow);
  write("group", texts.group);
  write("gshadow", texts.gshadow.value_or(""));
  const std::string folder = temp.path().string() + "/";
  expect_no_fault("/usr/sbin/pwck -r -q " + folder + "passwd " + folder + "shadow");
  if (texts.gshadow) expect_no_fault("/usr/sbin/grpck -r " + folder + "group " + folder + "gshadow");
}

TEST(Accounts, TheCheckersFindFaults) {
  test::TempFolder temp;
  std::ofstream(temp / "passwd") << "a:x:1:1::/:/bin/sh\nbroken\n";
  std::ofstream(temp / "shadow") << "";
  const test::Ran ran =
      test::run("/usr/sbin/pwck -r -q " + (temp / "passwd").string() + " " + (temp / "shadow").string());
  EXPECT_NE(ran.output.find("invalid"), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("no matching"), std::string::npos) << ran.output;
}

TEST(Accounts, AddsAUserAsUseraddWould) {
  const UserResult result = put(debian(), kraken_user());
  EXPECT_TRUE(result.created);
  EXPECT_EQ(result.user.uid, 1000U);
  EXPECT_EQ(result.user.gid, 1000U);
  EXPECT_EQ(result.user.home, "/home/kraken");
  EXPECT_EQ(result.joined, (std::vector<std::string>{"adm", "sudo", "video"}));
  EXPECT_EQ(result.texts.passwd, debian().passwd + "kraken:x:1000:1000::/home/kraken:/bin/bash\n");
  EXPECT_EQ(result.texts.shadow, debian().shadow + "kraken:" + std::string(kHash) + ":19675:0:99999:7:::\n");
  EXPECT_EQ(result.texts.group,
            "root:x:0:\ndaemon:x:1:\nadm:x:4:kraken\nsudo:x:27:kraken\nvideo:x:44:daemon,kraken\nnogroup:x:65534:\n"
            "kraken:x:1000:\n");
  EXPECT_EQ(*result.texts.gshadow,
            "root:*::\ndaemon:*::\nadm:*::kraken\nsudo:*::kraken\nvideo:*::daemon,kraken\nnogroup:*::\nkraken:!::\n");
  EXPECT_EQ(*result.texts.subuid, "kraken:100000:65536\n");
  expect_consistent(result.texts);
}

TEST(Accounts, DoneTwiceIsDoneOnce) {
  const UserResult once = put(debian(), kraken_user());
  UserEdit later = kraken_user();
  later.clock += 100 * 24 * 60 * 60;  // the same password is no change of it
  const UserResult twice = put(once.texts, later);
  EXPECT_FALSE(twice.created);
  EXPECT_EQ(twice.texts, once.texts);
}

TEST(Accounts, TakesTheNextFreeIdsAndRanges) {
  AccountTexts texts = raspios();
  texts.group += "other:x:1001:\n";
  const UserResult result = put(texts, kraken_user());
  EXPECT_EQ(result.user.uid, 1002U);
  EXPECT_EQ(*result.texts.subuid, "pi:100000:65536\nkraken:165536:65536\n");
  texts.gshadow = *texts.gshadow + "other:!::\n";
  expect_consistent(put(texts, kraken_user()).texts);
}

TEST(Accounts, ChangesTheUserThatIsThere) {
  UserEdit edit = kraken_user();
  edit.name = "pi";
  const UserResult result = put(raspios(), edit);
  EXPECT_FALSE(result.created);
  EXPECT_EQ(result.user.uid, 1000U);
  EXPECT_TRUE(result.user.can_log_in());
  EXPECT_NE(result.texts.passwd.find("pi:x:1000:1000:,,,:/home/pi:/bin/bash\n"), std::string::npos);
  EXPECT_NE(result.texts.shadow.find("pi:" + std::string(kHash) + ":19675:"), std::string::npos);
  EXPECT_EQ(*result.texts.subuid, "pi:100000:65536\n");
  expect_consistent(result.texts);
}

TEST(Accounts, RevivesAnExpiredAccount) {
  AccountTexts texts = raspios();
  texts.shadow = "pi:" + std::string(kHash) + ":0:0:99999:7::100:\n";
  UserEdit edit = kraken_user();
  edit.name = "pi";
  EXPECT_EQ(put(texts, edit).texts.shadow, "pi:" + std::string(kHash) + ":19675:0:99999:7:::\n");
}

TEST(Accounts, WithoutAPasswordOnlyKeysCount) {
  UserEdit edit = kraken_user();
  edit.password_hash.reset();
  edit.clock = 0;
  const UserResult result = put(debian(), edit);
  // Not '!', which sshd without PAM takes for locked; and not day 0, which would ask for a new password.
  EXPECT_NE(result.texts.shadow.find("kraken:*:1:0:99999:7:::\n"), std::string::npos) << result.texts.shadow;
  EXPECT_FALSE(has_password(result.texts.shadow, "kraken"));
}

TEST(Accounts, WorksWithoutTheOptionalFiles) {
  AccountTexts texts = debian();
  texts.gshadow.reset();
  texts.subuid.reset();
  texts.subgid.reset();
  const UserResult result = put(texts, kraken_user());
  EXPECT_FALSE(result.texts.gshadow || result.texts.subuid || result.texts.subgid);
  expect_consistent(result.texts);
}

TEST(Accounts, KeepsWhatItDoesNotUnderstand) {
  AccountTexts texts = debian();
  texts.passwd += "broken line\n\n# comment:\n+::::::";
  texts.group += "+:::";
  const UserResult result = put(texts, kraken_user());
  EXPECT_TRUE(result.texts.passwd.starts_with(texts.passwd + "\nkraken:"));
}

TEST(Accounts, RefusesNamesThatAreTaken) {
  UserEdit edit = kraken_user();
  for (const char* name : {"root", "daemon", "nobody"}) {
    edit.name = name;
    EXPECT_EQ(refused(debian(), edit), ErrorCode::kConfig) << name;
  }
  AccountTexts texts = debian();
  texts.passwd += "service:x:999:999::/:/bin/sh\n";
  edit.name = "service";  // the last number of the system's own
  EXPECT_EQ(refused(texts, edit), ErrorCode::kConfig);
  edit.name = "sudo";  // a group only: its user would be in it
  EXPECT_EQ(refused(debian(), edit), ErrorCode::kConfig);
}

TEST(Accounts, RefusesWhatWouldBreakTheFiles) {
  for (const std::string& name :
       std::vector<std::string>{"", "a b", "a:b", "A", "-a", "1a", "a\nb", "ä", "../x", std::string(33, 'a')}) {
    UserEdit edit = kraken_user();
    edit.name = name;
    EXPECT_EQ(refused(debian(), edit), ErrorCode::kInvalidArgument) << name;
  }
  for (const char* hash : {"", "a:b", "a\nroot::0:0:::", "a b"}) {
    UserEdit edit = kraken_user();
    edit.password_hash = hash;
    EXPECT_EQ(refused(debian(), edit), ErrorCode::kInvalidArgument) << hash;
  }
  UserEdit edit = kraken_user();
  edit.shell = "bash";
  EXPECT_EQ(refused(debian(), edit), ErrorCode::kInvalidArgument);
}

TEST(Accounts, RefusesFilesThatContradictThemselves) {
  AccountTexts twice = raspios();
  twice.passwd += "pi:x:1005:1005::/home/pi:/bin/sh\n";
  UserEdit edit = kraken_user();
  edit.name = "pi";
  EXPECT_EQ(refused(twice, edit), ErrorCode::kBaseImage);
  AccountTexts short_line = debian();
  short_line.passwd += "kraken:x:1000\n";
  EXPECT_EQ(refused(short_line, kraken_user()), ErrorCode::kBaseImage);
  AccountTexts binary = debian();
  binary.group += std::string("\0", 1);
  EXPECT_EQ(refused(binary, kraken_user()), ErrorCode::kCorrupt);
  AccountTexts full = debian();
  for (int id = 1000; id <= 60000; ++id) full.group += "g" + std::to_string(id) + ":x:" + std::to_string(id) + ":\n";
  EXPECT_EQ(refused(full, kraken_user()), ErrorCode::kBaseImage);
}

TEST(Accounts, HostileRangesDoNotOverflow) {
  AccountTexts texts = debian();
  texts.subuid = "a:18446744073709551615:18446744073709551615\nb:4294967295:4294967295\nc:x:y\nd\n";
  EXPECT_EQ(put(texts, kraken_user()).texts.subuid, texts.subuid) << "no room: no range, but a user";
}

TEST(Accounts, LocksKnownPasswords) {
  const std::string shadow = "pi:$6$x$y:1::::::\nempty::1::::::\nstar:*:1::::::\n";
  EXPECT_TRUE(has_password(shadow, "pi"));
  EXPECT_TRUE(has_password(shadow, "empty"));
  EXPECT_FALSE(has_password(shadow, "star"));
  EXPECT_EQ(*lock_password(shadow, "pi"), "pi:!$6$x$y:1::::::\nempty::1::::::\nstar:*:1::::::\n");
  EXPECT_EQ(*lock_password(*lock_password(shadow, "pi"), "pi"), *lock_password(shadow, "pi"));
  EXPECT_EQ(*lock_password(shadow, "empty"), "pi:$6$x$y:1::::::\nempty:!:1::::::\nstar:*:1::::::\n");
  EXPECT_EQ(*lock_password(shadow, "nobody"), shadow);
}

}  // namespace
}  // namespace kraken
