// Long random sequences of edits against a plain map; the end is judged by fsck.fat and by a full copy through mtools.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "block/memory.h"
#include "fs/fat/fat_editor.h"
#include "support/fat_disk.h"

namespace kraken {
namespace {

using test::FatDisk;

// Paths without the leading slash; a folder's ends in one. Names differ in more than case.
using Model = std::map<std::string, std::string>;

struct Run {
  const char* options;
  Bytes size;
  unsigned seed;
};
void PrintTo(const Run& run, std::ostream* out) {
  *out << run.options << " seed " << run.seed;
}

class Player {
 public:
  Player(FsEditor& fat, Model& model, unsigned seed) : fat_(&fat), model_(&model), random_(seed) {}

  void step() {
    switch (pick(8)) {
      case 0:
        return make_folder();
      case 1:
      case 2:
        return remove();
      default:
        return write();
    }
  }

  // Every path of the model, and nothing else.
  void compare() {
    for (const auto& [path, content] : *model_) {
      if (path.ends_with('/')) continue;
      const auto read = fat_->read_file("/" + path, 10 * kMiB);
      ASSERT_TRUE(read.ok()) << read.error().what();
      ASSERT_EQ(*read, content) << path;
    }
    std::size_t listed = 0;
    count("/", listed);
    EXPECT_EQ(listed, model_->size());
  }

 private:
  std::size_t pick(std::size_t count) { return random_() % count; }

  std::string some_folder() {
    std::vector<std::string> folders = {""};
    for (const auto& [path, content] : *model_) {
      if (path.ends_with('/') && std::ranges::count(path, '/') < 4) folders.push_back(path);
    }
    return folders[pick(folders.size())];
  }

  std::string some_name() {
    static const std::vector<std::string> kForms = {"F",       "file",   "Long file name number ",
                                                    "ext.TXT", "a.b.c.", "\u00fcml\u00e4ut "};
    const std::string form = kForms[pick(kForms.size())];
    const std::string number = std::to_string(pick(20));
    if (form == "ext.TXT") return "E" + number + ".TXT";
    return form + number;
  }

  bool has_below(const std::string& folder) const {
    const auto next = model_->upper_bound(folder);
    return next != model_->end() && next->first.starts_with(folder);
  }

  void make_folder() {
    const std::string path = some_folder() + some_name();
    const Status made = fat_->make_folder("/" + path, {});
    const bool taken = model_->contains(path) || model_->contains(path + "/");
    ASSERT_EQ(made.ok(), !taken) << path << (made.ok() ? "" : made.error().what());
    if (made.ok()) (*model_)[path + "/"] = "";
  }

  void write() {
    const std::string path = some_folder() + some_name();
    static const std::vector<std::size_t> kSizes = {0, 1, 511, 512, 513, 4096, 10000, 65536, 100001};
    std::string content(kSizes[pick(kSizes.size())], '\0');
    for (std::size_t i = 0; i < content.size(); i += 1 + pick(37)) content[i] = static_cast<char>(pick(256));
    const Status written = fat_->write_file("/" + path, MemoryStore(content), {});
    if (model_->contains(path + "/")) {
      ASSERT_EQ(written.error().code(), ErrorCode::kAlreadyExists);
    } else if (written.ok()) {
      (*model_)[path] = content;
    } else {
      ASSERT_EQ(written.error().code(), ErrorCode::kNoSpace) << written.error().what();
    }
  }

  void remove() {
    if (model_->empty()) return;
    auto chosen = std::next(model_->begin(), static_cast<std::ptrdiff_t>(pick(model_->size())));
    const Status removed = fat_->remove("/" + chosen->first);
    const bool may = !chosen->first.ends_with('/') || !has_below(chosen->first);
    ASSERT_EQ(removed.ok(), may) << chosen->first;
    if (may) model_->erase(chosen);
  }

  void count(const std::string& folder, std::size_t& listed) {
    const auto entries = fat_->list(folder);
    ASSERT_TRUE(entries.ok());
    for (const DirEntry& entry : *entries) {
      ++listed;
      const std::string path = folder + entry.name;
      const bool is_folder = entry.type == NodeType::kFolder;
      EXPECT_TRUE(model_->contains(path.substr(1) + (is_folder ? "/" : ""))) << path;
      if (is_folder) count(path + "/", listed);
    }
  }

  FsEditor* fat_;
  Model* model_;
  std::mt19937 random_;
};

class FatModel : public testing::TestWithParam<Run> {};

TEST_P(FatModel, StaysTheSameAsAMap) {
  FatDisk disk(GetParam().options, GetParam().size);
  Model model;
  for (unsigned session = 0; session < 3; ++session) {
    auto opened = open_fat(disk.store(), 1732320000);
    ASSERT_TRUE(opened.ok()) << opened.error().what();
    Player player(**opened, model, GetParam().seed * 100 + session);
    for (int step = 0; step < 250; ++step) {
      player.step();
      ASSERT_FALSE(HasFatalFailure()) << "session " << session << " step " << step;
    }
    player.compare();
    ASSERT_TRUE((*opened)->close().ok());
  }
  disk.save();
  const test::Ran checked = disk.fsck();
  EXPECT_EQ(checked.status, 0) << checked.output;
  EXPECT_TRUE(disk.tree() == model);
}

INSTANTIATE_TEST_SUITE_P(Mkfs, FatModel,
                         testing::Values(Run{"-F 32 -s 1", 36 * kMiB, 1}, Run{"-F 32 -s 8", 300 * kMiB, 2},
                                         Run{"-F 16 -s 1", 5 * kMiB, 3},  // small enough to be full at times
                                         Run{"-F 16 -s 4 -r 128", 16 * kMiB, 4},
                                         Run{"-F 16 -S 2048 -s 1", 12 * kMiB, 5},
                                         Run{"-F 32 -S 4096 -s 1 -f 1", 300 * kMiB, 6}));

}  // namespace
}  // namespace kraken
