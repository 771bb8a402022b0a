import Bytes

/// A content coding that the gateway can apply (RFC 9110 § 8.4.1).
public enum ContentCoding: Sendable, CaseIterable {
  /// RFC 1952.
  case gzip
  /// RFC 1951 data in the zlib format (RFC 1950).
  case deflate
  /// RFC 7932.
  case brotli

  public var name: StaticString {
    switch self {
    case .gzip: "gzip"
    case .deflate: "deflate"
    case .brotli: "br"
    }
  }

  /// Whether the gateway can take it off, too.
  public var isDecodable: Bool { self != .brotli }

  /// - Returns: nil for every other token.
  public init?(_ token: UnsafeRawBufferPointer) {
    if token.equalsIgnoringCase("gzip") || token.equalsIgnoringCase("x-gzip") {
      self = .gzip
    } else if token.equalsIgnoringCase("deflate") {
      self = .deflate
    } else if token.equalsIgnoringCase("br") {
      self = .brotli
    } else {
      return nil
    }
  }
}

/// What a client says in `Accept-Encoding` (RFC 9110 § 12.5.3).
///
///     Accept-Encoding = [ codings [ ";q=" qvalue ] *( "," … ) ]
public struct AcceptedCodings {
  // Weights in thousandths; nil: not named.
  private var brotli: Int?
  private var gzip: Int?
  private var deflate: Int?
  private var identity: Int?
  private var others: Int?

  public init() {}

  /// Reads one field line. Members that are of no known form are left out.
  public mutating func add(_ value: UnsafeRawBufferPointer) {
    var rest = value[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
      add(member: UnsafeRawBufferPointer(rebasing: rest[..<end]).trimmingWhitespace)
      rest = end < rest.endIndex ? rest[(end &+ 1)...] : rest[end...]
    }
  }

  private mutating func add(member: UnsafeRawBufferPointer) {
    let end = member.firstIndex { $0 == UInt8(ascii: ";") || $0 == 32 || $0 == 9 } ?? member.count
    let coding = UnsafeRawBufferPointer(rebasing: member[..<end])
    var weight: Int? = 1000
    var parameters = Parameters(UnsafeRawBufferPointer(rebasing: member[end...]))
    while let parameter = parameters.next() {
      if parameter.name.equalsIgnoringCase("q") { weight = Self.weight(parameter.value) }
    }
    guard let weight else { return }
    if let known = ContentCoding(coding) {
      switch known {
      case .gzip: gzip = weight
      case .deflate: deflate = weight
      case .brotli: brotli = weight
      }
    } else if coding.equalsIgnoringCase("identity") {
      identity = weight
    } else if coding.equals("*") {
      others = weight
    }
  }

  /// The coding that an API's response is sent in (spec § 3.4): what the client weighs most of gzip and deflate, gzip where
  /// it does not care. Nil: none, since it takes neither, or would rather have the bytes as they are.
  public var preferred: ContentCoding? {
    let gzip = gzip ?? others ?? 0
    let deflate = deflate ?? others ?? 0
    let best = max(gzip, deflate)
    guard best > 0, best >= identity ?? 0 else { return nil }
    return gzip == best ? .gzip : .deflate
  }

  /// The coding that a distribution's answer is sent in (spec § 14.9): what the client weighs most of those that are offered,
  /// brotli where it does not care. Nil: none, as for `preferred`.
  public func preferred(offeringBrotli: Bool, gzip offersGzip: Bool) -> ContentCoding? {
    let brotli = offeringBrotli ? brotliWeight : 0
    let gzip = offersGzip ? gzipWeight : 0
    let best = max(brotli, gzip)
    guard best > 0, best >= identityWeight else { return nil }
    return brotli == best ? .brotli : .gzip
  }

  /// How much the client likes what lies beside a file in this coding, in thousandths; 0: it does not take it.
  public var brotliWeight: Int { brotli ?? others ?? 0 }
  public var gzipWeight: Int { gzip ?? others ?? 0 }
  /// The same for the plain bytes; 0 where nothing is said of them, which does not refuse them.
  public var identityWeight: Int { identity ?? 0 }

  /// `0.5` is 500 (RFC 9110 § 12.4.2); nil for what is no weight.
  static func weight(_ value: UnsafeRawBufferPointer) -> Int? {
    guard let first = value.first, first == 48 || first == 49, value.count <= 5 else { return nil }
    var weight = first == 49 ? 1000 : 0
    guard value.count > 1 else { return weight }
    guard value[1] == UInt8(ascii: ".") else { return nil }
    var place = 100
    for byte in value[2...] {
      guard byte &- 48 < 10, first == 48 || byte == 48 else { return nil }
      weight &+= Int(byte &- 48) &* place
      place /= 10
    }
    return weight
  }
}
