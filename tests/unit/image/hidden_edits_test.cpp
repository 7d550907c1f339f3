#include "image/hidden_edits.h"

#include <gtest/gtest.h>

#include "support/os_images.h"

namespace kraken {
namespace {

using test::OsImage;

// A Debian with more lines in its fstab.
class Mounted {
 public:
  explicit Mounted(const std::string& fstab_lines) {
    image_.root->put_folder("/home");
    image_.root->put_symlink("/srv/people", "/home");
    image_.root->put_folder("/proc/foo");
    image_.root->put_symlink("/etc/kraken", "/proc/foo");
    image_.root->put_file("/etc/fstab", image_.root->find("/etc/fstab")->content + fstab_lines);
    ImageTree tree = image_.tree();
    auto facts = inspect_os(tree, image_.table);
    EXPECT_TRUE(facts.ok()) << (facts.ok() ? "" : facts.error().what());
    if (facts.ok()) os_ = std::move(*facts);
  }

  Status check(const std::string& path, EditKind kind = EditKind::kWriteFile) {
    Edit edit;
    edit.kind = kind;
    edit.path = path;
    edit.reasons.push_back({"a test", {}});
    ImageTree tree = image_.tree();
    return refuse_hidden_edits({edit}, os_, tree);
  }

 private:
  OsImage image_ = test::debian_bookworm();
  OsFacts os_;
};

constexpr const char* kKeys = "/home/kraken/.ssh/authorized_keys";

TEST(HiddenEdits, BelowWhatFstabMounts) {
  for (const std::string line :
       {"PARTUUID=0f1ee700-03 /home ext4 defaults 0 2\n", "PARTUUID=0f1ee700-03 /srv/people/ ext4 nofail\n",
        "tmpfs /home tmpfs\n", "/data/home /home none bind\n", "LABEL=x /home ext4 noauto,x-systemd.automount\n"}) {
    Mounted os(line);
    const Status refused = os.check(kKeys);
    ASSERT_FALSE(refused.ok()) << line;
    EXPECT_EQ(refused.error().code(), ErrorCode::kBaseImage);
    EXPECT_NE(refused.error().what().find(kKeys), std::string::npos) << refused.error().what();
    EXPECT_NE(refused.error().what().find(line.substr(0, line.find(' '))), std::string::npos) << refused.error().what();
    EXPECT_TRUE(os.check("/etc/hosts").ok()) << line;
    EXPECT_TRUE(os.check("/homes/kraken").ok()) << line;
    EXPECT_TRUE(os.check("/home", EditKind::kMakeFolder).ok()) << line;
    EXPECT_FALSE(os.check("/home", EditKind::kMakeLink).ok()) << line;
  }
}

TEST(HiddenEdits, NotBelowWhatIsNotMountedByItself) {
  Mounted os("/dev/sda1 /home ext4 noauto\n/swap none swap sw\n/dev/sda2 /home swap sw\n");
  EXPECT_TRUE(os.check(kKeys).ok());
}

TEST(HiddenEdits, NotOnTheBootPartitionThatLiesOnTop) {
  Mounted os("PARTUUID=0f1ee700-03 /boot ext4\nPARTUUID=0f1ee700-04 /boot/firmware/more vfat\n");
  EXPECT_TRUE(os.check("/boot/firmware/cmdline.txt").ok());
  EXPECT_FALSE(os.check("/boot/grub").ok());
  EXPECT_FALSE(os.check("/boot/firmware/more/x").ok());
}

TEST(HiddenEdits, BelowWhatTheSystemMountsByItself) {
  Mounted os("");
  for (const std::string path : {"/proc/foo/x", "/etc/kraken/node.json", "/sys/x", "/dev/x", "/run/kraken/x"}) {
    const Status refused = os.check(path);
    ASSERT_FALSE(refused.ok()) << path;
    EXPECT_EQ(refused.error().code(), ErrorCode::kBaseImage);
  }
}

}  // namespace
}  // namespace kraken
