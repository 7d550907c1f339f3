#include "crypto/certificate.h"

#include <openssl/bn.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "base/text.h"
#include "crypto/key_pair.h"
#include "crypto/openssl_objects.h"
#include "crypto/random.h"

namespace kraken {

namespace {

constexpr std::size_t kMaxName = 64;
// RFC 5280, section 4.1.2.2: positive, at most 20 octets. The CA/Browser Forum asks for 64 random bits; these are 126.
constexpr std::size_t kSerialSize = 16;

struct Extension {
  int nid;
  const char* value;
};
// kubeadm's own authorities have these uses (its documentation, "PKI certificates and requirements"), and k3s' example
// of custom ones asks for them (contrib/util/generate-custom-ca-certs.sh).
constexpr Extension kAuthorityExtensions[] = {
    {NID_basic_constraints, "critical,CA:TRUE"},
    {NID_key_usage, "critical,digitalSignature,keyEncipherment,keyCertSign"},
    {NID_subject_key_identifier, "hash"},
};
constexpr Extension kClientExtensions[] = {
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_key_usage, "critical,digitalSignature,keyEncipherment"},
    {NID_ext_key_usage, "clientAuth"},
    {NID_authority_key_identifier, "keyid:always"},
};

Error refused(std::string_view what) {
  return Error(ErrorCode::kInternal, "OpenSSL refused to " + std::string(what));
}

Error corrupt(std::string_view what) {
  return Error(ErrorCode::kCorrupt, std::string(what));
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName;
}

Status set_serial(X509* certificate) {
  KRAKEN_ASSIGN(SecretBytes bytes, random_bytes(kSerialSize));
  // Neither negative nor shorter than the others.
  auto& first = bytes.bytes().front();
  first = (first & std::byte{0x3f}) | std::byte{0x40};
  const std::unique_ptr<BIGNUM, FreeOpenSsl> number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.view().data()), static_cast<int>(kSerialSize), nullptr));
  if (number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr) return ok_status();
  return refused("number a certificate");
}

Status set_validity(X509* certificate, const Validity& validity) {
  // ASN1_TIME_set takes UTCTime up to 2049 and GeneralizedTime from then on (RFC 5280, section 4.1.2.5).
  if (ASN1_TIME_set(X509_getm_notBefore(certificate), static_cast<std::time_t>(validity.from)) != nullptr &&
      ASN1_TIME_set(X509_getm_notAfter(certificate), static_cast<std::time_t>(validity.until)) != nullptr) {
    return ok_status();
  }
  return refused("date a certificate");
}

Status add_to_name(X509* certificate, const char* field, std::string_view value) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(value.data());
  if (X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), field, MBSTRING_UTF8, bytes,
                                 static_cast<int>(value.size()), -1, 0) == 1) {
    return ok_status();
  }
  return refused("name a certificate");
}

Status add_extensions(X509* certificate, X509* issuer, std::span<const Extension> extensions) {
  X509V3_CTX context = {};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  for (const auto& [nid, value] : extensions) {
    const std::unique_ptr<X509_EXTENSION, FreeOpenSsl> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) return refused("extend a certificate");
  }
  return ok_status();
}

// All but the name and the extensions.
Result<CertificateHandle> begin_certificate(EVP_PKEY* public_key, const Validity& validity) {
  CertificateHandle certificate(X509_new());
  if (!certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      X509_set_pubkey(certificate.get(), public_key) != 1) {
    return refused("begin a certificate");
  }
  KRAKEN_TRY(set_serial(certificate.get()));
  KRAKEN_TRY(set_validity(certificate.get(), validity));
  return certificate;
}

Result<std::string> signed_text(X509* certificate, EVP_PKEY* key) {
  const BioHandle bio = make_text();
  if (X509_sign(certificate, key, EVP_sha256()) == 0 || !bio || PEM_write_bio_X509(bio.get(), certificate) != 1) {
    return refused("sign a certificate");
  }
  return std::string(written_text(bio));
}

Result<CertificateHandle> read_certificate(std::string_view pem) {
  const BioHandle bio = pem.size() <= kMaxPemSize ? open_text(pem) : nullptr;
  CertificateHandle certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  const BioHandle again = make_text();
  // What is hashed and compared as a text must have one spelling.
  if (!certificate || !again || PEM_write_bio_X509(again.get(), certificate.get()) != 1 || written_text(again) != pem) {
    return corrupt("expected one certificate in PEM, as kraken-image writes it");
  }
  return certificate;
}

}  // namespace

Result<CertificateAuthority> make_authority(std::string_view common_name, const Validity& validity) {
  if (!is_name(common_name)) return Error(ErrorCode::kInvalidArgument, "an authority has a name of 1 to 64 bytes");
  CertificateAuthority authority;
  KRAKEN_ASSIGN(authority.key, make_p256_key());
  KRAKEN_ASSIGN(const KeyHandle key, read_private_key(as_text(authority.key.view())));
  KRAKEN_ASSIGN(const CertificateHandle certificate, begin_certificate(key.get(), validity));
  KRAKEN_TRY(add_to_name(certificate.get(), "CN", common_name));
  if (X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) != 1) {
    return refused("name a certificate");
  }
  KRAKEN_TRY(add_extensions(certificate.get(), certificate.get(), kAuthorityExtensions));
  KRAKEN_ASSIGN(authority.certificate, signed_text(certificate.get(), key.get()));
  return authority;
}

Status check_authority(const CertificateAuthority& authority) {
  KRAKEN_ASSIGN(const CertificateHandle certificate, read_certificate(authority.certificate));
  KRAKEN_ASSIGN(const KeyHandle key, read_private_key(as_text(authority.key.view())));
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return corrupt("the key is another one than the certificate's");
  }
  constexpr int kCaWithConstraints = 1;  // X509_check_ca(3)
  if (X509_check_ca(certificate.get()) != kCaWithConstraints || X509_self_signed(certificate.get(), 1) != 1) {
    return corrupt("the certificate is none of an authority that signed itself");
  }
  return ok_status();
}

Result<std::string> sign_client(const CertificateAuthority& authority, const ClientName& name, std::string_view key,
                                const Validity& validity) {
  if (!is_name(name.common_name) || !is_name(name.organization)) {
    return Error(ErrorCode::kInvalidArgument, "a client has a name and a group of 1 to 64 bytes each");
  }
  KRAKEN_ASSIGN(const CertificateHandle issuer, read_certificate(authority.certificate));
  KRAKEN_ASSIGN(const KeyHandle issuer_key, read_private_key(as_text(authority.key.view())));
  KRAKEN_ASSIGN(const KeyHandle client_key, read_private_key(key));
  KRAKEN_ASSIGN(const CertificateHandle certificate, begin_certificate(client_key.get(), validity));
  KRAKEN_TRY(add_to_name(certificate.get(), "O", name.organization));
  KRAKEN_TRY(add_to_name(certificate.get(), "CN", name.common_name));
  if (X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get())) != 1) {
    return refused("name a certificate");
  }
  KRAKEN_TRY(add_extensions(certificate.get(), issuer.get(), kClientExtensions));
  return signed_text(certificate.get(), issuer_key.get());
}

Result<Sha256Digest> public_key_digest(std::string_view certificate) {
  KRAKEN_ASSIGN(const CertificateHandle read, read_certificate(certificate));
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(read.get()), &der);
  if (size <= 0) return refused("write a public key");
  const Sha256Digest digest = sha256(std::as_bytes(std::span(der, static_cast<std::size_t>(size))));
  OPENSSL_free(der);
  return digest;
}

}  // namespace kraken
