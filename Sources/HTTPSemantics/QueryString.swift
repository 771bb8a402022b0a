import Bytes

/// The pairs of a query: `name=value&name=value`, in the order received and still percent-encoded. Empty pairs are passed
/// over; a name without `=` has an empty value. A view of the bytes, which must outlive it.
public struct QueryString: Sequence, IteratorProtocol {
  public struct Pair {
    public let name: UnsafeRawBufferPointer
    public let value: UnsafeRawBufferPointer
    /// `a=` and `a` have the same value, and are not the same when written again.
    public let hasEquals: Bool
  }

  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  /// - Parameter bytes: what follows the `?`.
  public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  public mutating func next() -> Pair? {
    while at < bytes.count {
      let start = at
      var equals = -1
      while at < bytes.count, bytes[at] != 38 {
        if equals < 0, bytes[at] == 61 { equals = at }
        at &+= 1
      }
      let end = at
      at &+= 1
      if start == end { continue }
      let nameEnd = equals < 0 ? end : equals
      return Pair(
        name: UnsafeRawBufferPointer(rebasing: bytes[start..<nameEnd]),
        value: UnsafeRawBufferPointer(rebasing: bytes[(equals < 0 ? end : equals &+ 1)..<end]), hasEquals: equals >= 0)
    }
    return nil
  }
}
