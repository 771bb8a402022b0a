import COpenSSL
import FuzzerDriver

@testable import TLSTermination

@_cdecl("FuzzStaple_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// What a responder sends: the input itself, or a true answer with a few changes. Whatever is believed says what the issuer has
/// said.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var input = UnsafeRawBufferPointer(start: start, count: count)[...]
  guard let issuer = Issuer.shared, let kind = input.popFirst() else { return 0 }
  var bytes = kind == 0 ? Array(input) : issuer.answer
  // A change: where (2), what is done (1), a byte.
  while kind != 0, input.count >= 4, !bytes.isEmpty {
    let change = Array(input.prefix(4))
    input = input.dropFirst(4)
    let place = (Int(change[0]) << 8 | Int(change[1])) % bytes.count
    switch change[2] % 4 {
    case 0: bytes[place] ^= change[3]
    case 1: bytes[place] = change[3]
    case 2: bytes.insert(change[3], at: place)
    default: bytes.remove(at: place)
    }
  }
  do throws(StapledResponse.Flaw) {
    let response = try StapledResponse(bytes, for: issuer.chain, at: issuer.now)
    require(kind != 0, "an answer that the issuer has not given was believed")
    require(
      response.thisUpdate == issuer.now && response.nextUpdate == issuer.now + 600, "the times are not the issuer's")
    require(bytes.count == issuer.answer.count, "\(bytes.count) bytes instead of \(issuer.answer.count)")
  } catch {
    require(!error.description.isEmpty, "no reason")
  }
  return 0
}

/// A chain of two, and the issuer's word on it.
private struct Issuer {
  static let shared = Issuer()

  let now: Int64 = 1_790_000_000
  let chain: [Certificate]
  let answer: [UInt8]

  init?() {
    guard let authority = try? DevelopmentAuthority(named: "a", now: now),
      let leaf = try? authority.issue(.server(names: ["a.test"]), now: now),
      let chain = try? Certificate.read(
        Array((leaf.certificate + authority.issued.certificate).utf8), file: "chain.pem"),
      chain.count == 2, let answer = Self.answer(chain, key: authority.issued.key, now: now)
    else { return nil }
    self.chain = chain
    self.answer = answer
  }

  private static func answer(_ chain: [Certificate], key text: String, now: Int64) -> [UInt8]? {
    let basic = OCSP_BASICRESP_new()
    let key: OpaquePointer?? = PEM.read(Array(text.utf8)) { PEM_read_bio_PrivateKey($0, nil, nil, nil) }
    let id = OCSP_cert_to_id(EVP_sha1(), chain[0].x509, chain[1].x509)
    let this = ASN1_GENERALIZEDTIME_set(nil, time_t(now))
    let next = ASN1_GENERALIZEDTIME_set(nil, time_t(now + 600))
    guard OCSP_basic_add1_status(basic, id, V_OCSP_CERTSTATUS_GOOD, 0, nil, this, next) != nil,
      OCSP_basic_sign(basic, chain[1].x509, key ?? nil, EVP_sha256(), nil, 0) == 1,
      let response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic)
    else { return nil }
    var bytes: UnsafeMutablePointer<UInt8>?
    let count = i2d_OCSP_RESPONSE(response, &bytes)
    guard count > 0 else { return nil }
    return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
  }
}
