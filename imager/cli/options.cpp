#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <span>
#include <string_view>

#include "base/version.h"
#include "config/definition.h"
#include "config/problems.h"

namespace kraken {

namespace {

// What CLI11 fills in before it is put into Options.
struct Raw {
  CommonOptions common;
  InitOptions init;
  PlanOptions plan;
  BurnOptionsCli burn;
  BaseInfoOptions base_info;
  BaseBuildOptions base_build;
  CardOptions cards;
  SecretsPassphraseOptions passphrase;
  KubeconfigOptions kubeconfig;
  std::string size;
  std::string max_size;
  std::filesystem::path system_root;
  std::string schema;
  bool all = false;
  bool no_verify = false;
  bool force_fixed_disk = false;
};

constexpr const char* kPassphraseFile = "File with the passphrase of the secrets (default: it is asked for)";

const CLI::Validator kSizeText(
    [](std::string& text) {
      return parse_size(text) ? std::string() : "\"" + text + "\" is no size: write 16GB, 29GiB or a number of bytes";
    },
    "SIZE");

void add_common(CLI::App& app, CommonOptions& common) {
  app.add_option("-f,--file", common.cluster_file, "The cluster's description")->capture_default_str();
  app.add_option("--share", common.share, "Folder with the shipped profiles, overlays and first-boot programs");
  app.add_option("--cache", common.cache, "Folder of the base cache (default: ~/.cache/kraken-image)");
  app.add_option("--clock", common.clock,
                 "Time of the build, ISO 8601 or seconds since 1970 (default: SOURCE_DATE_EPOCH, else now)");
  app.add_flag("--json", common.json, "Results as JSON");
}

void add_passphrase_file(CLI::App& command, Raw& raw, const std::string& description) {
  command.add_option("--passphrase-file", raw.common.passphrase_file, description);
}

void add_card_limits(CLI::App& command, Raw& raw) {
  command.add_option("--max-size", raw.max_size, "Larger disks are no cards (default: 256GB)")->check(kSizeText);
  // Not for people: a folder with a sys/ and a proc/ that a test has made up.
  command.add_option("--system-root", raw.system_root)->group("");
}

void add_init(CLI::App& app, Raw& raw) {
  CLI::App* command = app.add_subcommand("init", "Write a commented cluster.yaml and the cluster's secrets");
  command->add_option("folder", raw.init.folder, "Where to write them")->capture_default_str();
  command->add_option("--name", raw.init.name, "Name of the cluster")->capture_default_str();
  command->add_option("--nodes", raw.init.nodes, "Number of nodes")->capture_default_str()->check(CLI::Range(1, 250));
  command->add_option("--subnet", raw.init.subnet, "The nodes' subnet; node N gets address .10+N")
      ->capture_default_str();
  command->add_option("--base", raw.init.base, "Name of the base image")->capture_default_str();
  command->add_option("--user", raw.init.user, "User that is made on every node")->capture_default_str();
  command->add_option("--authorized-keys", raw.init.authorized_keys_file,
                      "Public key file that may log in (default: the first of ~/.ssh/id_*.pub)");
  command->add_flag("--passphrase", raw.init.passphrase, "Encrypt the secrets with a passphrase, which is asked for");
  add_passphrase_file(*command, raw, "Encrypt the secrets with the passphrase in this file, which only you may read");
}

void add_plan(CLI::App& app, Raw& raw) {
  CLI::App* command = app.add_subcommand("plan", "Show every edit with the origin of its value; change nothing");
  command->add_option("-n,--node", raw.plan.node, "Id of the node (default: every node)");
  command->add_option("--size", raw.size, "Size of the card")->check(kSizeText);
  add_passphrase_file(*command, raw, kPassphraseFile);
}

void add_burn(CLI::App& app, Raw& raw) {
  CLI::App* command = app.add_subcommand("burn", "Make a node's image, write it and verify what was written");
  auto* node = command
                   ->add_option("-n,--node", raw.burn.nodes,
                                "Id of the node; several (--node 2 --node 3, or --node 2,3) take turns in this order")
                   ->delimiter(',')
                   ->allow_extra_args(false);
  command->add_flag("--all", raw.all, "Every node of the cluster")->excludes(node);
  auto* output = command->add_option(
      "-o,--output", raw.burn.output,
      "Write an image file; for several nodes a folder (or a name that ends in /), with a file for each");
  auto* device = command
                     ->add_option("-d,--device", raw.burn.devices,
                                  "Write a card: a block device, which loses all it holds (default: the one card that "
                                  "is there); several work at the same time")
                     ->allow_extra_args(false);
  output->excludes(device);
  command
      ->add_option("--size", raw.size,
                   "Size of the image file (default: the node's card, or what its profile asks for)")
      ->check(kSizeText);
  add_card_limits(*command, raw);
  command
      ->add_flag("--force-fixed-disk", raw.force_fixed_disk,
                 "Write the disk that --device names though it is not removable or too large for a card")
      ->needs(device);
  command->add_flag("-y,--yes", raw.burn.yes, "Do not ask before a card is overwritten");
  auto* probe = command->add_flag("--probe", raw.burn.probe, "First look whether the card is as large as it says")
                    ->excludes(output);
  auto* update = command
                     ->add_flag("--update", raw.burn.update,
                                "Read the card, which holds a node of this cluster, and write only what differs")
                     ->excludes(output)
                     ->excludes(probe);  // its marks would destroy what need not be written
  command
      ->add_flag("--any-card", raw.burn.any_card,
                 "Update the card even if it is not known to hold a node of this cluster")
      ->needs(update);
  command->add_flag("--full", raw.burn.full, "Write every block, also those that the file systems call free");
  add_passphrase_file(*command, raw, kPassphraseFile);
  command->add_flag("--no-verify", raw.no_verify, "Do not read back what was written");
}

void add_cards(CLI::App& app, Raw& raw) {
  CLI::App* command = app.add_subcommand("cards", "List the cards that could be written, and why other disks are not");
  add_card_limits(*command, raw);
}

void add_base(CLI::App& app, Raw& raw) {
  CLI::App* base = app.add_subcommand("base", "Base images");
  base->require_subcommand(1);
  CLI::App* info = base->add_subcommand("info", "Decode and check an image, and say what is in it");
  info->add_option("file", raw.base_info.file, "Image: .img, .img.xz, .img.zst, .img.gz, .img.bz2 or .zip")->required();
  info->add_option("--sha256", raw.base_info.sha256, "What the file must hash to");
  CLI::App* build =
      base->add_subcommand("build", "Build a described base from its distribution's packages (needs root)");
  build->add_option("name", raw.base_build.name, "Name of a description in profiles/bases/")->required();
}

void add_secrets(CLI::App& app, Raw& raw) {
  CLI::App* secrets = app.add_subcommand("secrets", "The folder of the cluster's secrets");
  secrets->require_subcommand(1);
  CLI::App* complete = secrets->add_subcommand("complete", "Make what a folder from an older version lacks");
  add_passphrase_file(*complete, raw, kPassphraseFile);
  CLI::App* change = secrets->add_subcommand("passphrase", "Encrypt the secrets with another passphrase, or with none");
  add_passphrase_file(*change, raw, "File with the passphrase until now (default: it is asked for)");
  auto* file = change->add_option("--new-passphrase-file", raw.passphrase.new_passphrase_file,
                                  "File with the new passphrase, which only you may read (default: it is asked for)");
  change->add_flag("--remove", raw.passphrase.remove, "Keep the secrets without a passphrase from now on")
      ->excludes(file);
}

void add_kubeconfig(CLI::App& app, Raw& raw) {
  constexpr int kMaxDays = 3650;
  CLI::App* command = app.add_subcommand("kubeconfig", "Write a kubeconfig with which kubectl administers the cluster");
  command->add_option("-o,--output", raw.kubeconfig.output,
                      "File to write (default: <cluster>.kubeconfig beside cluster.yaml)");
  command->add_option("--days", raw.kubeconfig.days, "How long its certificate lives")
      ->capture_default_str()
      ->check(CLI::Range(1, kMaxDays));
  add_passphrase_file(*command, raw, kPassphraseFile);
}

void add_schema(CLI::App& app, Raw& raw) {
  CLI::App* command =
      app.add_subcommand("schema", "Print the JSON Schema of a file, for editors, or of what burn writes");
  command->add_option("kind", raw.schema, "cluster, profile, overlay or base; burn-events: the lines of burn --json")
      ->required()
      ->check(CLI::IsMember({"cluster", "profile", "overlay", "base", "burn-events"}));
}

std::optional<SchemaKind> schema_kind(const std::string& word) {
  if (word == "burn-events") return std::nullopt;
  if (word == "profile") return SchemaKind::kProfile;
  if (word == "overlay") return SchemaKind::kOverlay;
  if (word == "base") return SchemaKind::kBase;
  return SchemaKind::kCluster;
}

// What CLI11 cannot say of the options together.
Status check_burn(const Raw& raw) {
  const BurnOptionsCli& burn = raw.burn;
  const auto wrong = [](const std::string& what) { return Error(ErrorCode::kInvalidArgument, what); };
  if (burn.nodes.empty() && !raw.all) return wrong("name the node to burn with --node, or burn them with --all");
  for (auto it = burn.nodes.begin(); it != burn.nodes.end(); ++it) {
    if (std::find(burn.nodes.begin(), it, *it) != it) return wrong("--node " + std::to_string(*it) + " is named twice");
  }
  if (raw.force_fixed_disk && (burn.devices.size() != 1 || burn.nodes.size() != 1)) {
    return wrong("--force-fixed-disk is for one --device and one --node");
  }
  return ok_status();
}

CardOptions card_options(const Raw& raw) {
  CardOptions cards;
  if (const auto size = parse_size(raw.max_size)) cards.limits.max_size = *size;
  if (raw.force_fixed_disk) cards.fixed = FixedDisks::kAllowed;
  if (!raw.system_root.empty()) {
    cards.roots.sys = raw.system_root / "sys";
    cards.roots.proc = raw.system_root / "proc";
  }
  return cards;
}

Result<Options> chosen(const CLI::App& app, Raw raw) {
  Options options{.common = raw.common, .command = {}};
  const auto size = raw.size.empty() ? std::nullopt : parse_size(raw.size);
  if (app.got_subcommand("init")) {
    options.command = raw.init;
  } else if (app.got_subcommand("plan")) {
    raw.plan.size = size;
    options.command = raw.plan;
  } else if (app.got_subcommand("burn")) {
    KRAKEN_TRY(check_burn(raw));
    raw.burn.size = size;
    raw.burn.verify = !raw.no_verify;
    raw.burn.cards = card_options(raw);
    options.command = raw.burn;
  } else if (app.got_subcommand("cards")) {
    options.command = card_options(raw);
  } else if (app.got_subcommand("schema")) {
    options.command = SchemaOptions{schema_kind(raw.schema)};
  } else if (app.got_subcommand("kubeconfig")) {
    options.command = raw.kubeconfig;
  } else if (app.get_subcommand("secrets")->got_subcommand("complete")) {
    options.command = SecretsCompleteOptions{};
  } else if (app.get_subcommand("secrets")->got_subcommand("passphrase")) {
    options.command = raw.passphrase;
  } else if (app.get_subcommand("base")->got_subcommand("info")) {
    options.command = raw.base_info;
  } else {
    options.command = raw.base_build;
  }
  return options;
}

// Of --json the words are looked at: CLI11 has read no further than to the first mistake.
WrongUsage wrong_usage(const CLI::App& app, std::span<const char* const> words, const Error& error) {
  const bool is_json = std::ranges::find(words, std::string_view("--json")) != words.end();
  return {error, is_json && app.got_subcommand("burn")};
}

// CLI11 misses a command before it looks at the word that is none.
Error explain(CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unknown = app.remaining(true);
  if (dynamic_cast<const CLI::RequiredError*>(&error) == nullptr || unknown.empty()) {
    return {ErrorCode::kInvalidArgument, std::string(error.what()) + " (see kraken-image --help)"};
  }
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  std::vector<std::string> names;
  for (const CLI::App* one : command->get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(one->get_name());
  }
  const std::string& word = unknown.front();
  const bool is_option = word.starts_with('-');
  return {ErrorCode::kInvalidArgument, "there is no " + std::string(is_option ? "option " : "command ") +
                                           in_quotes(word) + did_you_mean(word, names) + " (see kraken-image --help)"};
}

}  // namespace

Parsed parse_command_line(int argc, const char* const* argv) {
  CLI::App app("Makes microSD cards for a cluster of Raspberry Pis: one command a card.", "kraken-image");
  app.set_version_flag("--version", std::string(kToolName));
  app.require_subcommand(1);
  app.fallthrough();
  const std::span<const char* const> words(argv, static_cast<std::size_t>(argc));
  Raw raw;
  add_common(app, raw.common);
  add_init(app, raw);
  add_plan(app, raw);
  add_burn(app, raw);
  add_cards(app, raw);
  add_base(app, raw);
  add_secrets(app, raw);
  add_kubeconfig(app, raw);
  add_schema(app, raw);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion&) {
    return std::string(kToolName) + "\n";
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.help();
    return wrong_usage(app, words, explain(app, error));
  }
  auto options = chosen(app, std::move(raw));
  if (!options.ok()) return wrong_usage(app, words, options.error());
  return std::move(*options);
}

}  // namespace kraken
