// The command line as plain values. The only includer of CLI11 is options.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "burn/card_check.h"
#include "config/reader.h"

namespace kraken {

// Where things lie and what time it is; the same for every command.
struct CommonOptions {
  std::filesystem::path cluster_file = "cluster.yaml";
  std::optional<std::filesystem::path> share;
  std::optional<std::filesystem::path> cache;
  std::optional<std::string> clock;  // ISO 8601 or seconds since 1970; else SOURCE_DATE_EPOCH, else now
  bool json = false;
  std::optional<std::filesystem::path> passphrase_file;  // of all commands that make or read secrets
};

struct InitOptions {
  std::filesystem::path folder = ".";
  std::string name = "kraken";
  std::string subnet = "192.168.3.0/24";
  std::string base = "debian-12-arm64";
  std::string user = "kraken";
  std::optional<std::string> authorized_keys_file;
  std::uint32_t nodes = 7;
  bool passphrase = false;  // encrypt the secrets; with a passphrase_file as well
};

struct PlanOptions {
  std::optional<std::uint32_t> node;  // every node without it
  std::optional<Bytes> size;
};

// Which disks are taken for cards.
struct CardOptions {
  CardLimits limits;
  FixedDisks fixed = FixedDisks::kRefused;
  SystemRoots roots;
};

struct BurnOptionsCli {
  std::vector<std::uint32_t> nodes;  // in the order of their turns; none: all of the cluster's
  std::optional<std::filesystem::path> output;
  std::vector<std::filesystem::path> devices;
  std::optional<Bytes> size;
  bool yes = false;
  bool verify = true;
  bool full = false;
  bool probe = false;
  bool update = false;
  bool any_card = false;
  CardOptions cards;
};

struct BaseInfoOptions {
  std::filesystem::path file;
  std::optional<std::string> sha256;
};

struct BaseBuildOptions {
  std::string name;
};

// What is done to the secrets folder that cluster.yaml names.
struct SecretsCompleteOptions {};

struct SecretsPassphraseOptions {
  std::optional<std::filesystem::path> new_passphrase_file;  // else the new one is asked for
  bool remove = false;                                       // none any more
};

struct KubeconfigOptions {
  std::optional<std::filesystem::path> output;  // default: <cluster>.kubeconfig beside cluster.yaml
  int days = 365;
};

struct SchemaOptions {
  std::optional<SchemaKind> kind;  // nothing: what burn --json writes
};

struct Options {
  CommonOptions common;
  std::variant<InitOptions, PlanOptions, BurnOptionsCli, CardOptions, BaseInfoOptions, BaseBuildOptions, SchemaOptions,
               SecretsCompleteOptions, SecretsPassphraseOptions, KubeconfigOptions>
      command;
};

// A command line that is wrong: kInvalidArgument, in most cases with CLI11's sentence.
struct WrongUsage {
  Error error;
  bool is_burn_json = false;  // so that who reads burn's JSON is told in the way that it understands
};

// What parsing ended in: options to act on, a text that was asked for (--help, --version), or neither.
using Parsed = std::variant<Options, std::string, WrongUsage>;

Parsed parse_command_line(int argc, const char* const* argv);

}  // namespace kraken
