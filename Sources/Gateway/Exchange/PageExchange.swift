import Bytes
import Edge
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor

/// The page that stands in for an error, from a server or an API: it is asked for like any other path of the distribution,
/// by a request of its own (spec § 14.6), and sent with the status that the distribution has for it. A page that lies in a
/// directory needs no such detour (`StaticExchange.swift`).
extension ExchangeDriver {
  func fetch(
    _ page: CustomErrorResponse.Page, of distribution: Distribution, on worker: Worker
  ) async -> Outcome {
    let own = state.benches.take()
    defer { state.benches.give(own) }
    own.input.clear()
    writeRequest(for: page, into: own.input)
    guard case .complete(let count) = own.parser.parse(buffer: own.input, into: own.request, limits: state.headLimits)
    else { return await refuse(.notFound) }
    own.input.readIndex = count
    let edge = EdgeExchange(distribution, page.behavior)
    edge.pageStatus = page.responseCode
    own.edge = edge
    let driver = ExchangeDriver(client: client, bench: own)
    driver.beginExchange()
    let outcome = await driver.run(on: worker)
    bench.notes.answer(as: own.notes)
    return outcome
  }

  /// The status that the client sees.
  @inline(__always)
  func shown(_ status: Int) -> Int {
    guard status == 200, let edge = bench.edge, let shown = edge.pageStatus else { return status }
    return shown
  }

  /// The client's own request, for another path: without a body, conditions and ranges.
  private func writeRequest(for page: CustomErrorResponse.Page, into out: ByteBuffer) {
    let request = bench.request
    let path = page.path
    path.withUnsafeBytes {
      RequestLine.write(method: request.method == .head ? .head : .get, path: $0, query: nil, into: out)
    }
    if request.minorVersion == 0 {
      // The line ends in its version.
      out.writeIndex &-= 3
      out.write("0\r\n")
    }
    if !request.authorityBytes.isEmpty {
      out.write("Host: ")
      out.write(request.authorityBytes)
      out.write("\r\n")
    }
    for field in request.fields where isAboutMore(field, than: request) { request.write(field, into: out) }
    let keepsAlive = request.keepsAlive && bodyCanBeDropped
    out.write(keepsAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n")
  }

  /// Whether a field speaks of who asks, rather than of what was asked for.
  private func isAboutMore(_ field: FieldSlice, than request: RequestHead) -> Bool {
    switch field.id {
    case .host, .contentLength, .contentType, .contentEncoding, .contentMD5, .expect, .ifNoneMatch, .ifModifiedSince,
      .range, .xHTTPMethodOverride, .xSluiceExplain, .upgrade:
      return false
    case .other:
      let name = request.name(of: field)
      return !name.equalsIgnoringCase("if-range") && !name.equalsIgnoringCase("if-match")
        && !name.equalsIgnoringCase("if-unmodified-since") && request.isEndToEnd(field)
    default: return request.isEndToEnd(field)
    }
  }
}
