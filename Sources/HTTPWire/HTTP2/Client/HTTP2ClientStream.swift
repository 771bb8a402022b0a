import Bytes

/// A request of ours and the origin's answer: what has come of the answer is handed to the overridden methods, what is to go of
/// the request's body is lent piece by piece.
///
///     request:  head --HTTP2ClientSession.open--> body --lend … end--> whole
///     answer:   (interim heads) --> head --> body --> whole, perhaps before the request is
///     at any time:  reset by either side, or the connection is lost: `didClose`
open class HTTP2ClientStream: HTTP2Stream {
  /// The head that has not been sent yet.
  final var head: RequestFields?
  /// What is wrong with the answer; nil: nothing so far.
  public internal(set) final var flaw: Flaw?
  /// Whether the final head has come: fields that come now are trailers.
  final var hasFinalHead = false

  public enum Flaw: Equatable, Sendable {
    /// A head, or trailers, that HTTP/1 would not have been taken with either.
    case malformed(WireError)
    /// It broke the protocol's own rules (RFC 9113 § 8.1.1): nghttp2's words.
    case violation(String)
  }

  public init() { super.init(id: 0) }

  /// A head has come, interim or final: as HTTP/1.1 would write it, for `ResponseHeadParser`. Valid during the call.
  open func didReceive(head: UnsafeRawBufferPointer) {}

  /// The answer is whole.
  /// - Parameter trailers: the lines that came behind the body, as `BodyDecoder.trailers` has them.
  open func didReceiveEnd(trailers: ByteBuffer?) {}

  public final override func takeBack() {
    head = nil
    super.takeBack()
  }

  final override func writeSection(by encoder: inout FieldEncoder, into out: ByteBuffer) -> Bool {
    guard let head else { return super.writeSection(by: &encoder, into: out) }
    self.head = nil
    encoder.begin(into: out)
    head.write(by: encoder, into: out)
    return true
  }
}
