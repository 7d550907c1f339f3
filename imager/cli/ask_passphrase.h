// Where the passphrase over the secrets comes from: a private file that the command line names, or the terminal, where
// it is typed unseen. The terminal is the process's own (/dev/tty), so that input and output may be pipes.
#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "cluster/passphrase.h"
#include "cluster/secrets_folder.h"

namespace kraken {

using PassphraseFile = std::optional<std::filesystem::path>;  // what --passphrase-file names

// For ClusterSecrets::load(): a file is tried once, a person three times. kConfig when that was not enough, and without
// a terminal; kInterrupted on Ctrl-C.
AskPassphrase passphrase_from(const PassphraseFile& file);

// Warns when the folder, after its files were read, has turned out to need no passphrase though a file was named: that
// file was not even looked at.
void warn_of_unused(const PassphraseFile& file, const SecretsFolder& folder);

// A new one: the file's, which the option names, or typed twice. kConfig when it is none to encrypt with or the two
// differ.
Result<SecretBytes> new_passphrase(const PassphraseFile& file, const char* option = "--passphrase-file");

}  // namespace kraken
