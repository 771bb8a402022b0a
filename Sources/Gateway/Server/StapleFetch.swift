import Bytes
import Glibc
import HTTPSemantics
import HTTPWire
import Reactor
import TLSTermination
import Upstream

/// A certificate whose issuer is to be asked for its word on it.
struct StapleErrand: Sendable {
  /// Its folder's name.
  let host: String
  let pair: CertificatePair
  let source: StapleSource
}

/// How asking issuers has gone since the process began.
struct StapleCounts: Sendable {
  var succeeded = 0
  var failed = 0
}

/// Why an issuer's word was not to be had.
enum StapleFailure: Error, Equatable, CustomStringConvertible {
  case unreachable(UpstreamFailure)
  case status(Int)
  case tooLarge
  case flaw(StapledResponse.Flaw)

  var description: String {
    switch self {
    case .unreachable(let failure): failure.reason
    case .status(let status): "the responder answers \(status)"
    case .tooLarge: "the answer is too large"
    case .flaw(let flaw): "\(flaw)"
    }
  }
}

/// Asks the issuer of one certificate for its word on it (RFC 6960 appendix A), beside all else that the worker does: no
/// handshake ever waits for it. The answer is checked on a thread of its own.
final class StapleFetch: WorkerActivity {
  private let errand: StapleErrand
  private let shelf: CertificateShelf
  private let state: WorkerState

  /// Milliseconds that all of it may take.
  private static let patience = 15_000
  /// Bytes of an answer; most have less than one thousand.
  private static let largest = 64 * 1024

  init(_ errand: StapleErrand, _ shelf: CertificateShelf, _ state: WorkerState) {
    self.errand = errand
    self.shelf = shelf
    self.state = state
  }

  func run(on worker: isolated Worker) async {
    let errand = errand
    do throws(StapleFailure) {
      let bytes = try await ask()
      let response: StapledResponse
      do throws(StapledResponse.Flaw) {
        response = try await Background.run("sluice-ocsp") { () throws(StapledResponse.Flaw) in
          try StapledResponse(bytes, for: errand.pair.chain, at: Int64(time(nil)))
        }
      } catch {
        throw .flaw(error)
      }
      shelf.note(response, to: errand, at: Int64(time(nil)))
    } catch {
      shelf.note(error, of: errand, at: Int64(time(nil)))
    }
  }

  /// - Returns: what the responder has said.
  private func ask() async throws(StapleFailure) -> [UInt8] {
    let bench = state.benches.take()
    defer { state.benches.give(bench) }
    let deadline = state.reactor.now.advanced(milliseconds: Self.patience)
    writeRequest(into: bench.upstream)
    do {
      let origin = state.upstream.origin(at: .tcp(host: errand.source.host, port: errand.source.port))
      let connection = try await origin.send(
        bench.upstream, answering: .post, into: bench.response, isReplayable: true, until: deadline)
      // Nobody asks again before long.
      defer { connection.close() }
      while bench.response.status < 200, bench.response.status != 101 {
        try await connection.receiveHead(into: bench.response, answering: .post, until: deadline)
      }
      guard bench.response.status == 200 else { throw StapleFailure.status(bench.response.status) }
      var bytes: [UInt8] = []
      while let piece = try await connection.readBody(until: deadline) {
        guard bytes.count + piece.count <= Self.largest else { throw StapleFailure.tooLarge }
        bytes += piece
      }
      return bytes
    } catch let failure as UpstreamFailure {
      throw .unreachable(failure)
    } catch let failure as StapleFailure {
      throw failure
    } catch {
      throw .unreachable(UpstreamFailure(.interrupted))
    }
  }

  private func writeRequest(into out: ByteBuffer) {
    let request = errand.pair.stapleRequest
    out.clear()
    out.write("POST \(errand.source.path) HTTP/1.1\r\nHost: \(errand.source.authority)\r\n" as String)
    out.write("Content-Type: application/ocsp-request\r\nAccept: application/ocsp-response\r\n")
    out.write("Connection: close\r\nContent-Length: ")
    out.write(decimal: request.count)
    out.write("\r\n\r\n")
    out.write(request)
  }
}
