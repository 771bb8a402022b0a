import Bytes
import HTTPSemantics

/// Compresses a body, whole or in pieces, in one content coding: a ``Deflater`` or a ``BrotliEncoder``.
public class BodyEncoder {
  public final let coding: ContentCoding

  init(in coding: ContentCoding) { self.coding = coding }

  /// Takes more of the body. What comes of it may still be held back.
  public func write(_ bytes: UnsafeRawBufferPointer, into out: ByteBuffer) {}

  /// Writes everything that was held back, so that a reader can decode all that was taken so far.
  public func flush(into out: ByteBuffer) {}

  /// Takes the last of the body and ends it.
  public func finish(_ bytes: UnsafeRawBufferPointer, into out: ByteBuffer) {}

  /// Ends the body.
  public final func finish(into out: ByteBuffer) { finish(.init(start: nil, count: 0), into: out) }

  /// Forgets what it was busy with, so that the next bytes begin another body.
  /// - Returns: false for one that is good for a single body.
  func reset() -> Bool { false }
}
