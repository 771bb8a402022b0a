import TestFolders
import Testing

@testable import TLSTermination

/// Against what the authors of both fingerprints have published as examples.
@Suite struct TLSFingerprintTests {
  /// A first message, as it comes over the wire.
  struct Written {
    var version: UInt16 = 0x0303
    var ciphers: [UInt16] = []
    /// In their order; nil: there is no list of them at all.
    var extensions: [(UInt16, [UInt8])]? = []

    var bytes: [UInt8] {
      var body = Self.two(version) + [UInt8](repeating: 7, count: 32) + [0]
      body += Self.list(ciphers) + [1, 0]
      if let extensions {
        let list = extensions.flatMap { Self.two($0.0) + Self.two(UInt16($0.1.count)) + $0.1 }
        body += Self.two(UInt16(list.count)) + list
      }
      return [1, 0] + Self.two(UInt16(body.count)) + body
    }

    static func two(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }
    /// A list of numbers behind its length.
    static func list(_ numbers: [UInt16]) -> [UInt8] { two(UInt16(numbers.count * 2)) + numbers.flatMap(two) }
    static func protocols(_ names: [[UInt8]]) -> [UInt8] {
      let list = names.flatMap { [UInt8($0.count)] + $0 }
      return two(UInt16(list.count)) + list
    }
    static func versions(_ numbers: [UInt16]) -> [UInt8] { [UInt8(numbers.count * 2)] + numbers.flatMap(two) }
  }

  private func hello(_ written: Written) throws -> ClientHello {
    try #require(written.bytes.withUnsafeBytes { ClientHello($0) })
  }

  private func ja3(_ written: Written) throws -> (text: String, digest: String) {
    let hello = try hello(written)
    return (
      String(decoding: TLSFingerprint.text(hello), as: UTF8.self),
      String(decoding: TLSFingerprint(hello).ja3, as: UTF8.self)
    )
  }

  private func ja4(_ written: Written) throws -> String {
    String(decoding: TLSFingerprint(try hello(written)).ja4, as: UTF8.self)
  }

  @Test("JA3 must be as its authors' README has it")
  func ja3Examples() throws {
    let first = Written(
      version: 769, ciphers: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
      extensions: [(0, []), (10, Written.list([23, 24, 25])), (11, [1, 0])])
    #expect(try ja3(first).text == "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0")
    #expect(try ja3(first).digest == "ada70206e40642a3e4461f35503241d5")
    for extensions in [nil, []] as [[(UInt16, [UInt8])]?] {
      let second = Written(version: 769, ciphers: [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99], extensions: extensions)
      #expect(try ja3(second).text == "769,4-5-10-9-100-98-3-6-19-18-99,,,")
      #expect(try ja3(second).digest == "de350869b8c85de67a350c8d186f11e6")
    }
  }

  /// The example of JA4's specification.
  private static let browser = Written(
    ciphers: [
      0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F,
      0x0035,
    ],
    extensions: [
      (0x001B, []), (0x0000, []), (0x0033, []),
      (0x0010, Written.protocols([Array("h2".utf8), Array("http/1.1".utf8)])),
      (0x4469, []), (0x0017, []), (0x002D, []),
      (0x000D, Written.list([0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601])), (0x0005, []),
      (0x0023, []), (0x0012, []), (0x002B, Written.versions([0x0304, 0x0303])), (0xFF01, []), (0x000B, [1, 0]),
      (0x000A, Written.list([29, 23, 24])), (0x0015, []),
    ])

  @Test("JA4 must be as its specification has it")
  func ja4Example() throws {
    #expect(try ja4(Self.browser) == "t13d1516h2_8daaf6152771_e5627efa2ab1")
    var without = Self.browser
    without.extensions?.removeAll { $0.0 == 13 }
    without.extensions?.append((13, Written.list([])))
    #expect(try ja4(without).hasSuffix("_6d807ffa2a79"))
  }

  @Test("the order of ciphers and extensions must not change JA4, as it changes JA3")
  func order() throws {
    var shuffled = Self.browser
    shuffled.ciphers.reverse()
    shuffled.extensions?.reverse()
    #expect(try ja4(shuffled) == ja4(Self.browser))
    #expect(try ja3(shuffled).digest != ja3(Self.browser).digest)
  }

  @Test("GREASE must not count, wherever it stands")
  func grease() throws {
    var greasy = Self.browser
    greasy.ciphers.insert(0x2A2A, at: 0)
    greasy.extensions?.insert((0xFAFA, []), at: 0)
    greasy.extensions?.append((0x0A0A, [0]))
    greasy.extensions = greasy.extensions?.map { type, content in
      switch type {
      case 10: (type, Written.list([0x1A1A, 29, 23, 24]))
      case 43: (type, Written.versions([0xDADA, 0x0304, 0x0303]))
      default: (type, content)
      }
    }
    #expect(try ja4(greasy) == ja4(Self.browser))
    #expect(try ja3(greasy).text == ja3(Self.browser).text)
    // It looks like it, and is none.
    greasy.ciphers.append(0x0A1A)
    #expect(try ja4(greasy).hasPrefix("t13d1616h2_"))
  }

  @Test(
    "the version must be the greatest that is offered, or the old field where there is no list",
    arguments: [
      (0x0303, [0x0303, 0x0304], "13"), (0x0303, nil, "12"), (0x0302, nil, "11"), (0x0301, nil, "10"),
      (0x0300, nil, "s3"), (0x0002, nil, "s2"), (0x7777, nil, "00"), (0x0301, [0x0303], "12"),
    ] as [(UInt16, [UInt16]?, String)])
  func version(_ old: UInt16, _ offered: [UInt16]?, _ expected: String) throws {
    let written = Written(
      version: old, ciphers: [1], extensions: offered.map { [(UInt16(43), Written.versions($0))] } ?? [])
    #expect(try ja4(written).dropFirst().prefix(2) == expected)
  }

  @Test(
    "the protocol must be its first and last character, of its digits where one of them is none",
    arguments: [
      ([], "00"), ([[]], "00"), ([Array("http/1.1".utf8)], "h1"), ([Array("a".utf8)], "aa"), ([[0xAB]], "ab"),
      ([[0xAB, 0xCD]], "ad"), ([[0x30, 0xAB]], "3b"), ([[0x30, 0x31, 0xAB, 0xCD]], "3d"),
      ([[0x30, 0xAB, 0xCD, 0x31]], "01"),
    ] as [([[UInt8]], String)])
  func applicationProtocol(_ names: [[UInt8]], _ expected: String) throws {
    #expect(
      try ja4(Written(ciphers: [1], extensions: [(16, Written.protocols(names))])).prefix(10) == "t12i0101\(expected)")
  }

  @Test("what is not there must be zeros, and what is beyond 99 must be 99")
  func bounds() throws {
    #expect(try ja4(Written(ciphers: [], extensions: nil)) == "t12i000000_000000000000_000000000000")
    #expect(
      try ja4(Written(ciphers: [0x0A0A], extensions: [(0, []), (16, Written.protocols([]))])).hasSuffix(
        "_000000000000_000000000000"))
    let many = Written(ciphers: (1...120).map { UInt16($0) }, extensions: (100...250).map { (UInt16($0), []) })
    #expect(try ja4(many).hasPrefix("t12i999900_"))
  }

  @Test("a message that is cut off anywhere must be none, and nothing that it says may be believed")
  func damaged() {
    let whole = Self.browser.bytes
    for count in 0..<whole.count {
      #expect(whole[..<count].withUnsafeBytes { ClientHello($0) } == nil, "\(count)")
      var damaged = whole
      damaged[count] = 0xFF
      _ = damaged.withUnsafeBytes { ClientHello($0) }
    }
    #expect([UInt8]([2, 0, 0, 0]).withUnsafeBytes { ClientHello($0) } == nil)
  }

  // MARK: Handshakes

  @Test("a handshake must tell of its client where somebody asks, and only there")
  func handshake() throws {
    let authority = try DevelopmentAuthority.test()
    let folder = try TemporaryFolder()
    try folder.write("a", names: ["a.test"], by: authority)
    for isWanted in [false, true] {
      let listener = TLSListener(.init(takesFingerprints: isWanted), tickets: TicketKeys())
      #expect(listener.adopt(CertificateFolder(folder.path).look(at: now).entries) == [])
      let ends = try #require(Ends(listener, TestClient(), name: "a.test"))
      #expect(ends.shakeHands() == .both)
      guard isWanted else {
        #expect(ends.server.fingerprint == nil)
        continue
      }
      let fingerprint = try #require(ends.server.fingerprint)
      #expect(fingerprint.ja3.count == 32)
      #expect(String(decoding: fingerprint.ja4, as: UTF8.self).hasPrefix("t13d"))
      #expect(fingerprint.ja4.count == 36)
      // The same program says the same again.
      let again = try #require(Ends(listener, TestClient(), name: "a.test"))
      #expect(again.shakeHands() == .both)
      #expect(again.server.fingerprint == fingerprint)
      let older = try #require(Ends(listener, TestClient(versions: 771...771), name: "a.test"))
      #expect(older.shakeHands() == .both)
      #expect(older.server.fingerprint.map { String(decoding: $0.ja4, as: UTF8.self).hasPrefix("t12d") } == true)
    }
  }
}
