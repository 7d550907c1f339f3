#include "cluster/kubernetes_pki.h"

#include <array>
#include <string>

#include "base/text.h"
#include "crypto/key_pair.h"

namespace kraken {

namespace {

constexpr std::string_view kHeader = "kraken-kubernetes-pki 1\n";
constexpr std::string_view kHeaderWord = "kraken-kubernetes-pki ";
constexpr std::string_view kServiceAccount = "[service-account]\n";

constexpr std::int64_t kDay = std::int64_t{24} * 60 * 60;
constexpr std::int64_t kLife = std::int64_t{30} * 365 * kDay;

// The names are kubeadm's; k3s looks at none.
struct Section {
  std::string_view mark;
  std::string_view common_name;
  CertificateAuthority KubernetesPki::*authority;
};
constexpr std::array<Section, 5> kSections = {
    Section{"[ca]\n", "kubernetes", &KubernetesPki::ca},
    Section{"[client-ca]\n", "kubernetes-client-ca", &KubernetesPki::client_ca},
    Section{"[front-proxy-ca]\n", "front-proxy-ca", &KubernetesPki::front_proxy_ca},
    Section{"[etcd-ca]\n", "etcd-ca", &KubernetesPki::etcd_ca},
    Section{"[etcd-peer-ca]\n", "etcd-peer-ca", &KubernetesPki::etcd_peer_ca},
};

constexpr SecretFile kFile = {
    kKubernetesPkiFile,
    "there are no certificate authorities for Kubernetes; `kraken-image secrets complete` makes them, and lost ones "
    "that nodes were burned with must come back from your backup",
    "put the right file back from your backup, or move it away and run `kraken-image secrets complete`, which makes "
    "other authorities: then every node has to be burned anew"};

std::string_view name_of(std::string_view mark) {
  return mark.substr(0, mark.size() - 1);
}

class PkiText {
 public:
  explicit PkiText(std::string_view text) : rest_(text) {}

  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  // One PEM object with its marks (RFC 7468); an empty text when none of this label comes next.
  std::string_view take_object(const std::string& label) {
    const std::string end = "-----END " + label + "-----\n";
    const std::size_t at = rest_.find(end);
    if (!rest_.starts_with("-----BEGIN " + label + "-----\n") || at == std::string_view::npos) return {};
    const std::string_view object = rest_.substr(0, at + end.size());
    rest_.remove_prefix(object.size());
    return object;
  }

  bool is_at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

Error wrong(std::string_view mark, std::string_view what) {
  return Error(ErrorCode::kCorrupt, "section " + std::string(name_of(mark)) + ": " + std::string(what));
}

Result<CertificateAuthority> read_authority(PkiText& text, std::string_view mark) {
  if (!text.take(mark)) return wrong(mark, "it is not where it should be");
  CertificateAuthority authority;
  authority.certificate = text.take_object("CERTIFICATE");
  authority.key = SecretBytes(as_bytes(text.take_object("EC PRIVATE KEY")));
  KRAKEN_TRY(check_authority(authority).with_context("section " + std::string(name_of(mark))));
  return authority;
}

}  // namespace

Result<KubernetesPki> make_kubernetes_pki(std::int64_t now) {
  const Validity validity{now - kDay, now - kDay + kLife};
  KubernetesPki pki;
  for (const Section& section : kSections) {
    KRAKEN_ASSIGN(pki.*section.authority, make_authority(section.common_name, validity));
  }
  KRAKEN_ASSIGN(pki.service_account, make_rsa_2048_key());
  return pki;
}

SecretBytes format_kubernetes_pki(const KubernetesPki& pki) {
  std::size_t size = kHeader.size() + kServiceAccount.size() + pki.service_account.size();
  for (const Section& section : kSections) {
    const CertificateAuthority& authority = pki.*section.authority;
    size += section.mark.size() + authority.certificate.size() + authority.key.size();
  }
  std::string text;
  text.reserve(size);  // never reallocated: no copy stays in freed memory
  text.append(kHeader);
  for (const Section& section : kSections) {
    const CertificateAuthority& authority = pki.*section.authority;
    text.append(section.mark).append(authority.certificate).append(as_text(authority.key.view()));
  }
  text.append(kServiceAccount).append(as_text(pki.service_account.view()));
  SecretBytes out(as_bytes(text));
  cleanse(text);
  return out;
}

Result<KubernetesPki> parse_kubernetes_pki(std::string_view whole) {
  PkiText text(whole);
  if (!text.take(kHeader)) {
    return Error(ErrorCode::kCorrupt, whole.starts_with(kHeaderWord)
                                          ? "these authorities have a version that this program does not know"
                                          : "these are no certificate authorities for Kubernetes");
  }
  KubernetesPki pki;
  for (const Section& section : kSections) {
    KRAKEN_ASSIGN(pki.*section.authority, read_authority(text, section.mark));
  }
  if (!text.take(kServiceAccount)) return wrong(kServiceAccount, "it is not where it should be");
  pki.service_account = SecretBytes(as_bytes(text.take_object("RSA PRIVATE KEY")));
  const auto kind = kind_of_key(as_text(pki.service_account.view()));
  if (!kind.ok() || *kind != KeyKind::kRsa2048) return wrong(kServiceAccount, "expected an RSA key of 2048 bits");
  if (!text.is_at_end()) return wrong(kServiceAccount, "expected nothing after the key");
  return pki;
}

Status create_kubernetes_pki(SecretsFolder& folder, std::int64_t now, const OptionalPassphrase& passphrase) {
  KRAKEN_ASSIGN(const KubernetesPki pki, make_kubernetes_pki(now));
  const SecretBytes text = format_kubernetes_pki(pki);
  return folder.create(kKubernetesPkiFile, text.view(), passphrase);
}

Result<KubernetesPki> load_kubernetes_pki(SecretsFolder& folder) {
  KRAKEN_ASSIGN(const SecretBytes text, folder.read(kFile));
  auto pki = parse_kubernetes_pki(as_text(text.view()));
  if (!pki.ok()) return folder.malformed(kFile, pki.error().what());
  return pki;
}

}  // namespace kraken
