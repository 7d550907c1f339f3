#include "steps/managers.h"

#include <algorithm>

#include "steps/try_again.h"
#include "system/utc.h"

namespace kraken {

namespace {

using Kind = Answer::Kind;

constexpr Patience kManagerPatience{20, std::chrono::seconds(1), std::chrono::seconds(8)};
// What certificates forgive is minutes; what a network's delay costs is less than a second.
constexpr UnixTime kClockTolerance = 30;

// Asking again would not help: there is an answer, there is no key to ask with, or a clock must be set first.
bool is_final(const Result<Answer>& answer) {
  if (answer.ok()) return answer->kind != Kind::kNotYet;
  return answer.error().code() == ErrorCode::kNotFound || answer.error().code() == ErrorCode::kConfig;
}

}  // namespace

bool is_first_manager(const NodeRecord& record) {
  return record.join && !record.join->managers.empty() && record.join->managers.front() == record.network.address;
}

bool keeps_its_keys(const NodeRecord& record) {
  return record.node.role == kManagerRole;
}

Result<Answer> Managers::ask(const Question& question) {
  auto answer = try_again(
      node_.system, kManagerPatience, Deadline::after(kManagerLimit), [&] { return ask_once(question); }, is_final);
  if (!answer.ok()) return answer.error().with_context("waiting for manager");
  if (answer->kind == Kind::kNotYet) return Error(ErrorCode::kIo, "waiting for manager: " + answer->reason);
  if (answer->kind == Kind::kRefused) return Error(ErrorCode::kIo, "the manager refuses: " + answer->reason);
  return answer;
}

Status Managers::follow_time() {
  if (node_.clock_is_set) return ok_status();
  Question question;
  question.kind = Question::Kind::kTime;
  KRAKEN_TRY(ask(question));
  return ok_status();
}

Result<Answer> Managers::ask_once(const Question& question) {
  Result<Answer> last = Error(ErrorCode::kNotFound, "there is no other manager to ask");
  for (const Ipv4 manager : node_.record.join->managers) {
    if (manager == node_.record.network.address) continue;
    last = broker_.ask(node_.record, manager, question);
    if (!last.ok()) continue;
    KRAKEN_TRY(follow_clock(last->time));
    if (last->kind != Kind::kNotYet) return last;
  }
  return last;
}

Status Managers::follow_clock(UnixTime time) {
  const UnixTime now = node_.system.now();
  const bool is_near = std::max(now - time, time - now) <= kClockTolerance && now >= node_.record.build.clock;
  if (node_.clock_is_set || is_near) return ok_status();
  if (time < node_.record.build.clock) {
    return Error(ErrorCode::kConfig, "the manager's clock, " + format_utc(time) +
                                         ", is behind the time at which this node's image was made: set the manager's");
  }
  return node_.system.set_clock(time);
}

Status Managers::check_clock() const {
  const UnixTime floor = node_.record.build.clock;
  if (node_.system.now() >= floor) return ok_status();
  return Error(ErrorCode::kIo, "the clock is behind " + format_utc(floor) +
                                   ", when this image was made: certificates would not be valid");
}

}  // namespace kraken
