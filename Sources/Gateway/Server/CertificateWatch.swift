import Glibc
import Reactor

/// Looks at the certificates every two seconds, on a thread of its own each time: disks may be slow, and a new pair must be
/// read and checked. Whoever renews certificates need not tell the gateway. Issuers are asked about them when it is time.
final class CertificateWatch: WorkerActivity {
  private let shelf: CertificateShelf
  private let state: WorkerState
  private static let pause = 2000

  init(_ shelf: CertificateShelf, _ state: WorkerState) {
    self.shelf = shelf
    self.state = state
  }

  func run(on worker: isolated Worker) async {
    let reactor = state.reactor
    while !state.isDraining {
      let shelf = shelf
      await Background.run("sluice-certs") { shelf.look(at: Int64(time(nil))) }
      for errand in shelf.takeDueStaples(at: Int64(time(nil))) { worker.start(StapleFetch(errand, shelf, state)) }
      await reactor.sleep(until: reactor.now.advanced(milliseconds: Self.pause))
    }
  }
}
