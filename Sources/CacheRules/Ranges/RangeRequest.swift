import Bytes
import HTTPSemantics
import HTTPWire

/// Which bytes a request asks for: `Range: bytes=first-last, first-, -count` (RFC 9110 § 14.2). A view of the bytes.
public struct RangeRequest {
  /// A range that is not worth the trouble of a part of its own is refused by serving the whole (§ 14.2).
  public static let mostRanges = 16

  private let list: UnsafeRawBufferPointer

  /// - Returns: nil where the field is malformed or of another unit: it is then as good as absent.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 6, UnsafeRawBufferPointer(rebasing: bytes[..<6]).equalsIgnoringCase("bytes=") else {
      return nil
    }
    list = UnsafeRawBufferPointer(rebasing: bytes[6...])
    var elements = ListElements(list)
    var count = 0
    while let element = elements.next() {
      guard Spec(element) != nil else { return nil }
      count &+= 1
    }
    if count == 0 { return nil }
  }

  /// The `Range` of a request: of one line, for GET alone.
  public init?(_ head: RequestHead) {
    guard head.method == .get, let field = head.first(.range) else { return nil }
    self.init(head.value(of: field))
  }

  /// Positions that are more than an `Int` holds lie behind any end.
  private enum Spec {
    case from(Int, through: Int?)
    case suffix(Int)

    init?(_ bytes: UnsafeRawBufferPointer) {
      guard let dash = bytes.firstIndex(of: 45) else { return nil }
      let before = UnsafeRawBufferPointer(rebasing: bytes[..<dash])
      let behind = UnsafeRawBufferPointer(rebasing: bytes[(dash &+ 1)...])
      if before.isEmpty {
        guard let count = DecimalNumber.clamped(behind) else { return nil }
        self = .suffix(count)
        return
      }
      guard let first = DecimalNumber.clamped(before) else { return nil }
      if behind.isEmpty {
        self = .from(first, through: nil)
        return
      }
      guard let last = DecimalNumber.clamped(behind), last >= first else { return nil }
      self = .from(first, through: last)
    }

    /// The bytes of a whole with `length` bytes; nil where it has none of them.
    func resolve(_ length: Int) -> Range<Int>? {
      switch self {
      case .from(let first, let last):
        guard first < length else { return nil }
        return first..<min(last ?? Int.max, length &- 1) &+ 1
      case .suffix(let count):
        guard count > 0, length > 0 else { return nil }
        return max(0, length &- count)..<length
      }
    }
  }

  /// What a whole of `length` bytes answers.
  public enum Answer: Equatable, Sendable {
    /// 206 with one part.
    case one(Range<Int>)
    /// 206 with `multipart/byteranges`, in the order asked for.
    case several([Range<Int>])
    /// 200: serving the parts would be no cheaper.
    case whole
    /// 416.
    case unsatisfiable
  }

  /// Ranges that overlap or come in too great a number are answered with the whole (RFC 9110 § 17.15, spec § 14.8).
  public func answer(length: Int) -> Answer {
    var elements = ListElements(list)
    var first: Range<Int>?
    var several: [Range<Int>] = []
    var count = 0
    while let element = elements.next() {
      count &+= 1
      guard count <= Self.mostRanges else { return .whole }
      guard let range = Spec(element)?.resolve(length) else { continue }
      if let one = first {
        if several.isEmpty { several.append(one) }
        if several.contains(where: { $0.overlaps(range) }) { return .whole }
        several.append(range)
      } else {
        first = range
      }
    }
    guard let first else { return .unsatisfiable }
    return several.isEmpty ? .one(first) : .several(several)
  }

  /// Whether it asks for one range and no more.
  public var isOne: Bool {
    var elements = ListElements(list)
    return elements.next() != nil && elements.next() == nil
  }

  /// The only range, of a whole whose length is known or, for `first-last`, need not be; nil where there are several, or
  /// none that can be satisfied.
  public func onlyRange(length: Int?) -> Range<Int>? {
    var elements = ListElements(list)
    guard let element = elements.next(), let spec = Spec(element), elements.next() == nil else { return nil }
    if let length { return spec.resolve(length) }
    guard case .from(let first, let last?) = spec, last < Int.max else { return nil }
    return first..<last &+ 1
  }
}
