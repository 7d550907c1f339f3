// All that first boot changes on a node goes through here: files, the clock, the kernel's host name and settings, the
// size of the root file system, other programs that are told to change something. Behind an interface so that tests can
// cut the power before, during and after every single change.
//
// Paths are absolute and as the node sees them; an implementation may look for them below another root folder. One
// thread, and one run at a time (see RunLock): that is what makes fixed names of temporary files safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kraken {

// Seconds since 1970-01-01 UTC.
using UnixTime = std::int64_t;

enum class FileMode {
  kPublic,   // 0644
  kPrivate,  // 0600
  kOfMount,  // whatever the mount gives: FAT keeps no modes and refuses chmod
};

class System {
 public:
  virtual ~System() = default;

  virtual UnixTime now() const = 0;
  // Lets time pass.
  virtual void pause(std::chrono::milliseconds time) = 0;
  // Until the next boot.
  virtual Status set_clock(UnixTime time) = 0;
  virtual Status set_host_name(std::string_view name) = 0;
  // Grows the mounted ext4 root to at most so many of its blocks; the kernel leaves out a last group that is too small.
  virtual Status resize_root(std::uint64_t blocks) = 0;

  // A reader sees the old content or the new, also after a power cut. What a cut leaves beside it is removed by the
  // next write. Failure leaves the old content. The folder must be there.
  virtual Status replace_file(std::string_view path, std::string_view content, FileMode mode) = 0;
  // The same with the content of another file, of at most 64 KiB, of which no copy is left in memory.
  virtual Status copy_file(std::string_view from, std::string_view to, FileMode mode) = 0;
  // Creates the file (kPublic) when there is none; synced.
  virtual Status append_file(std::string_view path, std::string_view content) = 0;
  virtual Status set_modification_time(std::string_view path, UnixTime time) = 0;
  // All missing folders of the path, 0755.
  virtual Status make_folder(std::string_view path) = 0;
  // Synced. Nothing to do when there is no such file.
  virtual Status remove_file(std::string_view path) = 0;
  // The same for what was secret: its bytes are overwritten first. Flash may keep the old cells all the same, and so
  // may a file system that does not write in place.
  virtual Status erase_file(std::string_view path) = 0;

  // Writes to a file that the kernel shows below /proc or /sys. Until the next boot, or the next plugging in.
  virtual Status write_kernel_file(std::string_view path, std::string_view value) = 0;
  // Opens the tray of a CD-ROM drive ("/dev/sr0"): what a USB adapter that pretends to be one waits for. It leaves the
  // bus then, and comes back as another device some seconds later. kIo, with EBUSY, while the drive is mounted or in
  // use.
  virtual Status eject_cdrom(std::string_view path) = 0;
  // Runs another program of the node to its end, for what has no interface but a program (nmcli, networkctl): no shell,
  // no input. Never with a secret among the arguments. kNotFound when there is no such program; kIo when it took longer
  // than `limit`, and was ended, or when its exit status was not 0: with the end of what it said, but for the join
  // tokens that programs of Kubernetes repeat there.
  virtual Status run_program(const std::vector<std::string>& argv, std::chrono::seconds limit) = 0;
  // What a program that changes nothing answers: at most 64 KiB of both its streams. Fails as run_program(), and with
  // kCorrupt when it says more.
  virtual Result<std::string> ask_program(const std::vector<std::string>& argv, std::chrono::seconds limit) = 0;
  // No swapping to this device or file any more (swapoff(2)), until something switches it on again. kIo (ENOMEM) when
  // the memory cannot take what is in it.
  virtual Status swap_off(std::string_view path) = 0;
};

}  // namespace kraken
