#include "config/definitions.h"
#include "config/words.h"

namespace kraken {

namespace {

// Words of cmdline.txt that kraken-image sets or needs as they are: where the root is (root, rootfstype, rootflags,
// rootwait), who runs first (init, rdinit), the image's own resizing (resize), and the host name, which is the node's.
// The kernel takes a word with blanks in double quotes; those are left out, as no setting of a Pi wants them.
constexpr const char* kCmdlinePattern =
    "^(?!(root|rootfstype|rootflags|rootwait|init|rdinit|resize|systemd\\.hostname)(=|$))[!#-~]+$";
constexpr const char* kCmdlineExpected =
    "a word of cmdline.txt without blanks or quotes, and none that kraken-image keeps itself (root, rootfstype, "
    "rootflags, rootwait, init, rdinit, resize, systemd.hostname)";

// Raspberry Pi documentation, "config.txt", "File format": property=value, at most 98 characters. The three keys left
// out would make the firmware read other files than the ones that are edited.
constexpr std::uint64_t kMaxConfigLine = 98;
constexpr const char* kConfigPattern = "^(?!(cmdline|os_prefix|include)=)[A-Za-z_][A-Za-z0-9_.:-]*=[ -~]*$";
constexpr const char* kConfigExpected =
    "a line of config.txt like gpu_mem=16: key=value, no section, no comment, and none of cmdline, os_prefix, include";

constexpr Bytes kSmallestRoot = 512 * kMiB;
constexpr Bytes kLargestCard = 2048 * kGiB;  // what 2^32 sectors of 512 bytes of an MBR reach

Definition card_section() {
  return object(
      "What the profile wants of a card.",
      {optional("min_size", size({kSmallestRoot, kLargestCard},
                                 "The smallest card that will do. Cards hold a little less than is printed on "
                                 "them: 29GiB is met by every card of 32 GB.")),
       optional("root_size", size({kSmallestRoot, kLargestCard},
                                  "The root partition's size: fill (the whole card, the default) or a size.")
                                 .or_word("fill"))});
}

Definition nic_section() {
  return object(
      "Which network interface the node uses.",
      {optional("primary", word_of(words_of<NicPrimary>(), "The interface that gets the node's address.")),
       optional("fallback", word_of(words_of<NicFallback>(), "The interface to use while the primary one is down.")),
       optional("mode", word_of(words_of<NicMode>(), "Both with one address, or the primary one alone.")),
       optional("measure", flag("Measure at first boot what the link to the manager carries, through the primary "
                                "interface before and after tuning and through the fallback. Default: true."))});
}

Definition tuning_section() {
  return object(
      "Settings for speed, each on, off or left as the image has it (not named). The node reports what was "
      "measured before and after.",
      {optional("rps", flag("Spread received packets over all cores (rps_cpus).")),
       optional("receive_buffers", flag("Larger socket receive buffers (net.core.rmem_max and its like).")),
       optional("fair_queue_bbr", flag("The fq queue and BBR congestion control.")),
       optional("tx_queue_length", integer_or_false({1, 100000}, "The interface's transmit queue, in packets.")),
       optional("usb_autosuspend_off", flag("Never suspend the USB network adapter.")),
       optional("eee_off", flag("Energy Efficient Ethernet off.")),
       optional("cpu_governor_performance", flag("All cores at full clock speed.")),
       optional("ip_forward", flag("net.ipv4.ip_forward, which container networks need.")),
       optional("bridge_netfilter", flag("br_netfilter and its sysctls, which Kubernetes needs.")),
       optional("memory_cgroup", flag("Check that the memory cgroup is on.")),
       optional("swap_off", flag("No swap: it wears the card, and kubelet refuses it."))});
}

Definition boot_section() {
  const auto words = [](std::string description) {
    return list_of(text("A word of cmdline.txt.").matching(kCmdlinePattern, kCmdlineExpected), std::move(description));
  };
  return object(
      "Settings of the boot partition.",
      {optional("cmdline", object("Words of the kernel's command line.",
                                  {optional("add", words("Words to add, if they are not there.")),
                                   optional("remove", words("Words to remove; a key alone removes key=anything."))})),
       optional("config",
                list_of(text("A line of config.txt.").up_to(kMaxConfigLine).matching(kConfigPattern, kConfigExpected),
                        "Lines of config.txt."))});
}

Definition profile_file() {
  return object("A profile of kraken-image: what kind of node this is.",
                {optional("extends", file_name("The profile that this one starts from. Its keys count where this file "
                                               "gives none; lists of this file are appended to its lists.")),
                 optional("description", text("What the profile is for.").with_lines().up_to(2000)),
                 optional("role", word_of(words_of<Role>(), "What the node is in the cluster. Default: worker.")),
                 optional("card", card_section()), optional("nic", nic_section()), optional("tuning", tuning_section()),
                 optional("overlays", list_of(file_name("The name of a folder in overlays."),
                                              "Overlays, in the order in which they are put in.")),
                 optional("boot", boot_section())});
}

}  // namespace

const Definition& profile_definition() {
  static const Definition definition = profile_file();
  return definition;
}

}  // namespace kraken
