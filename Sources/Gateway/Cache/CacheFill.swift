import Bytes
import CacheStore
import Compression
import HTTPSemantics
import Reactor
import Upstream

/// Reads the rest of an answer from its origin for everybody who follows it, whether or not the one who asked first is
/// still there.
final class CacheFill: WorkerActivity {
  private let filling: Filling
  private let upstream: OriginCall
  /// Compresses what comes, where the API has it so; given back at the end.
  private let encoder: BodyEncoder?
  private let state: WorkerState

  init(_ filling: Filling, from upstream: OriginCall, by encoder: BodyEncoder?, on state: WorkerState) {
    self.filling = filling
    self.upstream = upstream
    self.encoder = encoder
    self.state = state
  }

  /// A reader that takes nothing is given up by its own write deadline; this is how often we look.
  private static let patience = 1000

  func run(on worker: isolated Worker) async {
    defer { if let encoder { state.encoders.give(encoder) } }
    do {
      if let encoder {
        try await fill(by: encoder, on: worker)
      } else {
        while let piece = try await upstream.readBody(until: .never) {
          guard await pass(piece, on: worker) else { return }
        }
      }
      upstream.release()
      filling.finish()
    } catch {
      upstream.close()
      filling.fail()
    }
  }

  /// What has come is compressed and passed on before more is waited for.
  private func fill(by encoder: BodyEncoder, on worker: Worker) async throws(UpstreamFailure) {
    let packed = ByteBuffer(capacity: 16 * 1024)
    var holdsBack = false
    while let piece = try upstream.bodyAtHand() {
      if piece.isEmpty {
        if holdsBack { encoder.flush(into: packed) }
        holdsBack = false
        guard await pass(packed.readable, on: worker) else { throw UpstreamFailure(.interrupted) }
        packed.clear()
        try await upstream.receiveMore()
        continue
      }
      encoder.write(piece, into: packed)
      holdsBack = true
      if packed.count < 64 * 1024 { continue }
      guard await pass(packed.readable, on: worker) else { throw UpstreamFailure(.interrupted) }
      packed.clear()
    }
    encoder.finish(into: packed)
    guard await pass(packed.readable, on: worker) else { throw UpstreamFailure(.interrupted) }
  }

  /// - Returns: false where nobody wants any more of it: then all is ended.
  private func pass(_ bytes: UnsafeRawBufferPointer, on worker: Worker) async -> Bool {
    if bytes.isEmpty { return true }
    switch filling.append(bytes) {
    case .goOn: return true
    case .wait:
      let waiter = CacheWait(on: worker)
      while filling.waitForRoom(waiter) { _ = await waiter.sleep(milliseconds: Self.patience) }
      return true
    case .abandon:
      upstream.close()
      filling.fail()
      return false
    }
  }
}
