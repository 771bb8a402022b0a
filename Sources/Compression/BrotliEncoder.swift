import Bytes
import CBrotli.Encoding
import HTTPSemantics

/// Brotli (RFC 7932). It is good for one body: its library has no way to begin anew.
public final class BrotliEncoder: BodyEncoder {
  /// What is compressed for one reader is worth less work than what is kept for many: both are about as fast as gzip's
  /// usual level, and smaller.
  public enum Effort: UInt32, Sendable { case passing = 4, kept = 5 }

  private let state: OpaquePointer

  /// - Parameter size: bytes of the body, where they are known: a small one takes less memory.
  /// - Returns: nil where there is no memory for it.
  public init?(_ effort: Effort = .passing, size: Int? = nil) {
    guard let state = BrotliEncoderCreateInstance(nil, nil, nil) else { return nil }
    self.state = state
    super.init(in: .brotli)
    BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, effort.rawValue)
    // The window is what a reader must hold, too: 256 KiB for a stream, up to 4 MiB for what is larger.
    var window: UInt32 = 18
    if let size {
      BrotliEncoderSetParameter(state, BROTLI_PARAM_SIZE_HINT, UInt32(clamping: size))
      while window < 22, size > 1 << Int(window) { window += 1 }
    }
    BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, window)
  }

  deinit { BrotliEncoderDestroyInstance(state) }

  public override func write(_ bytes: UnsafeRawBufferPointer, into out: ByteBuffer) {
    run(bytes, BROTLI_OPERATION_PROCESS, out)
  }

  public override func flush(into out: ByteBuffer) { run(.init(start: nil, count: 0), BROTLI_OPERATION_FLUSH, out) }

  public override func finish(_ bytes: UnsafeRawBufferPointer, into out: ByteBuffer) {
    run(bytes, BROTLI_OPERATION_FINISH, out)
  }

  private func run(_ bytes: UnsafeRawBufferPointer, _ operation: BrotliEncoderOperation, _ out: ByteBuffer) {
    var left = bytes.count
    var next = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    repeat {
      out.reserve(max(1024, min(left / 4, 64 * 1024)))
      let room = out.writable
      var free = room.count
      var place = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
      // It fails for lack of memory only; then the body ends here, and its reader sees that it is not whole.
      guard BrotliEncoderCompressStream(state, operation, &left, &next, &free, &place, nil) != 0 else { return }
      out.didWrite(room.count &- free)
    } while left > 0 || BrotliEncoderHasMoreOutput(state) != 0
  }
}
