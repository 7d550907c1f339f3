// What an image is written to: a card, or a file that appears under its name only when it is complete. A target knows
// how to write, flush and read back past the page cache; the order in which that is safe is the writer's
// (burn/writer.h). One target is used by one thread; the folder or device behind it must not be changed by others
// meanwhile.
#pragma once

#include <cstddef>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/units.h"
#include "burn/card_check.h"
#include "queue/io_queue.h"
#include "sys/block_device.h"
#include "udisks/udisks_block.h"

namespace kraken {

class Target {
 public:
  // A file that was not published is removed; a device stays as it is. Fails silently: publish() is what tells.
  virtual ~Target() = default;

  // The file's final name or the device's path, for messages.
  virtual std::string name() const = 0;
  // A device's size in bytes; UINT64_MAX for a file, whose limit only shows when writing.
  virtual Bytes capacity() const = 0;

  // Transfers that run while the caller goes on, any number at a time. The bytes stay the caller's, and must stay as
  // they are until wait() has answered the tag; what each ends with is what write() or read_back() would answer. A
  // target that has no better way does them at once.
  virtual Status start_write(Bytes offset, std::span<const std::byte> data, std::uint64_t tag);
  virtual Status start_read_back(Bytes offset, std::span<std::byte> out, std::uint64_t tag);
  // Waits until any one of them has ended; kInternal when there is none.
  virtual Result<FinishedTransfer> wait();

  // With no transfer under way, as sync(), read_back() and publish() too.
  // Writes all of `data`. kNoSpace when the file system behind a file is full, kIo otherwise; the range's content is
  // then unknown. Nothing is durable before sync().
  virtual Status write(Bytes offset, std::span<const std::byte> data) = 0;
  virtual Status sync() = 0;

  // Fills `out` from the medium, not from the page cache. Of what was written, only after sync(). kIo, or kCorrupt past
  // the target's end.
  virtual Status read_back(Bytes offset, std::span<std::byte> out) = 0;

  // True for a new file, false for a device: old data shows where nothing is written.
  virtual bool holes_read_as_zeros() const = 0;

  // The last step, after everything was verified. A file gets its final name, replacing a file that had it, and the
  // folder is flushed; a device's partitions are shown to the kernel. On failure no new file has the final name.
  virtual Status publish() = 0;

 private:
  std::deque<FinishedTransfer> done_at_once_;
};

// A file of `size` bytes with mode 0600, for the image holds secrets. Until publish() it has no name, or is a temporary
// file beside `final_name` where the file system knows no files without names. kTargetRefused when `final_name` is
// something else than a regular file, a symbolic link to one among that, or its folder does not exist or may not be
// written.
Result<std::unique_ptr<Target>> open_file_target(const std::filesystem::path& final_name, Bytes size);

// What stays the same as long as nobody exchanges the card.
struct CardIdentity {
  DeviceNumber number;
  Bytes size = 0;
  std::uint64_t sequence = 0;
  std::string serial;
  friend bool operator==(const CardIdentity&, const CardIdentity&) = default;
};

CardIdentity identity_of(const BlockDevice& device);

// Where opening a device is not permitted, udisks2 is asked to do it, and it may ask the user for a password.
struct Permission {
  std::function<void(const std::string&)> announce{};  // told before the question comes
  UdisksPatience patience{};
};

struct DevicePolicy {
  Bytes image_size = 0;  // a smaller device is refused
  SystemRoots roots{};   // where /sys and /proc are looked for
  CardLimits limits{};
  FixedDisks fixed = FixedDisks::kRefused;
  std::optional<CardIdentity> expected{};  // what was chosen earlier; nothing: any card
  Permission permission{};
};

// A whole block device, opened for this program alone. kTargetRefused, with the reason and what to do, when it is no
// block device, not what was chosen, too small, refused by check_named_card(), in use by another program, or when
// neither the system nor udisks2 permits to open it; kInterrupted. The device was not changed then.
Result<std::unique_ptr<Target>> open_device_target(const std::filesystem::path& device, const DevicePolicy& policy);

}  // namespace kraken
