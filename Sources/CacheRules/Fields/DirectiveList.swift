import Bytes
import HTTPSemantics

/// The directives of a `Cache-Control` line: `1#( token [ "=" ( token / quoted-string ) ] )` (RFC 9111 § 5.2). A view of
/// the bytes, which must outlive it.
///
/// Origins write this field by hand. An element that is not of this form is passed over up to the next comma outside
/// quotes, and says nothing of the others; a name that a malformed argument follows is there, with an argument that no
/// one can read, so that `no-store =` still forbids and `max-age =60` grants nothing.
public struct DirectiveList: IteratorProtocol {
  public struct Directive {
    public let name: UnsafeRawBufferPointer
    /// What stands behind `=`; between the quotes, for a quoted string. Nil where there is no `=`.
    public let argument: UnsafeRawBufferPointer?
  }

  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  public mutating func next() -> Directive? {
    while at < bytes.count {
      while at < bytes.count, bytes[at] == 44 || bytes[at] == 32 || bytes[at] == 9 { at &+= 1 }
      let start = at
      while at < bytes.count, ByteSet.token.contains(bytes[at]) { at &+= 1 }
      let name = UnsafeRawBufferPointer(rebasing: bytes[start..<at])
      if name.isEmpty {
        skipElement()
        continue
      }
      guard at < bytes.count, bytes[at] == 61 else {
        let isMalformed = skipElement()
        return Directive(name: name, argument: isMalformed ? UnsafeRawBufferPointer(start: nil, count: 0) : nil)
      }
      at &+= 1
      return Directive(name: name, argument: argument())
    }
    return nil
  }

  private mutating func argument() -> UnsafeRawBufferPointer {
    let start = at
    if at < bytes.count, bytes[at] == 34 {
      at &+= 1
      while at < bytes.count, bytes[at] != 34 { at &+= bytes[at] == 92 ? 2 : 1 }
      let end = min(at, bytes.count)
      at &+= 1
      let value = UnsafeRawBufferPointer(rebasing: bytes[(start &+ 1)..<end])
      return skipElement() ? UnsafeRawBufferPointer(start: nil, count: 0) : value
    }
    while at < bytes.count, ByteSet.token.contains(bytes[at]) { at &+= 1 }
    let value = UnsafeRawBufferPointer(rebasing: bytes[start..<at])
    return skipElement() ? UnsafeRawBufferPointer(start: nil, count: 0) : value
  }

  /// Goes behind the comma that ends this element.
  /// - Returns: whether anything but white space was in between.
  @discardableResult
  private mutating func skipElement() -> Bool {
    var sawSomething = false
    while at < bytes.count, bytes[at] != 44 {
      if bytes[at] == 34 {
        at &+= 1
        while at < bytes.count, bytes[at] != 34 { at &+= bytes[at] == 92 ? 2 : 1 }
      }
      if at < bytes.count, bytes[at] != 32, bytes[at] != 9 { sawSomething = true }
      at &+= 1
    }
    at &+= 1
    return sawSomething
  }
}

/// The elements of a comma-separated list that may hold quoted strings, in which a comma ends nothing (RFC 9110 § 5.6.1).
/// Empty elements are passed over; white space around an element is taken off.
public struct ListElements: IteratorProtocol {
  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  public mutating func next() -> UnsafeRawBufferPointer? {
    while at < bytes.count {
      let start = at
      while at < bytes.count, bytes[at] != 44 {
        if bytes[at] == 34 {
          at &+= 1
          while at < bytes.count, bytes[at] != 34 { at &+= bytes[at] == 92 ? 2 : 1 }
        }
        at &+= 1
      }
      let element = UnsafeRawBufferPointer(rebasing: bytes[start..<min(at, bytes.count)]).trimmingWhitespace
      at &+= 1
      if !element.isEmpty { return element }
    }
    return nil
  }
}
