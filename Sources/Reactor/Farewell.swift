/// A connection that nobody uses any more, for as long as its transport still owes the peer something: the end, and where the
/// kernel makes the records (TLS), what it has not passed on. Closed at once, the peer would miss that, and what it has got would
/// look cut off to it.
///
///     Socket.close --the peer takes nothing--> Farewell --room--> end, closed
///                                                 `---------patience--> closed
final class Farewell: Sleeper {
  private let socket: Socket

  /// Milliseconds for which the peer may take nothing. The kernel, which sees a plain connection off by itself, has more.
  static let patience = 30_000
  /// How many there may be at a time on one reactor; with more, connections are closed as they are.
  static let most = 1024

  /// Takes the descriptor over.
  static func begin(_ descriptor: Int32, _ transport: Transport, on reactor: Reactor) {
    guard let socket = try? Socket(adopting: descriptor, on: reactor) else { return }
    socket.transport = transport
    // Whatever has come is of no interest any more.
    transport.mayReceive = false
    transport.readerWantsToWrite = false
    transport.writerWantsToRead = false
    reactor.farewells &+= 1
    Farewell(socket).sleep()
  }

  private init(_ socket: Socket) { self.socket = socket }

  /// The socket keeps whom it wakes, and so keeps this one.
  private func sleep() {
    socket.writer.sleeper = self
    socket.reactor.arm(socket.writer, deadline: socket.reactor.now.advanced(milliseconds: Self.patience))
  }

  func wake(_ reason: Wait.Wake) {
    if reason == .ready, !socket.isHungUp, socket.transport?.owesEnd == true { return sleep() }
    socket.reactor.farewells &-= 1
    socket.transport?.isCutOff = true
    socket.close()
  }
}
