import TLSTermination
import Testing

@testable import Reactor
@testable import Upstream

@Suite("Origin: TLS", .timeLimit(.minutes(1)))
struct OriginTLSTests {
  private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

  /// One exchange with an origin that shows what `secure` has been issued.
  private func ask(
    _ secure: SecureOrigin, by client: TLSClient, as name: String = "origin.test", answer: String = ok
  ) async throws -> Result<Answer, UpstreamFailure> {
    let origin = try await ScriptedOrigin { connection in
      try await secure.secure(connection)
      try await connection.answerAll(answer)
    }
    let worker = try PoolWorker()
    return await worker.run { pool in
      do throws(UpstreamFailure) {
        return .success(try await pool.exchange(origin.address, tls: OriginTLS(name, of: client)))
      } catch {
        return .failure(error)
      }
    }
  }

  @Test("an origin with a certificate of a trusted authority, for its name, must be spoken to")
  func trusted() async throws {
    let secure = try SecureOrigin()
    #expect(try await ask(secure, by: secure.client()) == .success(Answer(status: 200, body: "ok")))
  }

  @Test("a certificate for an address must do where the origin is known by one")
  func address() async throws {
    let secure = try SecureOrigin(names: ["127.0.0.1"])
    #expect(try await ask(secure, by: secure.client(), as: "127.0.0.1") == .success(Answer(status: 200, body: "ok")))
    let other = try await ask(secure, by: secure.client(), as: "127.0.0.2")
    #expect(other == .failure(UpstreamFailure(.insecure("the certificate is not trusted: IP address mismatch"))))
  }

  @Test(
    "a certificate for another name must be refused, also where any authority is believed", arguments: [false, true])
  func wrongName(any: Bool) async throws {
    let secure = try SecureOrigin()
    let result = try await ask(secure, by: secure.client(trusting: !any, any: any), as: "other.test")
    #expect(result == .failure(UpstreamFailure(.insecure("the certificate is not trusted: hostname mismatch"))))
  }

  @Test("a certificate of an unknown authority must be refused, unless any is believed")
  func unknownAuthority() async throws {
    let secure = try SecureOrigin()
    let stranger = try SecureOrigin()
    let words = "the certificate is not trusted: unable to get local issuer certificate"
    #expect(try await ask(secure, by: stranger.client()) == .failure(UpstreamFailure(.insecure(words))))
    #expect(try await ask(secure, by: secure.client(trusting: false)) == .failure(UpstreamFailure(.insecure(words))))
    let any = secure.client(trusting: false, any: true)
    #expect(try await ask(secure, by: any) == .success(Answer(status: 200, body: "ok")))
  }

  @Test(
    "a certificate that has expired must be refused, also where any authority is believed", arguments: [false, true])
  func expired(any: Bool) async throws {
    let secure = try SecureOrigin(issuedAt: certificateTime - 10 * 86_400, days: 1)
    let result = try await ask(secure, by: secure.client(trusting: !any, any: any))
    #expect(result == .failure(UpstreamFailure(.insecure("the certificate is not trusted: certificate has expired"))))
  }

  @Test("the next connection must go on from the session of the last, and not under other terms")
  func resumption() async throws {
    let secure = try SecureOrigin()
    let origin = try await ScriptedOrigin { connection in
      try await secure.secure(connection)
      try await connection.answerAll("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
    }
    let worker = try PoolWorker()
    let (one, other) = (secure.client(), secure.client())
    try await worker.run { pool in
      for client in [one, one, one, other] {
        _ = try await pool.exchange(origin.address, tls: OriginTLS("origin.test", of: client))
      }
    }
    #expect(secure.handshakes.map(\.isResumed) == [false, true, true, false])
  }

  @Test("a connection must be used again, and its tickets must not look like an answer")
  func reuse() async throws {
    let secure = try SecureOrigin()
    let origin = try await ScriptedOrigin { connection in
      try await secure.secure(connection)
      try await connection.answerAll(Self.ok)
    }
    let worker = try PoolWorker()
    let client = secure.client()
    let answers = try await worker.run { pool in
      var answers: [Answer] = []
      for replayable in [true, false, true] {
        answers.append(
          try await pool.exchange(
            origin.address, replayable: replayable, tls: OriginTLS("origin.test", of: client)))
      }
      return answers
    }
    #expect(answers.map(\.isReused) == [false, true, true])
    #expect(origin.accepted.count == 1)
  }

  @Test("an origin that asks for a certificate must be shown the one that is configured")
  func clientCertificate() async throws {
    let secure = try SecureOrigin(asksForCertificates: true)
    #expect(try await ask(secure, by: secure.client(showing: true)) == .success(Answer(status: 200, body: "ok")))
    #expect(secure.handshakes.map(\.client) == ["CN=gateway,O=Sluice development"])
    guard case .failure = try await ask(secure, by: secure.client()) else {
      Issue.record("it was answered without a certificate")
      return
    }
  }

  @Test("a body that ends with its connection must not look whole where TLS has not ended")
  func truncation() async throws {
    let secure = try SecureOrigin()
    let origin = try await ScriptedOrigin { connection in
      try await secure.secure(connection)
      _ = try await connection.readHead()
      try await connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf")
      connection.socket.transport?.isCutOff = true
    }
    let worker = try PoolWorker()
    let client = secure.client()
    await #expect(throws: UpstreamFailure(.closedInBody)) {
      try await worker.run { pool in
        _ = try await pool.exchange(origin.address, tls: OriginTLS("origin.test", of: client))
      }
    }
  }

  @Test("an origin that speaks no TLS must be refused with that reason")
  func plain() async throws {
    let secure = try SecureOrigin()
    let origin = try await ScriptedOrigin { connection in
      try await connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
      try await connection.waitForEnd()
    }
    let worker = try PoolWorker()
    let client = secure.client()
    await #expect(throws: UpstreamFailure(.insecure("not TLS"))) {
      try await worker.run { pool in
        _ = try await pool.exchange(origin.address, tls: OriginTLS("origin.test", of: client))
      }
    }
  }

  @Test("an origin that says nothing in the handshake must be given up in time")
  func silent() async throws {
    let secure = try SecureOrigin()
    let origin = try await ScriptedOrigin { try await $0.waitForEnd() }
    let worker = try PoolWorker(limits: UpstreamLimits(connectMilliseconds: 50))
    let client = secure.client()
    await #expect(throws: UpstreamFailure(.connectTimedOut)) {
      try await worker.run { pool in
        _ = try await pool.exchange(origin.address, tls: OriginTLS("origin.test", of: client))
      }
    }
  }

  @Test("files that change must be read again, and what was good must stay where they are no good")
  func rotation() throws {
    let secure = try SecureOrigin()
    let client = secure.client()
    #expect(client.isUsable && client.flaw == nil)
    try secure.folder.write("authority.pem", "nothing")
    let look = client.look()
    #expect(look.flaw != nil && !look.hasChanged && client.isUsable)
    #expect(client.look().flaw == nil)
    let other = try SecureOrigin()
    try secure.folder.write("authority.pem", try #require(other.folder.text("authority.pem")))
    #expect(client.look().hasChanged && client.flaw == nil)
  }
}
