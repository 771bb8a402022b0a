import Foundation
import TestFolders
import Testing

@testable import TLSTermination

/// An issuer of the `openssl` command's, with certificates and a responder that says what it is told to.
struct Issuer {
  let folder: TemporaryFolder
  let chain: [Certificate]
  let pair: CertificatePair

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(
      "leaf.conf",
      "subjectAltName=DNS:a.test\ntlsfeature=status_request\nauthorityInfoAccess=OCSP;URI:ldap://x,OCSP;URI:http://127.0.0.1:7/a\n"
    )
    try folder.write("signer.conf", "extendedKeyUsage=OCSPSigning\n")
    try folder.write("wrong.conf", "extendedKeyUsage=serverAuth\n")
    for name in ["ca", "stranger"] {
      try Self.openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj /CN=\(name) -keyout \(name)-key.pem -out \(name).pem",
        in: folder)
    }
    for (name, serial) in [("leaf", 1), ("signer", 2), ("wrong", 3)] {
      try Self.openssl(
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=\(name) -keyout \(name)-key.pem -out \(name).csr",
        in: folder)
      try Self.openssl(
        "x509 -req -in \(name).csr -CA ca.pem -CAkey ca-key.pem -days 9 -set_serial \(serial) -extfile \(name).conf -out \(name).pem",
        in: folder)
    }
    let text =
      try String(contentsOfFile: folder.path + "/leaf.pem", encoding: .utf8)
      + String(contentsOfFile: folder.path + "/ca.pem", encoding: .utf8)
    try folder.write("chain.pem", text)
    pair = try CertificatePair(chain: folder.path + "/chain.pem", key: folder.path + "/leaf-key.pem")
    chain = pair.chain
  }

  static func openssl(_ arguments: String, in folder: TemporaryFolder) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = arguments.split(separator: " ").map(String.init)
    process.currentDirectoryURL = URL(filePath: folder.path)
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "openssl \(arguments)")
  }

  /// What the responder says to `request`.
  func answer(_ request: [UInt8], status: String = "V\t401231235959Z\t", by signer: String = "ca") throws -> [UInt8] {
    try folder.write("index.txt", "\(status)\t01\tunknown\t/CN=leaf\n")
    try Data(request).write(to: URL(filePath: folder.path + "/request.der"))
    try Self.openssl(
      "ocsp -index index.txt -CA ca.pem -rsigner \(signer).pem -rkey \(signer)-key.pem -reqin request.der -respout response.der -nmin 10",
      in: folder)
    return try [UInt8](Data(contentsOf: URL(filePath: folder.path + "/response.der")))
  }

  func flaw(_ bytes: [UInt8], at time: Int64 = now) -> StapledResponse.Flaw? {
    do throws(StapledResponse.Flaw) {
      _ = try StapledResponse(bytes, for: chain, at: time)
      return nil
    } catch {
      return error
    }
  }
}

@Suite struct StapledResponseTests {
  @Test("what the issuer says of its certificate must be taken, as long as it is true")
  func good() throws {
    let issuer = try Issuer()
    let request = issuer.pair.stapleRequest
    #expect(!request.isEmpty)
    let bytes = try issuer.answer(request)
    let response = try StapledResponse(bytes, for: issuer.chain, at: now)
    let end = try #require(response.nextUpdate)
    #expect(end == response.thisUpdate + 600)
    #expect(response.isCurrent(at: end - 1) && !response.isCurrent(at: end))
    #expect(issuer.flaw(bytes, at: end) == .expired(end))
    #expect(issuer.flaw(bytes, at: response.thisUpdate - 301) != nil)
    issuer.pair.fetchedStaple = response
    issuer.pair.dropStaleStaple(at: end - 1)
    #expect(issuer.pair.fetchedStaple != nil)
    issuer.pair.dropStaleStaple(at: end)
    #expect(issuer.pair.fetchedStaple == nil)
  }

  @Test("whom the issuer has named for it must be believed, and nobody else")
  func signers() throws {
    let issuer = try Issuer()
    let request = issuer.pair.stapleRequest
    #expect(issuer.flaw(try issuer.answer(request, by: "signer")) == nil)
    #expect(issuer.flaw(try issuer.answer(request, by: "wrong")) == .notSigned)
    #expect(issuer.flaw(try issuer.answer(request, by: "stranger")) == .notSigned)
  }

  @Test("what is not about a good certificate must not be stapled")
  func others() throws {
    let issuer = try Issuer()
    let request = issuer.pair.stapleRequest
    #expect(issuer.flaw(try issuer.answer(request, status: "R\t401231235959Z\t260101000000Z")) == .revoked)
    let other = try Issuer()
    #expect(issuer.flaw(try other.answer(other.pair.stapleRequest)) == .otherCertificate)
    #expect(issuer.flaw([]) == .noResponse)
    #expect(issuer.flaw([0x30, 0x03, 0x0A, 0x01, 0x03]) == .noAnswer, "tryLater")
    var torn = try issuer.answer(request)
    torn.removeLast(20)
    #expect(issuer.flaw(torn) == .noResponse)
    #expect(issuer.flaw(try issuer.answer(request) + [0]) == .noResponse)
    var altered = try issuer.answer(request)
    // The seconds of the time at which it was made: GeneralizedTime, 15 bytes.
    let time = try #require(zip(altered, altered.dropFirst()).enumerated().first { $1 == (0x18, 0x0F) }?.offset)
    altered[time + 15] ^= 1
    #expect(issuer.flaw(altered) == .notSigned)
  }

  @Test("a certificate must say where its issuer can be asked by HTTP, and whether it must be stapled")
  func source() throws {
    let issuer = try Issuer()
    #expect(issuer.pair.stapleSource?.url == "http://127.0.0.1:7/a")
    #expect(issuer.pair.leaf.mustBeStapled)
    #expect(!issuer.chain[1].mustBeStapled && issuer.chain[1].stapleSource == nil)
  }
}
