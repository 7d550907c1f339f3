// One function a command: it does the work and prints the result, and its error becomes the exit status.
#pragma once

#include "base/result.h"
#include "cli/options.h"

namespace kraken {

Status run_init(const InitOptions& options, const CommonOptions& common);
Status run_plan(const PlanOptions& options, const CommonOptions& common);
Status run_burn(const BurnOptionsCli& options, const CommonOptions& common);
Status run_cards(const CardOptions& options, const CommonOptions& common);
Status run_base_info(const BaseInfoOptions& options, const CommonOptions& common);
Status run_base_build(const BaseBuildOptions& options, const CommonOptions& common);
Status run_schema(const SchemaOptions& options);
Status run_secrets_complete(const CommonOptions& common);
Status run_secrets_passphrase(const SecretsPassphraseOptions& options, const CommonOptions& common);
Status run_kubeconfig(const KubeconfigOptions& options, const CommonOptions& common);

// All of it: the exit status of the program.
int run_command_line(int argc, const char* const* argv);

}  // namespace kraken
