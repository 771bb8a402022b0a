import Bytes
import Edge
import HTTPWire

/// The request that an API behind a distribution sees: the viewer's, as far as the behaviour's policies let it through, with what the
/// gateway says of the viewer. So a mapping reads `CloudFront-Viewer-Country` as it does on AWS, and nobody can forge it.
extension ExchangeDriver {
  /// Has the API see that request, where it is another than the viewer's own.
  func tellAPI(_ forwarding: Forwarding) {
    guard OriginRequest.differs(bench.request, by: forwarding) else { return }
    bench.asked.take(bench.request) { _ in false }
    rewriteAsked(forwarding)
    bench.exchange.begin(head: bench.asked, facts: bench.exchange.facts)
  }

  /// Makes that request of what is in `bench.asked`.
  @inline(never)
  func rewriteAsked(_ forwarding: Forwarding) {
    let asked = bench.asked
    let framing = asked.framing
    let minorVersion = asked.minorVersion
    let hasLowercaseNames = asked.hasLowercaseNames
    let keepsAlive = asked.keepsAlive
    let expectsContinue = asked.expectsContinue
    OriginRequest.write(asked, by: forwarding, viewer: viewer(saying: forwarding.told), into: bench.told)
    var parser = RequestHeadParser()
    // What the client has sent was within its limits; what we add may go beyond.
    let limits = HeadLimits(targetBytes: 1 << 24, headBytes: 1 << 24, fieldCount: 1 << 16)
    if case .complete = parser.parse(buffer: bench.told, into: asked, limits: limits) {
      asked.framing = framing
      asked.minorVersion = minorVersion
      asked.hasLowercaseNames = hasLowercaseNames
      asked.keepsAlive = keepsAlive
      asked.expectsContinue = expectsContinue
    } else {
      // An HTTP/1.0 request without a host: nothing is told, and nothing that is forged gets through.
      asked.take(bench.request) { OriginRequest.isForged($0, of: bench.request) }
    }
  }
}
