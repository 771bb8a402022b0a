import CacheStore
import Reactor
import Upstream

/// Reads the rest of an answer from its origin for everybody who follows it, whether or not the one who asked first is
/// still there.
final class CacheFill: WorkerActivity {
  private let filling: Filling
  private let upstream: UpstreamConnection

  init(_ filling: Filling, from upstream: UpstreamConnection) {
    self.filling = filling
    self.upstream = upstream
  }

  /// A reader that takes nothing is given up by its own write deadline; this is how often we look.
  private static let patience = 1000

  func run(on worker: isolated Worker) async {
    let waiter = CacheWait(on: worker)
    do {
      while let piece = try await upstream.readBody(until: .never) {
        switch filling.append(piece) {
        case .goOn: break
        case .wait: while filling.waitForReaders(waiter) { _ = await waiter.sleep(milliseconds: Self.patience) }
        case .abandon:
          upstream.close()
          filling.fail()
          return
        }
      }
      upstream.release()
      filling.finish()
    } catch {
      upstream.close()
      filling.fail()
    }
  }
}
