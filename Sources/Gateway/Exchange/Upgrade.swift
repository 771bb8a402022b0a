import Bytes
import HTTPWire
import Pipeline
import Reactor
import Upstream

/// What becomes of a request that asks for another protocol (RFC 9110 § 7.8): over HTTP/1.1 it is passed on as it is; an origin
/// that is spoken to over HTTP/2 is asked for a WebSocket by an extended CONNECT (RFC 8441).
extension ExchangeDriver {
  /// Sends a WebSocket's handshake, whole in `bench.upstream`, and receives the first head of the answer.
  func askForWebSocket(at endpoint: Endpoint, until deadline: MonotonicTime) async throws(GatewayFailure) -> OriginCall
  {
    let origin = origin(at: endpoint)
    do {
      if origin.speaksHTTP2,
        let stream = try await origin.askForTunnel(with: bench.upstream, into: bench.response, until: deadline)
      {
        return .stream(stream)
      }
    } catch {
      throw GatewayFailure(error)
    }
    return try await sendWhole(to: endpoint, until: deadline)
  }

  /// Becomes a tunnel, if the client asked for one.
  func tunnel(through upstream: OriginCall, on worker: Worker) async throws(GatewayFailure) -> Outcome {
    let answer = bench.response
    bench.fields.clear()
    let end: any TunnelEnd
    let answered: ByteBuffer
    switch upstream {
    case .connection(let connection):
      guard bench.request.upgrade != nil, let granted = answer.upgrade else { throw closeMalformed(upstream) }
      ProxyResponse.write(answer, into: bench.fields)
      client.writeSwitch(to: answer.value(of: granted), on: bench)
      end = connection.socket
      answered = connection.takeUnread()
    case .stream(let stream):
      guard stream.isTunnel, let granted = bench.request.upgrade, let key = WebSocketHandshake.key(of: bench.request)
      else { throw closeMalformed(upstream) }
      ProxyResponse.write(answer, into: bench.fields)
      WebSocketHandshake.writeAccept(of: key, into: bench.fields)
      client.writeSwitch(to: bench.request.value(of: granted), on: bench)
      end = stream
      answered = ByteBuffer(capacity: 4096)
    }
    if let recorder { return await record(recorder, tunnelThrough: upstream) }
    do {
      try await client.write(bench.output, until: writeDeadline)
    } catch {
      upstream.close()
      return .hasEnded
    }
    bench.notes.status = 101
    let early = ByteBuffer(capacity: 4096)
    early.write(bench.input.readable)
    bench.input.readIndex = bench.input.writeIndex
    let tunnel = Tunnel(client: client.tunnelEnd, origin: end, state: state)
    await tunnel.run(early: early, answer: answered, on: worker)
    bench.notes.bodyCount = tunnel.countToClient
    upstream.close()
    return .hasEnded
  }

  /// Nobody asked for what the origin has granted.
  private func closeMalformed(_ upstream: OriginCall) -> GatewayFailure {
    upstream.close()
    return GatewayFailure(UpstreamFailure(.malformed(.malformedStatusLine)))
  }
}

/// A stream that an origin has made a tunnel of.
extension OriginStream: TunnelEnd {
  func read(into buffer: ByteBuffer, until deadline: MonotonicTime) async throws(SocketError) -> Int {
    do {
      guard let piece = try await readBody(until: deadline) else { return 0 }
      buffer.write(piece)
      return piece.count
    } catch {
      throw Self.socketError(error)
    }
  }

  func write(_ buffer: ByteBuffer, until deadline: MonotonicTime) async throws(SocketError) {
    do {
      try await write(buffer.readable, until: deadline)
      buffer.clear()
    } catch {
      throw Self.socketError(error)
    }
  }

  func shutdownWriting() { endRequest(trailers: nil) }

  private static func socketError(_ failure: UpstreamFailure) -> SocketError {
    failure.isTimeout ? .timedOut : failure.cause == .interrupted ? .interrupted : .reset
  }
}
