#include "config/definitions.h"
#include "config/text_checks.h"
#include "config/words.h"
#include "contract/host_label.h"
#include "contract/join_settings.h"

namespace kraken {

namespace {

constexpr const char* kLabelExpected = "a host name (a-z, 0-9 and - inside, at most 63 characters)";

// A zone's file name below /usr/share/zoneinfo: tz database, "Theory and pragmatics", "Timezone identifiers".
constexpr const char* kTimezonePattern = "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$";

// Four numbers up to 255 without leading zeros, which some programs read as octal.
constexpr const char* kAddressPattern =
    "^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])$";
constexpr const char* kSubnetPattern =
    "^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    "/([89]|[12][0-9]|30)$";
constexpr const char* kPoolPattern =
    "^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    "/([89]|[12][0-9])$";

constexpr const char* kPodPattern =
    "^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    "/([89]|1[0-9]|2[0-4])$";
constexpr const char* kServicePattern =
    "^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    "/(1[2-9]|2[0-8])$";

// crypt(5) of libxcrypt: yescrypt, gost-yescrypt, sha512crypt, sha256crypt, bcrypt. The older ones can be guessed.
constexpr const char* kHashPattern =
    "^(\\$g?y\\$[./A-Za-z0-9]+\\$[./A-Za-z0-9]{1,86}\\$[./A-Za-z0-9]{43}"
    "|\\$6\\$(rounds=[1-9][0-9]{3,8}\\$)?[!-#%-9;-~]{1,16}\\$[./A-Za-z0-9]{86}"
    "|\\$5\\$(rounds=[1-9][0-9]{3,8}\\$)?[!-#%-9;-~]{1,16}\\$[./A-Za-z0-9]{43}"
    "|\\$2[aby]\\$(0[4-9]|[12][0-9]|3[01])\\$[./A-Za-z0-9]{53})$";

// Kubernetes, "Labels and Selectors", "Syntax and character set"; Swarm takes any.
constexpr const char* kLabelKeyPattern = "^[A-Za-z0-9]([A-Za-z0-9._/-]{0,251}[A-Za-z0-9])?$";
constexpr const char* kLabelValuePattern = "^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$";

constexpr std::uint64_t kMaxPath = 4096;      // PATH_MAX of limits.h
constexpr std::uint64_t kMaxKeyLine = 16384;  // sshd(8), "AUTHORIZED_KEYS FILE FORMAT": 8 kilobytes of key, and options
constexpr Bytes kSmallestCard = 512 * kMiB;
constexpr Bytes kLargestCard = 2048 * kGiB;  // what 2^32 sectors of 512 bytes of an MBR reach

Definition label(std::string description) {
  return text(std::move(description)).matching(kHostLabelPattern, kLabelExpected);
}

Definition address(std::string description) {
  return text(std::move(description)).matching(kAddressPattern, "an IPv4 address like 192.168.3.11");
}

Definition path(std::string description) {
  return text(std::move(description)).up_to(kMaxPath);
}

Definition cluster_section() {
  return object("The cluster as a whole.",
                {required("name", label("The cluster's name; nodes without a name are called <cluster>-<id>.")),
                 optional("timezone", text("The nodes' time zone, like Europe/Berlin.")
                                          .matching(kTimezonePattern, "a time zone like Europe/Berlin or UTC")),
                 optional("secrets", path("The folder of the cluster's secrets, relative to this file; ~/ is your home "
                                          "folder. Default: secrets."))});
}

Definition base_section() {
  return text_or_object(
      file_name(
          "The image that the nodes are made from: the name of a description in profiles/bases, or an image file."),
      object("An image file.",
             {required("file", path("The image (.img, .img.xz, .img.zst, .img.gz, .zip), relative to this file.")),
              optional("sha256", sha256("The SHA-256 digest of that file as it is."))}));
}

Definition pod_subnet() {
  return text(
             "kubeadm, k3s: the private range, from /8 to /24, that the addresses of pods are from; every node gets a "
             "/24 of it. Default: 10.244.0.0/16 (kubeadm) or 10.42.0.0/16 (k3s), and 172.29.0.0/16 where the nodes "
             "themselves are there.")
      .matching(kPodPattern, "a private range from /8 to /24, like 10.244.0.0/16")
      .checked(check_cluster_range);
}

Definition service_subnet() {
  return text(
             "kubeadm, k3s: the private range, from /12 to /28, that the addresses of services are from. Default: "
             "10.96.0.0/16 (kubeadm) or 10.43.0.0/16 (k3s), and 172.30.0.0/16 where the nodes themselves are there.")
      .matching(kServicePattern, "a private range from /12 to /28, like 10.96.0.0/16")
      .checked(check_cluster_range);
}

Definition orchestrator_section() {
  return text_or_object(
      word_of(words_of<Orchestrator>(), "What joins the nodes."),
      object(
          "What joins the nodes, and how.",
          {required("kind", word_of(words_of<Orchestrator>(), "What joins the nodes.")),
           optional("broker_port", integer({kMinBrokerPort, 65535},
                                           "The TCP port of the managers at which nodes ask to join. Default: " +
                                               std::to_string(kDefaultBrokerPort) + ".")),
           optional("address_pools",
                    list_of(text("A private range, from /8 to /29.")
                                .matching(kPoolPattern, "a private range from /8 to /29, like 10.200.0.0/16")
                                .checked(check_address_pool),
                            "Swarm: what the networks between containers are cut from, apart from everything that "
                            "the nodes reach. Default: 10.200.0.0/16, or 172.31.0.0/16 when the nodes themselves "
                            "are in 10.0.0.0/8.")
                        .not_empty()
                        .up_to(kMaxAddressPools)),
           optional("pool_prefix", integer({kMinPoolPrefix, kMaxNetworkPrefix},
                                           "Swarm: the prefix length of each such network. Default: " +
                                               std::to_string(kDefaultNetworkPrefix) + ".")),
           optional("certificate_days",
                    integer({1, kMaxCertificateDays},
                            "Swarm: how long a node's certificate lives. A node that is switched off does not renew "
                            "its own and is out of the swarm once it has expired. Default: " +
                                std::to_string(kDefaultCertificateDays) + ".")),
           optional("pod_subnet", pod_subnet()), optional("service_subnet", service_subnet()),
           optional("small_server",
                    flag("k3s: whether managers leave out what does not fit into 1 GB of memory beside k3s (traefik, "
                         "metrics-server, local-storage, the network policy controller). Default: true."))}));
}

Definition network_section() {
  return object(
      "The network that the nodes are in.",
      {required("subnet", text("The subnet, from /8 to /30.")
                              .matching(kSubnetPattern, "a subnet from /8 to /30, like 192.168.3.0/24")
                              .checked(check_subnet)),
       required("gateway", address("The router's address, inside the subnet.")),
       // resolv.conf(5): MAXNS is 3.
       optional(
           "dns",
           list_of(address("A name server's address."), "Name servers. Default: the gateway.").not_empty().up_to(3))});
}

Definition access_section() {
  return object(
             "The user that logs in to the nodes.",
             {optional("user",
                       text("The user's name. Default: kraken.")
                           .matching("^[a-z][a-z0-9-]{0,31}$", "a user name (a-z, then a-z, 0-9 and -, at most 32)")
                           .checked(check_user)),
              optional("password_hash",
                       text("The hash of the user's password, from 'openssl passwd -6' or 'mkpasswd'; without one, the "
                            "user logs in with a key alone.")
                           .matching(kHashPattern,
                                     "a password's hash ($6$..., $y$..., $5$..., $2b$..., as 'openssl "
                                     "passwd -6' or 'mkpasswd' print it; never the password itself)")
                           .secret()),
              optional("authorized_keys", list_of(text("A public key: one line of authorized_keys.")
                                                      .up_to(kMaxKeyLine)
                                                      .checked(check_authorized_key)
                                                      .secret(),
                                                  "Public keys that may log in.")
                                              .not_empty()),
              optional("authorized_keys_files",
                       list_of(path("A file with public keys, relative to this file; ~/ is your home folder."),
                               "Files of public keys that may log in, read when an image is made.")
                           .not_empty()),
              optional("sudo_without_password", flag("Whether sudo asks for no password. Default: true."))})
      .needing_one_of({"password_hash", "authorized_keys", "authorized_keys_files"},
                      "nobody could log in: give authorized_keys_files (like [~/.ssh/id_ed25519.pub]), authorized_keys "
                      "or password_hash")
      .hinting("password",
               "a password is never written here; run 'openssl passwd -6' and write what it prints as "
               "password_hash");
}

Definition node_section() {
  return object(
      "A node.",
      {required("id", integer({1, 65535}, "The node's number, as in 'burn --node 3'.")),
       optional("name", label("The host name. Default: <cluster>-<id>.").checked(check_host_name)),
       required("address", address("The node's address, inside the subnet.")),
       required("profile", file_name("The profile: the name of a file in profiles, without .yaml.")),
       optional("card", size({kSmallestCard, kLargestCard}, "The size of its card as printed on it, like 32GB.")),
       optional("labels", map_of(text("A label's value.")
                                     .matching(kLabelValuePattern, "a label (letters, digits, -, _ and ., at most 63)"),
                                 "Labels that the orchestrator gives the node.")
                              .matching(kLabelKeyPattern, "a label's name (letters, digits, -, _, . and /)"))});
}

Definition cluster_file() {
  return object(
      "cluster.yaml of kraken-image: the whole cluster.",
      {required("cluster", cluster_section()), required("base", base_section()),
       required("orchestrator", orchestrator_section()), required("network", network_section()),
       required("access", access_section()), required("nodes", list_of(node_section(), "The nodes.").not_empty())});
}

}  // namespace

const Definition& cluster_definition() {
  static const Definition definition = cluster_file();
  return definition;
}

}  // namespace kraken
