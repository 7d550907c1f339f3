#include "udisks/udisks_block.h"

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <systemd/sd-bus.h>

#include <cerrno>
#include <cstdint>
#include <vector>

namespace kraken {

namespace {

constexpr const char* kService = "org.freedesktop.UDisks2";
constexpr const char* kBlock = "org.freedesktop.UDisks2.Block";

BusPatience for_at_most(std::chrono::milliseconds time, const UdisksPatience& patience) {
  return {std::chrono::steady_clock::now() + time, patience.stop};
}

Result<std::vector<std::string>> block_objects(const SystemBus& bus, const BusPatience& patience) {
  KRAKEN_ASSIGN(const BusMessage question, bus.new_call({"/org/freedesktop/UDisks2/Manager",
                                                         "org.freedesktop.UDisks2.Manager", "GetBlockDevices"}));
  KRAKEN_TRY(bus_status(::sd_bus_message_append(question.get(), "a{sv}", 0), "ask for the block devices"));
  KRAKEN_ASSIGN(const BusMessage answer, bus.call(question, patience));
  const std::string reading = "read udisks2's list of block devices";
  KRAKEN_TRY(bus_status(::sd_bus_message_enter_container(answer.get(), SD_BUS_TYPE_ARRAY, "o"), reading));
  std::vector<std::string> objects;
  while (true) {
    const char* object = nullptr;
    const int got = ::sd_bus_message_read(answer.get(), "o", &object);
    KRAKEN_TRY(bus_status(got, reading));
    if (got == 0) return objects;
    objects.emplace_back(object);
  }
}

Result<DeviceNumber> number_of(const SystemBus& bus, const std::string& object, const BusPatience& patience) {
  KRAKEN_ASSIGN(const BusMessage question, bus.new_call({object, "org.freedesktop.DBus.Properties", "Get"}));
  KRAKEN_TRY(bus_status(::sd_bus_message_append(question.get(), "ss", kBlock, "DeviceNumber"), "ask for a number"));
  KRAKEN_ASSIGN(const BusMessage answer, bus.call(question, patience));
  std::uint64_t number = 0;
  KRAKEN_TRY(bus_status(::sd_bus_message_read(answer.get(), "v", "t", &number), "read udisks2's device number"));
  return DeviceNumber{major(number), minor(number)};
}

}  // namespace

Result<UdisksBlock> UdisksBlock::find(DeviceNumber number, const UdisksPatience& patience) {
  KRAKEN_ASSIGN(SystemBus bus, SystemBus::connect(kService));
  const BusPatience until = for_at_most(patience.answer, patience);
  KRAKEN_ASSIGN(const std::vector<std::string> objects, block_objects(bus, until));
  for (const std::string& object : objects) {
    const auto found = number_of(bus, object, until);
    // Another device may have been pulled meanwhile.
    if (!found.ok() && found.error().code() != ErrorCode::kNotFound) return found.error();
    if (found.ok() && *found == number) return UdisksBlock(std::move(bus), object, patience);
  }
  return Error(ErrorCode::kNotFound, std::string(kService) + ": it does not know this device");
}

Result<UniqueFd> UdisksBlock::open(int flags) {
  KRAKEN_ASSIGN(const BusMessage question, bus_.new_call({object_, kBlock, "OpenDevice"}));
  KRAKEN_TRY(
      bus_status(::sd_bus_message_set_allow_interactive_authorization(question.get(), 1), "ask with a password"));
  KRAKEN_TRY(bus_status(::sd_bus_message_append(question.get(), "sa{sv}", "rw", 1, "flags", "i", flags | O_CLOEXEC),
                        "ask to open a device"));
  KRAKEN_ASSIGN(const BusMessage answer, bus_.call(question, for_at_most(patience_.permission, patience_)));
  int lent = -1;
  KRAKEN_TRY(bus_status(::sd_bus_message_read(answer.get(), "h", &lent), "take the device that udisks2 opened"));
  UniqueFd own(::fcntl(lent, F_DUPFD_CLOEXEC, 0));
  if (!own.valid()) return Error::from_errno(errno, "keep the device that udisks2 opened");
  return own;
}

void UdisksBlock::rescan() {
  const auto question = bus_.new_call({object_, kBlock, "Rescan"});
  if (!question.ok()) return;
  if (::sd_bus_message_append(question->get(), "a{sv}", 1, "auth.no_user_interaction", "b", 1) < 0) return;
  static_cast<void>(bus_.call(*question, for_at_most(patience_.rescan, patience_)).ok());
}

}  // namespace kraken
