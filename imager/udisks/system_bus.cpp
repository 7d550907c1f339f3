#include "udisks/system_bus.h"

#include <systemd/sd-bus.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string_view>

namespace kraken {

namespace {

using Clock = std::chrono::steady_clock;

// A signal that comes just before the waiting does not end it, so it must not be long.
constexpr std::chrono::microseconds kGlance{200'000};

struct Explanation {
  std::string_view name;  // of the error on the bus, or what it begins with
  ErrorCode code;
  std::string_view text;
};

constexpr std::array kExplanations{
    Explanation{"org.freedesktop.DBus.Error.ServiceUnknown", ErrorCode::kUnsupported, "it is not installed"},
    Explanation{"org.freedesktop.DBus.Error.NameHasNoOwner", ErrorCode::kUnsupported, "it does not run"},
    Explanation{"org.freedesktop.DBus.Error.Spawn.", ErrorCode::kUnsupported, "it could not be started"},
    Explanation{"org.freedesktop.systemd1.", ErrorCode::kUnsupported, "it could not be started"},
    Explanation{"org.freedesktop.DBus.Error.UnknownObject", ErrorCode::kNotFound,
                "it does not know the device any more"},
    Explanation{"org.freedesktop.DBus.Error.UnknownMethod", ErrorCode::kNotFound,
                "it does not know the device any more"},
    Explanation{"org.freedesktop.DBus.Error.NoReply", ErrorCode::kIo, "it ended before it answered"},
    Explanation{"org.freedesktop.DBus.Error.AccessDenied", ErrorCode::kIo, "the bus does not permit to ask it"},
    Explanation{
        "org.freedesktop.UDisks2.Error.NotAuthorizedCanObtain", ErrorCode::kIo,
        "polkit wants a password, and no program in this session can ask for it; on a terminal, pkttyagent can"},
    Explanation{"org.freedesktop.UDisks2.Error.NotAuthorizedDismissed", ErrorCode::kIo,
                "the question for the password was dismissed"},
    Explanation{"org.freedesktop.UDisks2.Error.NotAuthorized", ErrorCode::kIo, "polkit does not permit it"},
};

std::string text_or_empty(const char* text) {
  return text == nullptr ? std::string() : text;
}

Error error_of(const sd_bus_error& answer, const std::string& service) {
  const std::string name = text_or_empty(answer.name);
  const std::string message = text_or_empty(answer.message);
  const auto* known =
      std::ranges::find_if(kExplanations, [&](const Explanation& e) { return name.starts_with(e.name); });
  if (known == kExplanations.end()) return {ErrorCode::kIo, service + ": " + (message.empty() ? name : message)};
  return {known->code, service + ": " + std::string(known->text) + " (" + message + ")"};
}

}  // namespace

void FreeBusMessage::operator()(sd_bus_message* message) const {
  ::sd_bus_message_unref(message);
}

void SystemBus::Close::operator()(sd_bus* bus) const {
  ::sd_bus_close_unref(bus);
}

Status bus_status(int result, const std::string& what) {
  return result < 0 ? Status(Error::from_errno(-result, what)) : ok_status();
}

Result<SystemBus> SystemBus::connect(std::string service) {
  sd_bus* opened = nullptr;
  const int result = ::sd_bus_open_system(&opened);
  Connection connection(opened);
  if (result < 0) return Error::from_errno(-result, "connect to the system bus").recode(ErrorCode::kUnsupported);
  return SystemBus(std::move(service), std::move(connection));
}

Result<BusMessage> SystemBus::new_call(const BusMethod& method) const {
  sd_bus_message* made = nullptr;
  const int result = ::sd_bus_message_new_method_call(connection_.get(), &made, service_.c_str(), method.object.c_str(),
                                                      method.interface.c_str(), method.name.c_str());
  BusMessage message(made);
  KRAKEN_TRY(bus_status(result, "ask " + service_));
  return message;
}

Result<BusMessage> SystemBus::call(const BusMessage& question, const BusPatience& patience) const {
  std::uint64_t cookie = 0;
  KRAKEN_TRY(bus_status(::sd_bus_send(connection_.get(), question.get(), &cookie), "ask " + service_));
  KRAKEN_ASSIGN(BusMessage answer, wait_for(cookie, patience));
  if (const sd_bus_error* error = ::sd_bus_message_get_error(answer.get())) return error_of(*error, service_);
  return answer;
}

// Not sd_bus_call(): that one does not end when a signal comes.
Result<BusMessage> SystemBus::wait_for(std::uint64_t question, const BusPatience& patience) const {
  while (patience.stop == nullptr || !patience.stop->load()) {
    sd_bus_message* came = nullptr;
    const int processed = ::sd_bus_process(connection_.get(), &came);
    BusMessage message(came);
    KRAKEN_TRY(bus_status(processed, "talk to the system bus"));
    std::uint64_t answered = 0;
    if (message && ::sd_bus_message_get_reply_cookie(message.get(), &answered) >= 0 && answered == question) {
      return message;
    }
    if (processed > 0) continue;
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(patience.deadline - Clock::now());
    if (left.count() <= 0) return Error(ErrorCode::kIo, service_ + ": it did not answer in time");
    const int waited = ::sd_bus_wait(connection_.get(), static_cast<std::uint64_t>(std::min(left, kGlance).count()));
    if (waited != -EINTR) KRAKEN_TRY(bus_status(waited, "talk to the system bus"));
  }
  return Error(ErrorCode::kInterrupted, "interrupted");
}

}  // namespace kraken
