#include "image/base_check.h"

#include <unistd.h>

#include "base/text.h"
#include "block/overlay.h"
#include "block/window.h"
#include "disk/partition_table.h"
#include "fs/ext4/ext4_editor.h"
#include "sys/files.h"
#include "sys/process.h"

namespace kraken {

namespace {

namespace stdfs = std::filesystem;

constexpr std::size_t kShownLines = 12;

// e2fsck(8), EXIT CODE: a sum of 1, 2 and 4 for what was found wrong, of 8 and more for what kept it from looking: a
// feature that it is too old for, a damage that it gave up at, a signal.
constexpr int kNoErrors = 0;
constexpr int kFindings = 1 + 2 + 4;
constexpr int kOperationalError = 8;

// The name that e2fsck takes for a partition inside a file ("file?offset=N", ext2fs_open2) must have no other '?'.
class CheckedName {
 public:
  static Result<CheckedName> make(const stdfs::path& image, const stdfs::path& folder) {
    CheckedName name;
    std::error_code error;
    const stdfs::path absolute = stdfs::absolute(image, error);
    name.link_ = folder / ("checking-" + std::to_string(::getpid()));
    stdfs::remove(name.link_, error);
    stdfs::create_symlink(absolute, name.link_, error);
    if (error) return Error::from_errno(error.value(), "create " + name.link_.string());
    return name;
  }
  CheckedName(CheckedName&& other) noexcept : link_(std::exchange(other.link_, {})) {}
  CheckedName& operator=(CheckedName&&) = delete;
  ~CheckedName() {
    std::error_code ignored;
    if (!link_.empty()) stdfs::remove(link_, ignored);
  }
  std::string at(Bytes offset) const { return link_.string() + "?offset=" + std::to_string(offset); }

 private:
  CheckedName() = default;
  stdfs::path link_;
};

std::string first_lines(const std::string& text) {
  std::vector<std::string> lines = split(text, '\n');
  if (lines.size() > kShownLines) lines.resize(kShownLines);
  return join(lines, "\n  ");
}

bool has_findings(int status) {
  return (status & kFindings) != 0 && (status & ~kFindings & ~kOperationalError) == 0;
}

Result<BaseCheck> check_partition(const CheckedName& name, const Partition& partition, const std::atomic<bool>& stop) {
  ProcessOptions options;
  options.stop = &stop;
  options.environment = {{"LC_ALL", "C"}};
  const auto ran = capture_process({"e2fsck", "-fn", name.at(partition.start)}, options);
  if (!ran.ok() && ran.error().code() == ErrorCode::kNotFound) return BaseCheck::kNotChecked;
  if (!ran.ok()) return ran.error();
  if (ran->status == kNoErrors) return BaseCheck::kClean;
  const std::string volume = "the file system on its partition " + std::to_string(partition.number);
  const std::string said = " e2fsck says:\n  " + first_lines(ran->output);
  if (has_findings(ran->status)) {
    return Error(ErrorCode::kBaseImage, volume + " is damaged: get the image anew, or repair it with e2fsck." + said);
  }
  return Error(ErrorCode::kBaseImage,
               "whether " + volume + " is sound is not known: e2fsck could not check it (status " +
                   std::to_string(ran->status) +
                   "). Install a newer e2fsprogs if it asks for one, or use another image." + said);
}

bool is_ext(Overlay& image, const Partition& partition) {
  auto window = StoreWindow::open(image, partition.start, partition.size);
  return window.ok() && open_ext4(*window, 1).ok();
}

Result<BaseCheck> check_partitions(const CachedBase& base, const stdfs::path& folder, const std::atomic<bool>& stop) {
  const auto table = read_partition_table(*base.image);
  if (!table.ok() || table->kind != TableKind::kMbr) return BaseCheck::kClean;
  KRAKEN_ASSIGN(const auto overlay, Overlay::open(base.image, base.size));
  KRAKEN_ASSIGN(const CheckedName name, CheckedName::make(base.path, folder));
  for (const Partition& partition : table->partitions) {
    if (!is_ext(*overlay, partition)) continue;
    KRAKEN_ASSIGN(const BaseCheck checked, check_partition(name, partition, stop));
    if (checked == BaseCheck::kNotChecked) return checked;
  }
  return BaseCheck::kClean;
}

}  // namespace

Result<BaseCheck> check_base(const CachedBase& base, const stdfs::path& cache_folder, const std::atomic<bool>& stop) {
  const stdfs::path folder = cache_folder / "checked";
  const stdfs::path memory = folder / base.sha256;
  std::error_code ignored;
  if (stdfs::exists(memory, ignored)) return BaseCheck::kClean;
  KRAKEN_TRY(make_folders(folder));
  auto checked = check_partitions(base, folder, stop);
  if (checked.ok() && *checked == BaseCheck::kClean) KRAKEN_TRY(write_file_atomically(memory, "e2fsck: clean\n", 0644));
  return checked;
}

}  // namespace kraken
