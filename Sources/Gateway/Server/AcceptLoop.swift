import Configuration
import Logging
import Reactor

/// Takes connections from one listening socket and starts them, until the worker drains.
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

  /// Takes no more connections.
  func interrupt() { listener.interrupt() }

  func run(on worker: isolated Worker) async {
    let reactor = state.reactor
    while true {
      do {
        let accepted = try await listener.accept()
        // The kernel keeps the next ones until some have gone.
        while state.server.isFull, !state.isDraining {
          await reactor.sleep(until: reactor.now.advanced(milliseconds: 10))
        }
        worker.start(ClientConnection(accepted, at: listener.address, under: terms, on: state))
      } catch .interrupted {
        break
      } catch {
        state.server.log.warning("cannot accept connections", metadata: ["reason": "\(error.reason)"])
        await reactor.sleep(until: reactor.now.advanced(milliseconds: 100))
      }
    }
    // Those that the kernel has already taken for us are ours to answer.
    while let accepted = try? listener.acceptNow() {
      worker.start(ClientConnection(accepted, at: listener.address, under: terms, on: state))
    }
    listener.close()
  }
}
