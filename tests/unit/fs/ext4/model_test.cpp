// Random edits against a plain map, with fixed seeds; in the end debugfs unpacks the image, and the two must agree.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "block/memory.h"
#include "fs/ext4/ext4_editor.h"
#include "support/ext4_image.h"

namespace kraken {
namespace {

using test::Ext4Image;
using test::FileStore;

constexpr std::int64_t kClock = 1'700'000'000;

struct ModelNode {
  NodeType type = NodeType::kFile;
  std::string content;
  NodeAttributes attributes;
};

class Model {
 public:
  explicit Model(unsigned seed) : random_(seed) { nodes_["/"] = {NodeType::kFolder, "", {}}; }

  void step(FsEditor& fs) {
    const std::string path = some_path();
    const NodeAttributes attributes = some_attributes();
    switch (any() % 8) {
      case 0:
      case 1:
      case 2:
        return put(path, {NodeType::kFile, some_text(), attributes}, fs);
      case 3:
        return put(path, {NodeType::kSymlink, std::string(1 + any() % 120, 'l'), attributes}, fs);
      case 4:
        return put(path, {NodeType::kFolder, "", attributes}, fs);
      case 5:
      case 6:
        return remove(path, fs);
      default:
        return change(path, attributes, fs);
    }
  }

  void compare(FsEditor& fs, const std::filesystem::path& unpacked) const {
    for (const auto& [path, node] : nodes_) {
      if (path == "/") continue;
      const auto info = fs.stat(path);
      ASSERT_TRUE(info.ok()) << info.error().what();
      EXPECT_EQ(info->type, node.type) << path;
      NodeAttributes expected = node.attributes;
      if (node.type == NodeType::kSymlink) expected.mode = 0777;
      EXPECT_EQ(info->attributes, expected) << path;
      const auto on_disk = unpacked / path.substr(1);
      if (node.type == NodeType::kFile) {
        EXPECT_EQ(test::read_text(on_disk), node.content) << path;
      }
      if (node.type == NodeType::kSymlink) {
        EXPECT_EQ(std::filesystem::read_symlink(on_disk), node.content) << path;
      }
      if (node.type == NodeType::kFolder) {
        EXPECT_EQ(fs.list(path)->size(), children(path)) << path;
      }
    }
    std::size_t found = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(unpacked)) {
      if (entry.path().filename() != "lost+found") ++found;
    }
    EXPECT_EQ(found, nodes_.size() - 1);
  }

 private:
  static std::string parent_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == 0 ? "/" : path.substr(0, slash);
  }
  std::size_t children(const std::string& folder) const {
    std::size_t count = 0;
    for (const auto& [path, node] : nodes_) count += path != "/" && parent_of(path) == folder ? 1 : 0;
    return count;
  }
  std::string some_path() {
    std::string path;
    for (unsigned depth = 1 + any() % 3; depth > 0; --depth) {
      path += "/" + std::string(1 + any() % 40, static_cast<char>('a' + any() % 5));
    }
    return path;
  }
  std::string some_text() {
    std::string text(any() % 3 == 0 ? any() % 60'000 : any() % 3000, '\0');
    for (char& c : text) c = static_cast<char>(any() & 0xff);
    return text;
  }
  NodeAttributes some_attributes() {
    NodeAttributes attributes{any() & 07777U, any() % 100'000, any() % 100'000, {}};
    for (unsigned i = any() % 4; i > 0; --i) {
      attributes.xattrs["user." + std::string(1 + any() % 20, static_cast<char>('a' + i))] =
          std::string(any() % 150, 'v');
    }
    return attributes;
  }

  bool parent_is_folder(const std::string& path) const {
    const auto parent = nodes_.find(parent_of(path));
    return parent != nodes_.end() && parent->second.type == NodeType::kFolder;
  }

  void put(const std::string& path, const ModelNode& node, FsEditor& fs) {
    const auto there = nodes_.find(path);
    const bool blocked =
        there != nodes_.end() && (there->second.type == NodeType::kFolder || node.type == NodeType::kFolder);
    Status status;
    if (node.type == NodeType::kFile) status = fs.write_file(path, MemoryStore(node.content), node.attributes);
    if (node.type == NodeType::kSymlink) status = fs.make_symlink(path, node.content, node.attributes);
    if (node.type == NodeType::kFolder) status = fs.make_folder(path, node.attributes);
    ASSERT_EQ(status.ok(), !blocked && parent_is_folder(path)) << path << (status.ok() ? "" : status.error().what());
    if (status.ok()) nodes_[path] = node;
  }
  void remove(const std::string& path, FsEditor& fs) {
    const bool possible = nodes_.contains(path) && children(path) == 0;
    const Status status = fs.remove(path);
    ASSERT_EQ(status.ok(), possible) << path << (status.ok() ? "" : status.error().what());
    if (possible) nodes_.erase(path);
  }
  void change(const std::string& path, const NodeAttributes& attributes, FsEditor& fs) {
    const auto there = nodes_.find(path);
    ASSERT_EQ(fs.set_attributes(path, attributes).ok(), there != nodes_.end()) << path;
    if (there != nodes_.end()) there->second.attributes = attributes;
  }

  unsigned any() { return static_cast<unsigned>(random_()); }

  std::map<std::string, ModelNode> nodes_;
  std::mt19937 random_;
};

class Ext4Model : public testing::TestWithParam<const char*> {};

TEST_P(Ext4Model, AgreesWithAPlainMap) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    const Ext4Image image(GetParam(), 32 * kMiB);
    FileStore store(image.path());
    Model model(seed);
    for (int session = 0; session < 2; ++session) {
      auto fs = open_ext4(store, kClock);
      ASSERT_TRUE(fs.ok()) << fs.error().what();
      for (int i = 0; i < 500; ++i) model.step(**fs);
      ASSERT_TRUE((*fs)->close().ok());
      ASSERT_EQ(image.fsck(), "") << "seed " << seed;
    }
    test::TempFolder unpacked;
    image.unpack(unpacked.path());
    auto fs = open_ext4(store, kClock);
    ASSERT_TRUE(fs.ok()) << fs.error().what();
    model.compare(**fs, unpacked.path());
  }
}

INSTANTIATE_TEST_SUITE_P(All, Ext4Model,
                         testing::Values("-t ext4 -b 4096 -O metadata_csum", "-t ext4 -b 1024 -O ^extents,^64bit",
                                         "-t ext4 -b 1024 -I 128", "-t ext4 -b 4096 -O inline_data,metadata_csum",
                                         "-t ext2 -b 1024"));

}  // namespace
}  // namespace kraken
