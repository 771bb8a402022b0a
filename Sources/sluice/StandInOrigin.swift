import ArgumentParser
import Reactor
import Synchronization

/// Answers every request with the same bytes, in the place of an integration.
final class StandInOrigin: Sendable {
  let address: SocketAddress
  private let answered = Atomic<Int>(0)

  var hasNotBeenAsked: Bool { answered.load(ordering: .relaxed) == 0 }

  init(answering response: [UInt8]) throws {
    let listener: BlockingSocket
    do {
      let (socket, port) = try BlockingSocket.listening()
      guard let own = SocketAddress(ip: "127.0.0.1", port: port) else { throw ExitCode.internalError }
      (listener, address) = (socket, own)
    } catch let failure as BlockingSocket.Failure {
      Terminal.error.print("sluice: cannot listen on 127.0.0.1: \(failure.reason)")
      throw ExitCode.cannotListen
    }
    SystemThread.spawn("stand-in") { [self] in
      while let connection = listener.accept() {
        answered.add(1, ordering: .relaxed)
        // Its own thread: a gateway that keeps the connection open must not keep the next one waiting.
        SystemThread.spawn("stand-in") {
          defer { connection.close() }
          guard (try? connection.read()) != nil else { return }
          connection.write(response)
          connection.finishWriting()
          while (try? connection.read()) != nil {}
        }
      }
    }
  }
}
