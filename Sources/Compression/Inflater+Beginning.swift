import Bytes
import HTTPSemantics

extension Inflater {
  /// Decodes the beginning of a body, for who looks at no more of it.
  /// - Parameters:
  ///   - source: as much of the body as has come; it is consumed.
  ///   - limit: bytes that are written behind what `out` holds at most.
  /// - Returns: whether the body goes on behind them. What is not in the coding ends it.
  public static func decodeBeginning(
    of source: ByteBuffer, in coding: ContentCoding, into out: ByteBuffer, limit: Int
  ) -> Bool {
    do throws(Failure) {
      return try !Inflater(coding).decode(source, into: out, atMost: limit)
    } catch {
      return false
    }
  }
}
