#include <cerrno>
#include <exception>

#include "cli/burn_teller.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/render.h"

namespace kraken {

namespace {

struct Dispatch {
  const CommonOptions& common;
  Status operator()(const InitOptions& options) const { return run_init(options, common); }
  Status operator()(const PlanOptions& options) const { return run_plan(options, common); }
  Status operator()(const BurnOptionsCli& options) const { return run_burn(options, common); }
  Status operator()(const CardOptions& options) const { return run_cards(options, common); }
  Status operator()(const BaseInfoOptions& options) const { return run_base_info(options, common); }
  Status operator()(const BaseBuildOptions& options) const { return run_base_build(options, common); }
  Status operator()(const SchemaOptions& options) const { return run_schema(options); }
  Status operator()(const SecretsCompleteOptions& /*options*/) const { return run_secrets_complete(common); }
  Status operator()(const SecretsPassphraseOptions& options) const { return run_secrets_passphrase(options, common); }
  Status operator()(const KubeconfigOptions& options) const { return run_kubeconfig(options, common); }
};

Status run(int argc, const char* const* argv) {
  const Parsed parsed = parse_command_line(argc, argv);
  if (const auto* text = std::get_if<std::string>(&parsed)) {
    print_text(*text);
    return ok_status();
  }
  if (const auto* wrong = std::get_if<WrongUsage>(&parsed)) {
    if (wrong->is_burn_json) make_json_burn_teller()->aborted({}, wrong->error);
    return wrong->error;
  }
  const auto& options = std::get<Options>(parsed);
  return std::visit(Dispatch{options.common}, options.command);
}

// A reader that went away has read what it wanted.
Status check_output() {
  Status shown = output_status();
  if (!shown.ok() && shown.error().sys_errno() == EPIPE) return ok_status();
  return shown;
}

}  // namespace

int run_command_line(int argc, const char* const* argv) {
  try {
    const Status status = run(argc, argv);
    const Status shown = check_output();
    if (!status.ok()) print_error(status.error());
    if (!shown.ok()) print_error(shown.error());
    const Status& first = status.ok() ? shown : status;
    return first.ok() ? kExitDone : exit_status_of(first.error().code());
  } catch (const std::exception& error) {
    // Memory ran out, or a bug: nothing in this program throws on purpose.
    print_error(Error(ErrorCode::kInternal, error.what()));
    return kExitBug;
  }
}

}  // namespace kraken
