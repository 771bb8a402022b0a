import Configuration
import Logging
import Reactor

/// Takes connections from one listening socket and starts them, until it is ended.
final class AcceptLoop: WorkerActivity {
  private let listener: ListeningSocket
  private let state: WorkerState
  /// What holds for the connections that are taken from now on.
  var terms: ListenerTerms

  init(_ listener: ListeningSocket, _ terms: ListenerTerms, _ state: WorkerState) {
    self.listener = listener
    self.terms = terms
    self.state = state
  }

  /// Takes no more connections, at once. Those that the kernel has taken for us already are ours to answer: they count as open when
  /// this returns.
  func end(on worker: isolated Worker) {
    while let accepted = try? listener.acceptNow() { start(accepted, on: worker) }
    listener.close()
  }

  func run(on worker: isolated Worker) async {
    let reactor = state.reactor
    while true {
      do {
        let accepted = try await listener.accept()
        // The kernel keeps the next ones until some have gone.
        while state.server.isFull, listener.isOpen {
          await reactor.sleep(until: reactor.now.advanced(milliseconds: 10))
        }
        start(accepted, on: worker)
      } catch .interrupted {
        return
      } catch {
        state.server.log.warning("cannot accept connections", metadata: ["reason": "\(error.reason)"])
        await reactor.sleep(until: reactor.now.advanced(milliseconds: 100))
      }
    }
  }

  private func start(_ accepted: ListeningSocket.Accepted, on worker: isolated Worker) {
    let connection = ClientConnection(accepted, at: listener.address, under: terms, on: state)
    state.opened(connection)
    worker.start(connection)
  }
}
