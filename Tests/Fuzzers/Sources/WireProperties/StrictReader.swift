/// A second reader of requests, as slow and as plain as the grammar: what the codec takes, it must take too. Written from
/// RFC 9112 without looking at the codec; where it is wider than the codec, that is no matter.
public enum StrictReader {
  public struct Head: Equatable {
    public var method: [UInt8] = []
    public var target: [UInt8] = []
    public var fields: [(name: [UInt8], value: [UInt8])] = []
    /// Bytes that it takes.
    public var count = 0

    public static func == (a: Head, b: Head) -> Bool {
      a.method == b.method && a.target == b.target && a.count == b.count
        && a.fields.elementsEqual(b.fields) { $0.name == $1.name && $0.value == $1.value }
    }
  }

  public struct Request {
    public var head: Head
    public var content: [UInt8]
  }

  /// The requests at the front of the bytes, one behind the other, with their bodies.
  /// - Returns: with how many bytes they take.
  public static func requests(_ bytes: [UInt8], most: Int) -> (requests: [Request], count: Int) {
    var requests: [Request] = []
    var at = 0
    while requests.count < most, let head = read(Array(bytes[at...])) {
      var rest = bytes[(at + head.count)...]
      guard let content = content(of: head, &rest) else { break }
      requests.append(Request(head: head, content: content))
      at = rest.startIndex
    }
    return (requests, at)
  }

  /// The body, as § 6.3 finds its end; nil where it is not whole.
  private static func content(of head: Head, _ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    if let length = values(head, "content-length").first {
      guard let count = Int(String(decoding: length, as: UTF8.self)), count <= rest.count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    guard !values(head, "transfer-encoding").isEmpty else { return [] }
    var content: [UInt8] = []
    while let size = line(&rest) {
      let digits = String(decoding: size.prefix { $0 != 59 }, as: UTF8.self)
      guard digits.utf8.first != 43, let count = Int(digits, radix: 16), count <= rest.count else { return nil }
      if count == 0 {
        while let trailer = line(&rest) { if trailer.isEmpty { return content } }
        return nil
      }
      content += rest.prefix(count)
      rest = rest.dropFirst(count)
      guard line(&rest)?.isEmpty == true else { return nil }
    }
    return nil
  }

  /// The head at the front of the bytes; nil where there is none.
  public static func read(_ bytes: [UInt8]) -> Head? {
    var head = Head()
    var rest = bytes[...]
    if rest.starts(with: [13, 10]) { rest = rest.dropFirst(2) }
    guard let start = line(&rest) else { return nil }
    let parts = start.split(separator: 32, omittingEmptySubsequences: false)
    guard parts.count == 3, isToken(parts[0]), !parts[1].isEmpty,
      parts[1].allSatisfy({ $0 > 32 && $0 < 127 && $0 != 35 }),
      parts[2].elementsEqual("HTTP/1.1".utf8) || parts[2].elementsEqual("HTTP/1.0".utf8)
    else { return nil }
    head.method = Array(parts[0])
    head.target = Array(parts[1])
    while let field = line(&rest) {
      if field.isEmpty {
        head.count = bytes.count - rest.count
        return check(head, isHTTP11: parts[2].last == 49) ? head : nil
      }
      guard let colon = field.firstIndex(of: 58) else { return nil }
      let name = field[..<colon]
      var value = field[(colon + 1)...]
      guard isToken(name) else { return nil }
      while let first = value.first, first == 32 || first == 9 { value = value.dropFirst() }
      while let last = value.last, last == 32 || last == 9 { value = value.dropLast() }
      guard value.allSatisfy({ $0 == 9 || ($0 >= 32 && $0 != 127) }) else { return nil }
      head.fields.append((Array(name), Array(value)))
    }
    return nil
  }

  /// One Host, and one way to find the end of the body.
  private static func check(_ head: Head, isHTTP11: Bool) -> Bool {
    let hosts = values(head, "host")
    let lengths = values(head, "content-length")
    let codings = values(head, "transfer-encoding")
    guard isHTTP11 ? hosts.count == 1 : hosts.count <= 1 else { return false }
    guard lengths.count <= 1, codings.count <= 1, lengths.isEmpty || codings.isEmpty else { return false }
    if let length = lengths.first {
      guard !length.isEmpty, length.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return false }
    }
    if let coding = codings.first { guard lowered(coding) == Array("chunked".utf8), isHTTP11 else { return false } }
    return true
  }

  private static func values(_ head: Head, _ name: String) -> [[UInt8]] {
    head.fields.filter { lowered($0.name) == Array(name.utf8) }.map(\.value)
  }

  private static func lowered(_ bytes: [UInt8]) -> [UInt8] { bytes.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 } }

  private static func isToken(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty
      && bytes.allSatisfy { byte in
        (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
          || "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
  }

  /// The bytes up to the next CRLF, which is taken too; no CR and no LF may stand alone.
  private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let end = rest.firstIndex(where: { $0 == 13 || $0 == 10 }), rest[end] == 13, end + 1 < rest.endIndex,
      rest[end + 1] == 10
    else { return nil }
    let line = rest[rest.startIndex..<end]
    rest = rest[(end + 2)...]
    return line
  }
}
