import Bytes
import Reactor

/// One of the two that a tunnel connects: a socket, or a stream of an HTTP/2 connection.
protocol TunnelEnd: AnyObject {
  /// Reads what has come into the free room of `buffer`, of which there must be some.
  /// - Returns: bytes read, or 0 at the end.
  func read(into buffer: ByteBuffer, until deadline: MonotonicTime) async throws(SocketError) -> Int
  /// Sends the readable bytes of `buffer` and consumes them.
  func write(_ buffer: ByteBuffer, until deadline: MonotonicTime) async throws(SocketError)
  /// Says that nothing more will be sent.
  func shutdownWriting()
  /// Ends whoever waits, now and from now on.
  func interrupt()
}

extension Socket: TunnelEnd {}

/// Two connections that have become one by `101 Switching Protocols` (RFC 9110 § 7.8): what either side says is passed to
/// the other, until both have finished or neither has said anything for a while.
final class Tunnel {
  fileprivate let state: WorkerState
  private let client: any TunnelEnd
  private let origin: any TunnelEnd
  private var lastActivity: MonotonicTime
  private let finished: Wait
  private var directionsLeft = 2
  /// Bytes that the client was sent.
  private(set) var countToClient = 0

  init(client: any TunnelEnd, origin: any TunnelEnd, state: WorkerState) {
    self.client = client
    self.origin = origin
    self.state = state
    finished = Wait(on: state.reactor)
    lastActivity = state.reactor.now
  }

  /// Passes bytes both ways until the tunnel has ended.
  /// - Parameters:
  ///   - early: what the client has sent behind its request's head, already read.
  ///   - answer: what the origin has sent behind its response's head, already read.
  func run(early: ByteBuffer, answer: ByteBuffer, on worker: Worker) async {
    worker.startHere(Direction(self, from: client, to: origin, buffer: early))
    await relay(from: origin, to: client, buffer: answer)
    if directionsLeft > 0 { _ = await state.reactor.wait(finished, until: .never) }
  }

  /// Passes bytes one way until their end. A direction that fails ends both: half a dead tunnel is of no use.
  fileprivate func relay(from source: any TunnelEnd, to sink: any TunnelEnd, buffer: ByteBuffer) async {
    do {
      while true {
        if !buffer.isEmpty {
          lastActivity = state.reactor.now
          let count = buffer.count
          try await sink.write(buffer, until: state.reactor.now.advanced(milliseconds: state.deadlines.write))
          if sink === client { countToClient &+= count }
        }
        buffer.clear()
        buffer.reserve(4096)
        if try await read(from: source, into: buffer) == 0 { break }
      }
      sink.shutdownWriting()
    } catch {
      source.interrupt()
      sink.interrupt()
    }
    directionsLeft -= 1
    if directionsLeft == 0 { finished.resume() }
  }

  /// Waits for bytes as long as either direction is alive.
  private func read(from source: any TunnelEnd, into buffer: ByteBuffer) async throws(SocketError) -> Int {
    while true {
      let deadline = lastActivity.advanced(milliseconds: state.deadlines.tunnelIdle)
      do {
        return try await source.read(into: buffer, until: deadline)
      } catch .timedOut where lastActivity.advanced(milliseconds: state.deadlines.tunnelIdle) > state.reactor.now {
        continue
      }
    }
  }
}

/// One direction of a tunnel, beside the other.
private final class Direction: WorkerActivity {
  private let tunnel: Tunnel
  private let source: any TunnelEnd
  private let sink: any TunnelEnd
  private let buffer: ByteBuffer

  init(_ tunnel: Tunnel, from source: any TunnelEnd, to sink: any TunnelEnd, buffer: ByteBuffer) {
    self.tunnel = tunnel
    self.source = source
    self.sink = sink
    self.buffer = buffer
  }

  func run(on worker: isolated Worker) async { await tunnel.relay(from: source, to: sink, buffer: buffer) }
}
