/// What a look at the bytes of a head gave.
public enum HeadResult: Equatable, Sendable {
  /// The head is whole and takes this many of the readable bytes, counted from `readIndex`.
  case complete(byteCount: Int)
  /// So far nothing is wrong; ask again when more bytes have come.
  case incomplete
  case failed(WireError)
}
