#include "join/client.h"

#include <poll.h>

#include <cerrno>

#include "join/node_key.h"

namespace kraken {

namespace {

using Progress = PskChannel::Progress;

constexpr std::chrono::seconds kPatience{12};

// Calls `step` until it is done, waiting in between for what it wants.
template <typename Step>
Status drive(PskChannel& channel, const Deadline& deadline, const Step& step) {
  while (true) {
    KRAKEN_ASSIGN(const Progress progress, step());
    if (progress == Progress::kDone) return ok_status();
    if (progress == Progress::kEnded) return Error(ErrorCode::kCorrupt, "the broker said less than it announced");
    KRAKEN_TRY(deadline.wait(channel.fd(), progress == Progress::kWantsToRead ? POLLIN : POLLOUT));
    if (deadline.passed()) return Error::from_errno(ETIMEDOUT, "no whole answer in time");
  }
}

Status receive_exactly(PskChannel& channel, const Deadline& deadline, std::string& into, std::size_t size) {
  return drive(channel, deadline, [&] { return channel.receive(into, size); });
}

Result<Answer> converse(PskChannel& channel, const Question& question, const Deadline& deadline) {
  KRAKEN_TRY(drive(channel, deadline, [&] { return channel.shake_hands(); }));
  const std::string framed = frame_message(format_question(question));
  std::string_view rest = framed;
  KRAKEN_TRY(drive(channel, deadline, [&] { return channel.send(rest); }));
  std::string head;
  KRAKEN_TRY(receive_exactly(channel, deadline, head, kFrameHead));
  KRAKEN_ASSIGN(const std::size_t size, framed_size(head, kMaxAnswer));
  std::string text;
  KRAKEN_TRY(receive_exactly(channel, deadline, text, size));
  channel.say_end();
  auto answer = parse_answer(text).with_context("the broker's answer");
  cleanse(text);
  return answer;
}

}  // namespace

Result<Answer> ask_broker(const TcpAddress& broker, const PskClient& client, const Question& question,
                          Deadline deadline) {
  const std::string where = "join broker at " + format_ipv4(broker.address) + " port " + std::to_string(broker.port);
  KRAKEN_ASSIGN(const PskContext context, PskContext::for_client(client));
  KRAKEN_ASSIGN(UniqueFd fd, connect_tcp(broker, deadline).with_context(where));
  KRAKEN_ASSIGN(PskChannel channel, PskChannel::open(context, std::move(fd)));
  return converse(channel, question, deadline).with_context(where);
}

Result<Answer> TlsJoinBroker::ask(const NodeRecord& record, Ipv4 manager, const Question& question) {
  KRAKEN_ASSIGN(const SecretBytes key, read_join_key(root_));
  const PskClient client{join_identity(record.cluster.name, record.node.id), key.view()};
  return ask_broker({manager, record.join->port}, client, question, Deadline::after(kPatience));
}

}  // namespace kraken
