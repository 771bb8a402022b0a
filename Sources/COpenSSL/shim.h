// OpenSSL 3 as Swift sees it, and as functions what its headers have only as macros.
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>

static inline int copenssl_set_versions(SSL_CTX *context, int least, int most) {
  return SSL_CTX_set_min_proto_version(context, least) && SSL_CTX_set_max_proto_version(context, most);
}

static inline int copenssl_set_groups(SSL_CTX *context, const char *names) {
  return SSL_CTX_set1_groups_list(context, names) == 1;
}

// A write may end after a record, and be repeated from another place; reads take as much as has come.
static inline void copenssl_set_modes(SSL_CTX *context) {
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

// A client's sessions are kept by whoever is told of them.
static inline void copenssl_keep_sessions(SSL_CTX *context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
}

static inline void copenssl_set_context_trust(SSL_CTX *context, X509_STORE *store) { SSL_CTX_set1_cert_store(context, store); }

static inline void copenssl_set_lifetime(SSL_CTX *context, long seconds) { SSL_CTX_set_timeout(context, seconds); }

// The certificate behind `SSL_CTX_use_cert_and_key` is the one that a stapled response belongs to.
static inline void copenssl_set_status_callback(SSL_CTX *context, int (*callback)(SSL *, void *), void *argument) {
  SSL_CTX_set_tlsext_status_cb(context, callback);
  SSL_CTX_set_tlsext_status_arg(context, argument);
}

// Takes `response` over, which must come from `OPENSSL_malloc`.
static inline void copenssl_set_status_response(SSL *ssl, unsigned char *response, long count) {
  SSL_set_tlsext_status_ocsp_resp(ssl, response, count);
}

static inline void *copenssl_allocate(size_t count) { return OPENSSL_malloc(count); }

static inline int copenssl_set_server_name(SSL *ssl, const char *name) {
  return SSL_set_tlsext_host_name(ssl, name) == 1;
}

static inline int copenssl_set_ssl_versions(SSL *ssl, int least, int most) {
  return SSL_set_min_proto_version(ssl, least) && SSL_set_max_proto_version(ssl, most);
}

static inline int copenssl_error_reason(unsigned long code) { return ERR_GET_REASON(code); }
static inline int copenssl_error_library(unsigned long code) { return ERR_GET_LIB(code); }

static inline void copenssl_retry(BIO *bio, int writes) {
  BIO_clear_retry_flags(bio);
  if (writes) BIO_set_retry_write(bio); else BIO_set_retry_read(bio);
}
static inline void copenssl_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }

static inline BIO *copenssl_memory(const void *bytes, size_t count) {
  return count > 0x7fffffff ? NULL : BIO_new_mem_buf(bytes, (int)count);
}

static inline long copenssl_memory_content(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }

static inline void copenssl_set_trust(SSL *ssl, X509_STORE *store) { SSL_set1_verify_cert_store(ssl, store); }

// A subject alternative name: its type (GEN_DNS, GEN_IPADD, …) and bytes; -1 behind the last.
static inline int copenssl_alternative_name(
    const GENERAL_NAMES *names, int index, const unsigned char **bytes, int *count) {
  if (index >= sk_GENERAL_NAME_num(names)) return -1;
  const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
  *bytes = NULL;
  *count = 0;
  if (name->type == GEN_DNS || name->type == GEN_IPADD) {
    const ASN1_STRING *text = name->type == GEN_DNS ? (ASN1_STRING *)name->d.dNSName : (ASN1_STRING *)name->d.iPAddress;
    *bytes = ASN1_STRING_get0_data(text);
    *count = ASN1_STRING_length(text);
  }
  return name->type;
}

// A new chain without certificates, and one more in it, which keeps its owner.
static inline STACK_OF(X509) *copenssl_new_chain(void) { return sk_X509_new_null(); }
static inline int copenssl_append(STACK_OF(X509) *chain, X509 *certificate) {
  if (!X509_up_ref(certificate)) return 0;
  if (sk_X509_push(chain, certificate) > 0) return 1;
  X509_free(certificate);
  return 0;
}
static inline void copenssl_free_chain(STACK_OF(X509) *chain) { sk_X509_pop_free(chain, X509_free); }

// Names of authorities, for the list that a client is asked to choose from.
static inline STACK_OF(X509_NAME) *copenssl_new_names(void) { return sk_X509_NAME_new_null(); }
static inline int copenssl_append_name(STACK_OF(X509_NAME) *names, const X509_NAME *name) {
  X509_NAME *copy = X509_NAME_dup(name);
  if (copy && sk_X509_NAME_push(names, copy) > 0) return 1;
  X509_NAME_free(copy);
  return 0;
}
static inline void copenssl_free_names(STACK_OF(X509_NAME) *names) { sk_X509_NAME_pop_free(names, X509_NAME_free); }
static inline void copenssl_set_asked_names(SSL *ssl, const STACK_OF(X509_NAME) *names) {
  SSL_set0_CA_list(ssl, SSL_dup_CA_list(names));
}

static inline EVP_PKEY *copenssl_new_p256_key(void) { return EVP_EC_gen("P-256"); }

// HMAC-SHA256 in a context that OpenSSL has made for HMAC.
static inline int copenssl_init_hmac(EVP_MAC_CTX *mac, const unsigned char *key, size_t count) {
  char digest[] = "SHA256";
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
  return EVP_MAC_init(mac, key, count, parameters);
}

// Whether a response is signed by the issuer, or by whom the issuer has named for it (RFC 6960 § 4.2.2.2), at a time.
static inline int copenssl_is_signed_by(OCSP_BASICRESP *basic, X509 *issuer, int64_t now) {
  X509_STORE *store = X509_STORE_new();
  STACK_OF(X509) *certificates = sk_X509_new_null();
  int is_signed = 0;
  if (store && certificates && X509_STORE_add_cert(store, issuer) == 1 && sk_X509_push(certificates, issuer) > 0) {
    // The issuer need not be a root to be believed here.
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)now);
    is_signed = OCSP_basic_verify(basic, certificates, store, 0) == 1;
  }
  sk_X509_free(certificates);
  X509_STORE_free(store);
  return is_signed;
}

static inline int64_t copenssl_epoch_seconds(const ASN1_TIME *time) {
  struct tm parts;
  return time && ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : 0;
}

// What an OCSP response says of a certificate. 0: good, `this_update` is when that was known, and `next_update` when it must
// have been renewed (0: not said); 1: it is none; 2: the responder could not answer; 3: it is about another certificate;
// 4: revoked, or not known; 5: the issuer has not signed it.
static inline int copenssl_check_staple(
    const unsigned char *bytes, size_t count, X509 *leaf, X509 *issuer, int64_t now, int64_t *this_update,
    int64_t *next_update) {
  const unsigned char *start = bytes;
  OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &start, (long)count);
  // Clients would not read on behind its end, or refuse the whole.
  if (!response || start != bytes + count) {
    OCSP_RESPONSE_free(response);
    return 1;
  }
  int verdict = 2;
  OCSP_BASICRESP *basic = NULL;
  OCSP_CERTID *id = NULL;
  if (OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL && (basic = OCSP_response_get1_basic(response))) {
    verdict = 3;
    for (int index = 0; index < OCSP_resp_count(basic); index++) {
      OCSP_SINGLERESP *single = OCSP_resp_get0(basic, index);
      ASN1_OBJECT *digest = NULL;
      OCSP_id_get0_info(NULL, &digest, NULL, NULL, (OCSP_CERTID *)OCSP_SINGLERESP_get0_id(single));
      const EVP_MD *hash = EVP_get_digestbyobj(digest);
      id = hash ? OCSP_cert_to_id(hash, leaf, issuer) : NULL;
      int is_ours = id && OCSP_id_cmp(id, (OCSP_CERTID *)OCSP_SINGLERESP_get0_id(single)) == 0;
      OCSP_CERTID_free(id);
      if (!is_ours) continue;
      ASN1_GENERALIZEDTIME *this = NULL, *next = NULL;
      int status = OCSP_single_get0_status(single, NULL, NULL, &this, &next);
      *this_update = copenssl_epoch_seconds(this);
      *next_update = copenssl_epoch_seconds(next);
      verdict = status == V_OCSP_CERTSTATUS_GOOD ? 0 : 4;
      if (!copenssl_is_signed_by(basic, issuer, now)) verdict = 5;
      break;
    }
  }
  OCSP_BASICRESP_free(basic);
  OCSP_RESPONSE_free(response);
  return verdict;
}

// Asks about a certificate (RFC 6960 § 4.1), as short as RFC 5019 wants it. Bytes of the request, for `OPENSSL_free`; -1: no
// memory.
static inline int copenssl_ocsp_request(X509 *leaf, X509 *issuer, unsigned char **bytes) {
  OCSP_REQUEST *request = OCSP_REQUEST_new();
  OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), leaf, issuer);
  int count = -1;
  *bytes = NULL;
  if (request && id) {
    if (OCSP_request_add0_id(request, id)) {
      id = NULL;
      count = i2d_OCSP_REQUEST(request, bytes);
    }
  }
  OCSP_CERTID_free(id);
  OCSP_REQUEST_free(request);
  return count;
}
static inline void copenssl_free(void *memory) { OPENSSL_free(memory); }

// The responder that a certificate names at a place of its list, for `OPENSSL_free`; NULL behind the last.
static inline char *copenssl_responder(X509 *certificate, int index) {
  STACK_OF(OPENSSL_STRING) *list = X509_get1_ocsp(certificate);
  char *address = NULL;
  if (list && index < sk_OPENSSL_STRING_num(list)) address = OPENSSL_strdup(sk_OPENSSL_STRING_value(list, index));
  X509_email_free(list);
  return address;
}

// Whether a certificate must come with a stapled response: the TLS feature `status_request` (5, RFC 7633).
static inline int copenssl_must_staple(X509 *certificate) {
  TLS_FEATURE *features = (TLS_FEATURE *)X509_get_ext_d2i(certificate, NID_tlsfeature, NULL, NULL);
  int must = 0;
  for (int index = 0; features && index < sk_ASN1_INTEGER_num(features); index++) {
    if (ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, index)) == 5) must = 1;
  }
  sk_ASN1_INTEGER_pop_free(features, ASN1_INTEGER_free);
  return must;
}

// What OpenSSL asks a BIO when it may hand the keys of a connection to the kernel (SSL_OP_ENABLE_KTLS). <openssl/bio.h> has
// their numbers only in a comment.
static const int COPENSSL_CTRL_SET_KTLS = 72;
static const int COPENSSL_CTRL_SET_RECORD_TYPE = 74;
static const int COPENSSL_CTRL_CLEAR_RECORD_TYPE = 75;

// Hands the keys, which are in OpenSSL's own form, to the kernel, as OpenSSL does it for a descriptor. Whether it took them.
static inline int copenssl_hand_over(int fd, long writes, void *keys) {
  BIO *bio = BIO_new_socket(fd, BIO_NOCLOSE);
  int is_done = bio && BIO_ctrl(bio, COPENSSL_CTRL_SET_KTLS, writes, keys) > 0;
  BIO_free(bio);
  return is_done;
}

static const uint64_t COPENSSL_KERNEL_TLS = SSL_OP_ENABLE_KTLS;

// Our order of the ciphers, but a client's that prefers ChaCha20 because it has no AES in hardware; no renegotiation; no
// compression (CRIME). An end that was not announced is told by whoever reads, and not answered with an alert.
static const uint64_t COPENSSL_SERVER_OPTIONS =
    SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
    SSL_OP_IGNORE_UNEXPECTED_EOF;
static const uint64_t COPENSSL_CLIENT_OPTIONS =
    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF;
static const uint64_t COPENSSL_NO_TICKET = SSL_OP_NO_TICKET;
static const unsigned long COPENSSL_RFC2253 = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;
