import Bytes

/// A value inside a `JSONDocument`: a pointer to its entry on the tape, free to copy.
///
/// **Valid as long as its document lives and parses nothing else**; it does not keep the document alive, so that walking
/// a large body costs no reference counting. Whoever stores nodes stores the document beside them.
@frozen public struct JSONNode {
  @usableFromInline let entry: UnsafeMutablePointer<TapeEntry>
  @usableFromInline let text: UnsafePointer<UInt8>

  @inlinable init(entry: UnsafeMutablePointer<TapeEntry>, text: UnsafePointer<UInt8>) {
    self.entry = entry
    self.text = text
  }

  @inlinable public var kind: JSONKind { entry.pointee.kind }

  /// Elements of an array; members of an object, a repeated name counting once; 0 for anything else.
  @inlinable public var count: Int {
    switch kind {
    case .array: Int(entry.pointee.length)
    case .object: settledCount
    default: 0
    }
  }

  /// Values in it, with itself and the names of members: how much there is to look at.
  @inlinable public var entryCount: Int { Int(entry.pointee.span) }

  /// Whether both are the same value of the same document (not: equal values).
  @inlinable public func isIdentical(to other: JSONNode) -> Bool { entry == other.entry }

  /// Tells values of living documents apart, to keep something beside them.
  @inlinable public var identity: UInt { UInt(bitPattern: entry) }

  // MARK: Strings and numbers

  /// The bytes of a string or a number as they stand in the text: a string's without its quotes, escapes not decoded.
  @inlinable public var raw: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: text + Int(entry.pointee.offset), count: isText ? Int(entry.pointee.length) : 0)
  }

  @inlinable var isText: Bool { kind == .string || kind == .number }

  /// Whether `raw` of a string has escapes, so that it differs from its contents.
  @inlinable public var hasEscapes: Bool { entry.pointee.hasEscapes }

  /// Writes a string's contents, decoded; the text of a number; nothing for anything else.
  @inlinable public func writeContents(into buffer: ByteBuffer) {
    if !hasEscapes { return buffer.write(raw) }
    writeDecoded(into: buffer)
  }

  @usableFromInline func writeDecoded(into buffer: ByteBuffer) {
    let raw = self.raw
    buffer.reserve(raw.count)
    buffer.didWrite(decodeString(raw, into: buffer.writable))
  }

  /// A string's contents, decoded; the text of a number; "" for anything else.
  public var string: String {
    let raw = self.raw
    guard hasEscapes else { return String(decoding: raw, as: UTF8.self) }
    return String(unsafeUninitializedCapacity: raw.count) { buffer in
      decodeString(raw, into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// Whether a string's contents are exactly these bytes of UTF-8.
  @inlinable public func contentsEqual(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if hasEscapes { return decodedEqual(bytes) }
    let raw = self.raw
    return raw.count == bytes.count && sameBytes(raw, bytes)
  }

  @usableFromInline func decodedEqual(_ bytes: UnsafeRawBufferPointer) -> Bool {
    withDecoded { $0.count == bytes.count && sameBytes($0, bytes) }
  }

  /// The hash of a name that `members` gave: `JSONName.hash` of the same bytes. 0 for any other value.
  @inlinable public var hashOfName: UInt16 { entry.pointee.hash }

  /// Whether a string's contents are this name.
  @inlinable public func isNamed(_ name: JSONName) -> Bool { name.utf8.withUnsafeBytes { contentsEqual($0) } }

  /// Gives `body` a string's contents, decoded, or the text of a number; they are gone when it returns.
  @inlinable public func withContents<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    hasEscapes ? withDecoded(body) : body(raw)
  }

  @usableFromInline func withDecoded<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let raw = self.raw
    return withUnsafeTemporaryAllocation(byteCount: raw.count, alignment: 1) { decoded in
      body(UnsafeRawBufferPointer(rebasing: decoded[0..<decodeString(raw, into: decoded)]))
    }
  }

  // MARK: Arrays

  /// The elements of an array; nothing for anything else.
  @inlinable public var elements: JSONElements { JSONElements(self) }

  /// An array's element by its index from 0; nil outside of the array. One step in an array of scalars or a large one,
  /// after the first time; `index` steps in a small one that holds containers.
  @inlinable public func element(at index: Int) -> JSONNode? {
    guard kind == .array, index >= 0, index < Int(entry.pointee.length) else { return nil }
    if entry.pointee.flags & TapeEntry.isFlat != 0 { return JSONNode(entry: entry + 1 + index, text: text) }
    if index >= 16, entry.pointee.hasAnnex { return JSONNode(entry: indexedElement(index), text: text) }
    var at = entry + 1
    for _ in 0..<index { at += Int(at.pointee.span) }
    return JSONNode(entry: at, text: text)
  }

  // MARK: Objects

  /// The members of an object in the order of their names' first appearance, each with the last value given for its
  /// name (as a `java.util.LinkedHashMap` that the text is read into has them); nothing for anything else.
  @inlinable public var members: JSONMembers { JSONMembers(self) }

  /// An object's member; nil where there is none, and for anything but an object.
  @inlinable public func member(_ name: JSONName) -> JSONNode? {
    name.utf8.withUnsafeBytes { member($0, hash: name.hash) }
  }

  @inlinable public func member(_ name: UnsafeRawBufferPointer) -> JSONNode? { member(name, hash: nameHash(name)) }

  public func member(_ name: String) -> JSONNode? {
    var name = name
    return name.withUTF8 { member(UnsafeRawBufferPointer($0)) }
  }

  /// - Parameter hash: that of a `JSONName` of the same bytes.
  @inlinable public func member(_ name: UnsafeRawBufferPointer, hash: UInt16) -> JSONNode? {
    guard kind == .object else { return nil }
    if !isSettled { settle() }
    if entry.pointee.hasAnnex {
      return indexedName(name).map { JSONNode(entry: $0 + Int($0.pointee.span), text: text) }
    }
    let end = entry + Int(entry.pointee.span)
    var at = entry + 1
    while at < end {
      if at.pointee.hash == hash, JSONNode(entry: at, text: text).contentsEqual(name) {
        return JSONNode(entry: at + Int(at.pointee.span), text: text)
      }
      at += 1
      at += Int(at.pointee.span)
    }
    return nil
  }
}

@inlinable @inline(__always) func sameBytes(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
  guard let left = one.baseAddress, let right = other.baseAddress else { return true }
  var index = 0
  while index &+ 8 <= one.count {
    if left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      != right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
    {
      return false
    }
    index &+= 8
  }
  if one.count >= 4 {
    // What is left, together with bytes that were compared already.
    let last = one.count &- 4
    let next = min(index, last)
    return left.loadUnaligned(fromByteOffset: next, as: UInt32.self)
      == right.loadUnaligned(fromByteOffset: next, as: UInt32.self)
      && left.loadUnaligned(fromByteOffset: last, as: UInt32.self)
        == right.loadUnaligned(fromByteOffset: last, as: UInt32.self)
  }
  while index < one.count {
    if left.load(fromByteOffset: index, as: UInt8.self) != right.load(fromByteOffset: index, as: UInt8.self) {
      return false
    }
    index &+= 1
  }
  return true
}
