/// Looks on while somebody reads the body of an answer: on the connection's own thread, once for each piece.
public protocol BodyTap: AnyObject {
  /// The next bytes of the body; valid during the call.
  func take(_ bytes: UnsafeRawBufferPointer)
  /// There will be no more.
  /// - Parameter isWhole: the body has come to its end; else it broke off, or nobody read on.
  func end(isWhole: Bool)
}
