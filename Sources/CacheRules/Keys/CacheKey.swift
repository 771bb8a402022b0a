import Bytes
import HTTPSemantics
import HTTPWire

/// What a response is stored under, as bytes:
///
///     space (4, little-endian) | method class (1) | path [ "?" query ] | NUL | parts, each ended by LF
///
/// The space keeps distributions apart. What stands before the NUL is the target, which invalidations go by; behind it
/// stand the header fields, cookies and codings that the policy names. Without any of them the NUL is the last byte.
public enum CacheKey {
  /// GET and HEAD share what is stored; others do not (spec § 14.4).
  public enum MethodClass: UInt8, Sendable {
    case get = 0
    case options = 1
    /// A stage's cache, whose keys know the method.
    case stage = 2
  }

  public static let targetStart = 5

  /// A number for what is known by these names: of a distribution, its aliases.
  public static func space(named names: [String]) -> UInt32 {
    // FNV-1a, with a byte behind each name that no name has.
    var hash: UInt32 = 0x811C_9DC5
    for name in names {
      for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
      hash = (hash ^ 0xFF) &* 0x0100_0193
    }
    return hash
  }

  /// Writes the key of a request.
  /// - Parameter path: what is served: the request's path, or what a default root object or a function made of it.
  public static func write(
    space: UInt32, _ policy: CacheKeyPolicy, _ head: RequestHead, path: UnsafeRawBufferPointer, into out: ByteBuffer
  ) {
    write(space: space, head.method == .options ? .options : .get, into: out)
    write(target: path, query: head.queryBytes, policy, into: out)
    out.write(byte: 0)
    // A part of its own, so that whoever invalidates the path finds it.
    if head.method == .options { out.write("m:OPTIONS\n") }
    for name in policy.headers { write(header: name, of: head, into: out) }
    write(cookies: policy.cookies, of: head, into: out)
    if !policy.encodings.isEmpty, let word = AcceptedEncodings(head).intersection(policy.encodings).normalised {
      out.write("e:")
      out.write(word)
      out.write(byte: 10)
    }
  }

  /// Writes the host as one more part.
  public static func write(host: UnsafeRawBufferPointer, into out: ByteBuffer) {
    out.write("n:")
    for byte in host { out.write(byte: Vary.lowercase(byte)) }
    out.write(byte: 10)
  }

  /// Writes the key under which a plain GET for this target is stored: what an unsafe method or `Location` invalidates.
  public static func write(space: UInt32, target: UnsafeRawBufferPointer, into out: ByteBuffer) {
    write(space: space, .get, into: out)
    out.write(target)
    out.write(byte: 0)
  }

  /// Writes the target: the path, and of the query what counts.
  public static func write(
    target path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer?, _ policy: CacheKeyPolicy, into out: ByteBuffer
  ) {
    out.write(path)
    if let query { write(query: query, policy.query, into: out) }
  }

  static func write(space: UInt32, _ method: MethodClass, into out: ByteBuffer) {
    for shift in stride(from: UInt32(0), to: 32, by: 8) { out.write(byte: UInt8(truncatingIfNeeded: space >> shift)) }
    out.write(byte: method.rawValue)
  }

  /// Where the target lies in a key.
  public static func target(of key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard key.count > targetStart else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let end = key.firstIndex(of: 0, from: targetStart)
    return UnsafeRawBufferPointer(rebasing: key[targetStart..<end])
  }

  /// The space that a key belongs to.
  public static func space(of key: UnsafeRawBufferPointer) -> UInt32 {
    guard key.count >= 4 else { return 0 }
    return UInt32(littleEndian: key.loadUnaligned(as: UInt32.self))
  }

  /// Whether a distribution stores under this key; a stage's answers are small, and are answered from one piece of memory.
  public static func isOfDistribution(_ key: UnsafeRawBufferPointer) -> Bool {
    key.count > 4 && key[4] != MethodClass.stage.rawValue
  }

  /// Whether anything but the target tells this key from others: then an invalidation of its path has to look for it.
  public static func hasParts(_ key: UnsafeRawBufferPointer) -> Bool { key.last != 0 }

  private static func write(
    query: UnsafeRawBufferPointer, _ selection: CacheKeyPolicy.Selection, into out: ByteBuffer
  ) {
    switch selection {
    case .none: return
    case .all:
      out.write(byte: 63)
      out.write(query)
    case .whitelist, .allExcept:
      var separator: UInt8 = 63
      for pair in QueryString(query) where selection.includes(pair.name.text) {
        out.write(byte: separator)
        separator = 38
        out.write(pair.name)
        if pair.hasEquals { out.write(byte: 61) }
        out.write(pair.value)
      }
    }
  }

  /// Several lines count as one, joined with commas; an absent field is told from an empty one.
  private static func write(header name: String, of head: RequestHead, into out: ByteBuffer) {
    var name = name
    name.withUTF8 { utf8 in
      let bytes = UnsafeRawBufferPointer(utf8)
      let id = FieldID(bytes)
      var isFirst = true
      for field in head.fields where field.id == id {
        if id == .other, !head.name(of: field).equalsIgnoringCase(bytes) { continue }
        if isFirst {
          out.write("h:")
          out.write(bytes)
          out.write(byte: 58)
        } else {
          out.write(byte: 44)
        }
        isFirst = false
        out.write(head.value(of: field))
      }
      if !isFirst { out.write(byte: 10) }
    }
  }

  /// Sorted by name: clients send them in any order (spec § 14.4).
  private static func write(
    cookies selection: CacheKeyPolicy.Selection, of head: RequestHead, into out: ByteBuffer
  ) {
    if case .none = selection { return }
    guard head.present.contains(.cookie) else { return }
    var pairs: [UnsafeRawBufferPointer] = []
    for field in head.fields where field.id == .cookie {
      let value = head.value(of: field)
      var at = 0
      while at < value.count {
        let start = at
        while at < value.count, value[at] != 59 { at &+= 1 }
        let pair = UnsafeRawBufferPointer(rebasing: value[start..<at]).trimmingWhitespace
        at &+= 1
        let name = UnsafeRawBufferPointer(rebasing: pair[..<(pair.firstIndex(of: 61) ?? pair.count)])
        if !pair.isEmpty, selection.includes(name.text) { pairs.append(pair) }
      }
    }
    pairs.sort { $0.lexicographicallyPrecedes($1) }
    for pair in pairs {
      out.write("c:")
      out.write(pair)
      out.write(byte: 10)
    }
  }
}

extension CacheKeyPolicy.Selection {
  /// Whether a name counts.
  public func includes(_ name: String) -> Bool {
    switch self {
    case .none: false
    case .all: true
    case .whitelist(let names): names.contains(name)
    case .allExcept(let names): !names.contains(name)
    }
  }
}

extension UnsafeRawBufferPointer {
  /// The place of the first such byte from `start` on, or the end.
  fileprivate func firstIndex(of byte: UInt8, from start: Int) -> Int {
    var at = start
    while at < count, self[at] != byte { at &+= 1 }
    return at
  }
}
