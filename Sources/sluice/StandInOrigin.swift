import ArgumentParser
import Reactor
import Synchronization

/// Answers every request with the same bytes, in the place of an integration.
final class StandInOrigin: Sendable {
  let address: SocketAddress
  private let answered = Atomic<Int>(0)

  var hasNotBeenAsked: Bool { answered.load(ordering: .relaxed) == 0 }

  init(answering response: [UInt8]) throws {
    guard let (listener, port) = BlockingSocket.listening(), let address = SocketAddress(ip: "127.0.0.1", port: port)
    else {
      Terminal.error.print("sluice: cannot listen on 127.0.0.1")
      throw ExitCode.cannotListen
    }
    self.address = address
    SystemThread.spawn("stand-in") { [self] in
      while let connection = listener.accept() {
        answered.add(1, ordering: .relaxed)
        // Its own thread: a gateway that keeps the connection open must not keep the next one waiting.
        SystemThread.spawn("stand-in") {
          guard connection.read() != nil else { return connection.close() }
          connection.write(response)
          connection.finishWriting()
          while connection.read() != nil {}
          connection.close()
        }
      }
    }
  }
}
