#include "config/definitions.h"
#include "config/text_checks.h"

namespace kraken {

namespace {

// Debian Policy section 5.6.1, and an architecture as apt takes it.
constexpr const char* kPackagePattern = "^[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?$";

constexpr std::uint64_t kMaxId = 4294967294;  // the highest uid_t is chown(2)'s "leave it"

constexpr Bytes kSmallestPartition = 32 * kMiB;
constexpr Bytes kLargestPartition = 64 * kGiB;
constexpr Bytes kLargestImage = 2048 * kGiB;

Definition owner(std::string description) {
  return integer({0, kMaxId}, std::move(description)).or_word("root");
}

Definition rule() {
  return object(
      "What holds for the files that a path names.",
      {required("path", text("A path below the overlay's folder, starting with rootfs/ or boot/; *, ? and [...] match "
                             "within one name.")
                            .matching("^(rootfs|boot)(/[^/]+)+$", "a path like rootfs/etc/motd")
                            .checked(check_overlay_path)
                            .up_to(2000)),
       optional("template", flag("Whether {{ node.name }} and its like are filled in. Default: false.")),
       optional("mode", text("The mode in octal, in quotes: \"0644\".")
                            .matching("^0?[0-7]{3,4}$", "a mode in octal, in quotes, like \"0644\"")),
       optional("owner", owner("The owner: root, or a number. Default: root.")),
       optional("group", owner("The group: root, or a number. Default: root."))});
}

Definition packages(std::string description) {
  return list_of(text("A package's name.").matching(kPackagePattern, "a Debian package's name"),
                 std::move(description));
}

Definition build_section() {
  const char* const word = "^[a-z0-9][a-z0-9._/-]*$";
  return object(
      "How to build it from Debian's packages.",
      {optional("suite", text("Debian's release: bookworm.").matching(word, "a release's name like bookworm")),
       optional("components", list_of(text("A component.").matching(word, "a component like main"),
                                      "Components of the archive. Default: main.")),
       optional("packages", packages("The packages; in place of those of the base that this one extends.")),
       optional("add_packages", packages("Packages on top of packages.")),
       optional("boot_size", size({kSmallestPartition, kLargestPartition}, "The boot partition's size.")),
       optional("root_size", size({kSmallestPartition, kLargestPartition}, "The root partition's size.")),
       optional("clock", text("The times of the files in it, in UTC: 2026-01-01T00:00:00Z.")
                             .matching("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
                                       "a time in UTC like 2026-01-01T00:00:00Z")
                             .checked(check_clock))});
}

Definition download_section() {
  const char* const url = "^https?://[!-~]+$";
  return object("Where to download it.",
                {optional("url", text("The image's address.").matching(url, "an http or https address").up_to(2000)),
                 optional("sha256", sha256("The SHA-256 digest of the file as published.")),
                 optional("image_sha256", sha256("The SHA-256 digest of the unpacked image.")),
                 optional("image_size", size({kSmallestPartition, kLargestImage}, "The size of the unpacked image.")),
                 optional("source", text("Where the digests were published.").up_to(2000))});
}

}  // namespace

const Definition& overlay_definition() {
  static const Definition definition =
      object("overlay.yaml of kraken-image: owners, modes and templates of the files of an overlay.",
             {optional("description", text("What the overlay is for.").with_lines().up_to(2000)),
              optional("files", list_of(rule(), "Rules; where several match a file, the last one counts."))});
  return definition;
}

const Definition& base_definition() {
  static const Definition definition =
      object("A base image of kraken-image: how to get it.",
             {required("name", file_name("The base's name: that of this file, without .yaml.")),
              required("description", text("What the base is.").with_lines().up_to(2000)),
              optional("extends", file_name("The base description that this one starts from; what this file gives "
                                            "replaces what that one gives, and add_packages adds to its packages.")),
              optional("architecture", word_of({"arm64", "armhf"}, "What it runs on.")),
              optional("build", build_section()), optional("download", download_section())})
          .needing_at_most_one_of({"build", "download"});
  return definition;
}

}  // namespace kraken
