import Bytes

/// Which content codings a client takes, by `Accept-Encoding` (RFC 9110 § 12.5.3): the weights of those that the gateway
/// can give, in thousandths; 0: not acceptable.
public struct AcceptedCodings: Hashable, Sendable {
  public var brotli = 0
  public var gzip = 0
  /// Nothing said of it means that it is acceptable, but liked no better than anything named.
  public var identity = 1

  /// A client that says nothing: it gets what every client can read.
  public init() {}

  /// - Parameter value: of one field line; several lines are read one after the other with `read`.
  public init(_ value: UnsafeRawBufferPointer) { read(value) }

  /// Takes in another field line. What is not of the field's form is passed over.
  public mutating func read(_ value: UnsafeRawBufferPointer) {
    var namesBrotli = false
    var namesGzip = false
    var others: Int?
    var start = 0
    while start < value.count {
      var end = start
      while end < value.count, value[end] != UInt8(ascii: ",") { end &+= 1 }
      let item = UnsafeRawBufferPointer(rebasing: value[start..<end]).trimmingWhitespace
      start = end &+ 1
      var stop = 0
      while stop < item.count, item[stop] != UInt8(ascii: ";") { stop &+= 1 }
      let name = UnsafeRawBufferPointer(rebasing: item[..<stop]).trimmingWhitespace
      let weight = Self.weight(UnsafeRawBufferPointer(rebasing: item[stop...]))
      if name.equalsIgnoringCase("br") {
        brotli = weight
        namesBrotli = true
      } else if name.equalsIgnoringCase("gzip") || name.equalsIgnoringCase("x-gzip") {
        gzip = weight
        namesGzip = true
      } else if name.equalsIgnoringCase("identity") {
        identity = weight
      } else if name.equals("*") {
        others = weight
      }
    }
    guard let others else { return }
    if !namesBrotli { brotli = others }
    if !namesGzip { gzip = others }
    // `*;q=0` refuses what is not named, the plain bytes among it.
    if others == 0, identity == 1 { identity = 0 }
  }

  /// The weight among some parameters in thousandths: 1000 where there is none (RFC 9110 § 12.4.2).
  static func weight(_ parameters: UnsafeRawBufferPointer) -> Int {
    var list = Parameters(parameters)
    while let parameter = list.next() {
      if parameter.name.equalsIgnoringCase("q") { return Self.thousandths(parameter.value) }
    }
    return 1000
  }

  /// `0`, `1`, `0.5`, `1.000`; anything else is 0.
  private static func thousandths(_ text: UnsafeRawBufferPointer) -> Int {
    guard let first = text.first, first == 48 || first == 49, text.count <= 5 else { return 0 }
    var value = Int(first &- 48) &* 1000
    guard text.count > 1 else { return value }
    guard text[1] == UInt8(ascii: ".") else { return 0 }
    var unit = 100
    for byte in text[2...] {
      guard byte &- 48 < 10 else { return 0 }
      value &+= Int(byte &- 48) &* unit
      unit /= 10
    }
    return min(value, 1000)
  }
}

/// What `Accept` says about documents for people (RFC 9110 § 12.5.1).
public enum AcceptedTypes {
  /// Whether `text/html`, or `application/xhtml+xml`, is named and nothing that is named is liked better: so says a browser
  /// that goes to a page, and neither a script nor a client that takes anything.
  public static func prefersHTML(_ value: UnsafeRawBufferPointer) -> Bool {
    var html = 0
    var others = 0
    var start = 0
    while start < value.count {
      var end = start
      while end < value.count, value[end] != UInt8(ascii: ",") { end &+= 1 }
      let item = UnsafeRawBufferPointer(rebasing: value[start..<end]).trimmingWhitespace
      start = end &+ 1
      guard let type = MediaType(item) else { continue }
      var weight = 1000
      if let rest = item.firstIndex(of: UInt8(ascii: ";")) {
        weight = AcceptedCodings.weight(UnsafeRawBufferPointer(rebasing: item[rest...]))
      }
      if type.isEssence("text/html") || type.isEssence("application/xhtml+xml") {
        html = max(html, weight)
      } else {
        others = max(others, weight)
      }
    }
    return html > 0 && html >= others
  }
}
