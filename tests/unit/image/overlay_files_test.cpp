#include "image/overlay_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/text.h"
#include "support/ext4_image.h"

namespace kraken {
namespace {

using test::write_text;

const TemplateValues kValues = {{"node.name", "kraken-3"}};
const Origin kNamedAt{"worker.yaml", 3, 11};

class OverlayFiles : public testing::Test {
 protected:
  void put(const std::string& name, const std::string& text, std::filesystem::perms mode) {
    write_text(folder_ / name, text);
    std::filesystem::permissions(folder_ / name, mode);
  }

  static OverlayRule rule(std::string path, int line) {
    OverlayRule made;
    made.path = std::move(path);
    made.origin = {"overlay.yaml", line, 3};
    return made;
  }

  Result<std::vector<OverlayFile>> read(std::vector<OverlayRule> rules, const std::string& boot_folder = "/boot") {
    return read_overlay_files({"mine", folder_.path(), "", std::move(rules)}, kNamedAt, boot_folder, kValues);
  }

  std::map<std::string, OverlayFile> read_all(std::vector<OverlayRule> rules, const std::string& boot_folder) {
    const auto files = read(std::move(rules), boot_folder);
    EXPECT_TRUE(files.ok()) << files.error().what();
    std::map<std::string, OverlayFile> by_path;
    if (files.ok()) {
      for (const OverlayFile& file : *files) by_path[file.path] = file;
    }
    return by_path;
  }

  static std::string content(const OverlayFile& file) {
    std::vector<std::byte> bytes(file.content->size());
    EXPECT_TRUE(file.content->read(0, bytes).ok());
    return std::string(as_text(bytes));
  }

  test::TempFolder folder_;
};

// Whatever the umask was where the overlay was checked out.
TEST_F(OverlayFiles, BelongToRootAndMayBeExecutedWhereTheyWere) {
  put("rootfs/usr/local/bin/tool", "#!/bin/sh\n", std::filesystem::perms{0740});
  put("rootfs/etc/motd", "hello\n", std::filesystem::perms{0666});
  std::filesystem::permissions(folder_ / "rootfs/etc", std::filesystem::perms{0750});
  std::filesystem::create_symlink("../motd", folder_ / "rootfs/etc/link");
  const auto files = read_all({}, "/boot");
  EXPECT_EQ(files.at("/usr/local/bin/tool").attributes, (NodeAttributes{0755, 0, 0, {}}));
  EXPECT_EQ(files.at("/etc/motd").attributes, (NodeAttributes{0644, 0, 0, {}}));
  EXPECT_EQ(files.at("/etc").type, NodeType::kFolder);
  EXPECT_EQ(files.at("/etc").attributes.mode, 0755U);
  EXPECT_EQ(files.at("/etc/link").type, NodeType::kSymlink);
  EXPECT_EQ(files.at("/etc/link").target, "../motd");
  EXPECT_EQ(content(files.at("/etc/motd")), "hello\n");
  EXPECT_EQ(files.at("/etc/motd").origin.text(), kNamedAt.text());
}

TEST_F(OverlayFiles, StayTheirOwnersAloneWhereTheyWere) {
  put("rootfs/etc/keys/key", "secret\n", std::filesystem::perms{0600});
  put("rootfs/etc/keys/tool", "#!/bin/sh\n", std::filesystem::perms{0700});
  put("rootfs/etc/keys/said", "public\n", std::filesystem::perms{0600});
  std::filesystem::permissions(folder_ / "rootfs/etc/keys", std::filesystem::perms{0700});
  OverlayRule said = rule("rootfs/etc/keys/said", 2);
  said.mode = 0644;
  const auto files = read_all({said}, "/boot");
  EXPECT_EQ(files.at("/etc/keys").attributes.mode, 0700U);
  EXPECT_EQ(files.at("/etc/keys/key").attributes.mode, 0600U);
  EXPECT_EQ(files.at("/etc/keys/tool").attributes.mode, 0700U);
  EXPECT_EQ(files.at("/etc/keys/said").attributes.mode, 0644U);
  for (const auto& [path, file] : files) EXPECT_EQ(file.warning, "") << path;
}

TEST_F(OverlayFiles, WarnOfWhatDoesNotComeAlong) {
  put("rootfs/bin/su", "", std::filesystem::perms{04755});
  put("rootfs/bin/meant", "", std::filesystem::perms{04755});
  put("boot/key", "", std::filesystem::perms{0600});
  OverlayRule meant = rule("rootfs/bin/meant", 2);
  meant.mode = 04755;
  const auto files = read_all({meant}, "/boot");
  EXPECT_EQ(files.at("/bin/su").attributes.mode, 0755U);
  EXPECT_EQ(files.at("/bin/su").warning, (folder_ / "rootfs/bin/su").string() +
                                             ": left out on the node: the set-user-ID or set-group-ID bit; say in "
                                             "overlay.yaml what mode is meant");
  EXPECT_EQ(files.at("/bin/meant").attributes.mode, 04755U);
  EXPECT_EQ(files.at("/bin/meant").warning, "");
  EXPECT_NE(files.at("/boot/key").warning.find("that nobody else may read it"), std::string::npos);
}

TEST_F(OverlayFiles, OfTheBootFolderLieWhereTheImageHasIt) {
  put("boot/overlays/mine.dtbo", "x", std::filesystem::perms{0644});
  EXPECT_TRUE(read_all({}, "/boot").contains("/boot/overlays/mine.dtbo"));
  EXPECT_TRUE(read_all({}, "/boot/firmware").contains("/boot/firmware/overlays/mine.dtbo"));
}

TEST_F(OverlayFiles, FollowTheLastRuleThatMatches) {
  put("rootfs/etc/a", "{{ node.name }}", std::filesystem::perms{0644});
  put("rootfs/etc/b", "{{ node.name }}", std::filesystem::perms{0644});
  put("rootfs/etc/deep/c", "", std::filesystem::perms{0644});
  OverlayRule all = rule("rootfs/etc/*", 2);
  all.mode = 0600;
  all.uid = 5;
  OverlayRule one = rule("rootfs/etc/b", 4);
  one.gid = 6;
  one.is_template = true;
  const auto files = read_all({all, one}, "/boot");
  EXPECT_EQ(files.at("/etc/a").attributes, (NodeAttributes{0600, 5, 0, {}}));
  EXPECT_EQ(content(files.at("/etc/a")), "{{ node.name }}");
  EXPECT_EQ(files.at("/etc/b").attributes, (NodeAttributes{0644, 0, 6, {}}));
  EXPECT_EQ(content(files.at("/etc/b")), "kraken-3");
  EXPECT_EQ(files.at("/etc/b").origin.text(), "overlay.yaml:4:3");
  EXPECT_EQ(files.at("/etc/deep/c").attributes.mode, 0644U);  // a * ends at a slash
}

TEST_F(OverlayFiles, RefuseWhatIsNeitherFileFolderNorLink) {
  std::filesystem::create_directories(folder_ / "rootfs");
  ASSERT_EQ(::mkfifo((folder_ / "rootfs/pipe").c_str(), 0600), 0);
  const auto files = read({});
  ASSERT_FALSE(files.ok());
  EXPECT_EQ(files.error().code(), ErrorCode::kConfig);
  EXPECT_NE(files.error().what().find("rootfs/pipe is neither"), std::string::npos) << files.error().what();
}

TEST_F(OverlayFiles, WantAFileForEveryRule) {
  put("rootfs/etc/motd", "", std::filesystem::perms{0644});
  const auto files = read({rule("rootfs/etc/motd", 2), rule("rootfs/etc/nothing", 7)});
  ASSERT_FALSE(files.ok());
  EXPECT_EQ(files.error().code(), ErrorCode::kConfig);
  EXPECT_NE(files.error().what().find("overlay.yaml:7:3"), std::string::npos) << files.error().what();
}

}  // namespace
}  // namespace kraken
