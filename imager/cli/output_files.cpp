#include "cli/output_files.h"

#include <algorithm>

#include "cli/burn_receipt.h"
#include "config/file_paths.h"
#include "sys/files.h"

namespace kraken {

namespace {

namespace stdfs = std::filesystem;

Error usage(const std::string& what) {
  return {ErrorCode::kInvalidArgument, what};
}

// Of the folder that the file is in, or will be.
stdfs::path real_folder_of(const stdfs::path& file) {
  std::error_code ignored;
  return stdfs::weakly_canonical(stdfs::absolute(file, ignored).parent_path(), ignored);
}

bool lies_in(const stdfs::path& file, const stdfs::path& folder) {
  const stdfs::path place = real_folder_of(file);
  const stdfs::path root = real_folder_of(folder / "any");
  return !root.empty() && std::ranges::mismatch(root, place).in1 == root.end();
}

Status check_file(const stdfs::path& file, const RunInputs& inputs) {
  const auto refused = [&](const stdfs::path& input) {
    return Error(ErrorCode::kTargetRefused, file.string() + ": this would overwrite what is read here (" +
                                                input.string() + "); choose another name");
  };
  std::error_code ignored;
  for (const stdfs::path& input : inputs.files) {
    if (stdfs::equivalent(file, input, ignored)) return refused(input);
  }
  for (const stdfs::path& folder : inputs.folders) {
    if (lies_in(file, folder)) return refused(folder);
  }
  return ok_status();
}

Result<std::vector<stdfs::path>> name_files(const BurnOptionsCli& options,
                                            const std::vector<const NodeConfig*>& nodes) {
  const stdfs::path& output = *options.output;
  if (output.empty()) return usage("--output needs the name of a file, or of a folder for several nodes");
  const bool is_folder_name = !output.has_filename();
  std::error_code ignored;
  if (!is_folder_name && options.nodes.size() == 1) return std::vector{output};
  if (!is_folder_name && !stdfs::is_directory(output, ignored)) {
    return usage("--output " + output.string() + ": several nodes need a folder; end its name in / to have it made");
  }
  std::vector<stdfs::path> files;
  for (const NodeConfig* node : nodes) files.push_back(output / (node->name.value + ".img"));
  return files;
}

}  // namespace

RunInputs inputs_of(const ClusterConfig& cluster, const CommonOptions& common, const Environment& environment) {
  RunInputs inputs{{cluster.file}, cluster.overlay_folders};
  if (const auto* base = std::get_if<FileBase>(&cluster.base.value)) inputs.files.push_back(base->file);
  if (common.passphrase_file) inputs.files.push_back(*common.passphrase_file);
  std::ranges::copy(cluster.access.authorized_keys_files, std::back_inserter(inputs.files));
  inputs.folders.push_back(cluster.secrets_folder.value);
  std::ranges::copy(search_folders(cluster.folder, environment.paths, "profiles"), std::back_inserter(inputs.folders));
  inputs.folders.push_back(environment.cache_folder);
  return inputs;
}

Result<std::vector<stdfs::path>> output_files(const BurnOptionsCli& options,
                                              const std::vector<const NodeConfig*>& nodes, const RunInputs& inputs) {
  KRAKEN_ASSIGN(const std::vector<stdfs::path> files, name_files(options, nodes));
  for (const stdfs::path& file : files) {
    KRAKEN_TRY(check_file(file, inputs));
    KRAKEN_TRY(check_file(receipt_beside(file), inputs));
  }
  // A single file's folder is the user's to make.
  if (files.front() != *options.output) KRAKEN_TRY(make_folders(*options.output).recode(ErrorCode::kTargetRefused));
  return files;
}

Status check_spares_inputs(const BlockDevice& card, const RunInputs& inputs) {
  if (card.backing.empty()) return ok_status();
  return check_file(card.backing, inputs).with_context(card.path.string());
}

}  // namespace kraken
