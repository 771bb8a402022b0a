import HTTPSemantics

/// A set of known field names.
public struct FieldSet: Sendable, Equatable {
  @usableFromInline var bits: UInt64 = 0

  public init() {}

  /// Every known name.
  public static var all: FieldSet {
    var set = FieldSet()
    set.bits = ~0
    return set
  }

  public init(_ fields: FieldID...) {
    for field in fields { insert(field) }
  }

  /// Adds a field.
  /// - Returns: whether it had been there.
  @discardableResult
  @inlinable @inline(__always) public mutating func insert(_ field: FieldID) -> Bool {
    let bit: UInt64 = 1 &<< UInt64(field.rawValue)
    let before = bits & bit != 0
    bits |= bit
    return before
  }

  @inlinable @inline(__always) public func contains(_ field: FieldID) -> Bool {
    bits &>> UInt64(field.rawValue) & 1 != 0
  }

  @inlinable public var isEmpty: Bool { bits == 0 }
}
