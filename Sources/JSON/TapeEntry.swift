/// What a JSON value is.
public enum JSONKind: UInt8, Equatable, Sendable {
  case null, `false`, `true`, number, string, array, object

  @inlinable var isContainer: Bool { rawValue >= JSONKind.array.rawValue }
}

/// One value, or one member's name, on a document's tape: 16 bytes, in the order of the text.
///
///     {"a":[1,2]}   ->   object span 5 count 1
///                        name   span 1 -> its value is the entry 1 further
///                        array  span 3 count 2
///                        number span 1
///                        number span 1
///
/// Everything is relative, so that a pointer to an entry is all that a view of a value needs.
@usableFromInline @frozen struct TapeEntry {
  /// Where the value begins in the text; for strings and names the first byte behind the quote.
  @usableFromInline var offset: UInt32
  /// Strings, names, numbers: bytes of text. Arrays: elements. Objects: members, repeated names counted once.
  @usableFromInline var length: UInt32
  /// Entries from this one to the next value at its level. For names: entries to the value, which is 1 unless a later
  /// member of the same name took this one's place. While a container is open: entries back to the one around it.
  @usableFromInline var span: UInt32
  @usableFromInline var kind: JSONKind
  @usableFromInline var flags: UInt8
  /// Of a name: `nameHash`, so that looking up a member compares bytes only where it is found.
  @usableFromInline var hash: UInt16

  @inlinable init(_ kind: JSONKind, offset: Int, length: Int, flags: UInt8 = 0, hash: UInt16 = 0, span: UInt32 = 1) {
    self.offset = UInt32(truncatingIfNeeded: offset)
    self.length = UInt32(truncatingIfNeeded: length)
    self.span = span
    self.kind = kind
    self.flags = flags
    self.hash = hash
  }

  /// A string or name with at least one backslash.
  @usableFromInline static let hasEscapes: UInt8 = 1
  /// A number with a fraction or an exponent.
  @usableFromInline static let isReal: UInt8 = 2
  /// A number whose exponent has ten digits or more, which may be more than `BigDecimal` takes.
  @usableFromInline static let hasLongExponent: UInt8 = 32
  /// A member's name whose member is passed over: an earlier one of the same name carries its value.
  @usableFromInline static let isSuperseded: UInt8 = 4
  /// An array whose elements are all scalars, so that the n-th stands n entries further.
  @usableFromInline static let isFlat: UInt8 = 8
  /// An object whose repeated names have been dealt with.
  @usableFromInline static let isSettled: UInt8 = 16

  @inlinable var hasEscapes: Bool { flags & TapeEntry.hasEscapes != 0 }
}

/// A hash of a name's decoded bytes that costs two loads.
///
/// Not for tables that a peer can fill: it looks at sixteen bytes only.
@inlinable @inline(__always) func nameHash(_ name: UnsafeRawBufferPointer) -> UInt16 {
  guard let bytes = name.baseAddress else { return 0 }
  let count = name.count
  var head: UInt64 = 0
  var tail: UInt64 = 0
  if count >= 8 {
    head = bytes.loadUnaligned(as: UInt64.self)
    tail = bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
  } else if count >= 4 {
    head = UInt64(bytes.loadUnaligned(as: UInt32.self))
    tail = UInt64(bytes.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
  } else if count > 0 {
    head = UInt64(bytes.load(as: UInt8.self))
    head |= UInt64(bytes.load(fromByteOffset: count >> 1, as: UInt8.self)) << 8
    head |= UInt64(bytes.load(fromByteOffset: count &- 1, as: UInt8.self)) << 16
  }
  let mixed = (head ^ (tail << 23 | tail >> 41) ^ UInt64(truncatingIfNeeded: count)) &* 0x9E37_79B9_7F4A_7C15
  return UInt16(truncatingIfNeeded: mixed >> 48)
}
