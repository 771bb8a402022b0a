import Bytes
import HTTPSemantics
import HTTPWire
import TLSTermination
import Testing

@testable import Reactor
@testable import Upstream

@Suite("HTTP/2 to origins: TLS", .timeLimit(.minutes(1)))
struct HTTP2OverTLSTests {
  @Test("an origin that agrees must be spoken to over HTTP/2, with all calls on one connection")
  func agreed() async throws {
    let secure = try SecureOrigin(protocols: [.http2, .http1])
    let origin = try await ScriptedOrigin { connection in
      try await secure.secure(connection)
      try await FramedPeer(connection).answerAll()
    }
    let worker = try PoolWorker()
    let client = secure.client()
    let bodies = try await worker.run { pool in
      let tls = OriginTLS("origin.test", of: client)
      var bodies: [String] = []
      for _ in 0..<2 { bodies.append(try await pool.call(origin.address, tls: tls).body) }
      return bodies
    }
    #expect(bodies == ["1:1", "1:3"])
    #expect(secure.handshakes.count == 1)
  }

  @Test("an origin that chooses HTTP/1.1 must be spoken to over that, and not asked at every call")
  func declined() async throws {
    let secure = try SecureOrigin(protocols: [.http1])
    let origin = try await ScriptedOrigin { connection in
      try await secure.secure(connection)
      try await connection.answerAll("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }
    let worker = try PoolWorker()
    let client = secure.client()
    let seen = try await worker.run { pool in
      let tls = OriginTLS("origin.test", of: client)
      let known = pool.origin(at: origin.address, tls: tls)
      known.wantsHTTP2 = true
      var seen = ["\(known.speaksHTTP2)"]
      let stream = try await pool.send(origin.address, into: ResponseHead(buffer: ByteBuffer()), tls: tls)
      seen += ["\(stream == nil)", "\(known.speaksHTTP2)"]
      seen.append(try await pool.exchange(origin.address, tls: tls).body)
      return seen
    }
    #expect(seen == ["true", "true", "false", "ok"])
    #expect(origin.accepted.count == 2)
  }

  @Test("a certificate that is not to be believed must be refused as over HTTP/1")
  func untrusted() async throws {
    let secure = try SecureOrigin(protocols: [.http2])
    let stranger = try SecureOrigin()
    let origin = try await ScriptedOrigin { try await secure.secure($0) }
    let worker = try PoolWorker()
    let client = stranger.client()
    let words = "the certificate is not trusted: unable to get local issuer certificate"
    await #expect(throws: UpstreamFailure(.insecure(words))) {
      try await worker.run { pool in
        try await pool.call(origin.address, tls: OriginTLS("origin.test", of: client))
      }
    }
  }
}
