import Bytes
import Firewall
import FuzzerDriver
import HTTPWire
import PCRE

@_cdecl("FuzzScreening_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// A byte of circumstances and a request as it is sent: whatever it is, a web ACL with every statement, field and transformation
/// comes to a verdict, to the same one again, and with less work allowed it lets nothing pass that it would have blocked.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  guard let start, count > 1 else { return 0 }
  let circumstances = start[0]
  let buffer = ByteBuffer(capacity: count)
  buffer.write(UnsafeRawBufferPointer(start: start + 1, count: count - 1))
  let head = RequestHead(buffer: buffer)
  var parser = RequestHeadParser()
  let limits = HeadLimits(targetBytes: 1 << 16, headBytes: 1 << 17, fieldCount: 1000)
  guard case .complete(let length) = parser.parse(buffer: buffer, into: head, limits: limits) else { return 0 }
  let body = UnsafeRawBufferPointer(rebasing: buffer.readable[length...])
  let request = ScreenedRequest(
    head, client: circumstances & 1 == 0 ? IPAddress("192.0.2.7") : nil,
    fingerprint: circumstances & 2 == 0 ? nil : ClientFingerprint(ja3: Array("x".utf8), ja4: Array("y".utf8)),
    body: body, bodyIsLonger: circumstances & 4 != 0)
  for screening in Benches.all {
    let verdict = screening.screen(request, now: 0)
    let hits = screening.hits.map(\.rule)
    let labels = screening.labelNames
    for hit in screening.hits {
      precondition(!screening.reason(of: hit).isEmpty)
      _ = screening.sample(of: hit, .count, epochMilliseconds: 0)
    }
    screening.forEachInsertedHeader { precondition(!$0.name.isEmpty) }
    _ = screening.response(to: verdict)
    let again = screening.screen(request, now: 0)
    precondition(again == verdict && screening.hits.map(\.rule) == hits && screening.labelNames == labels)
    for limit in [0, Int(circumstances) * 64, 20_000] {
      let tired = screening.screen(request, now: 0, limit: limit)
      precondition(verdict.action == .allow || tired.action == .block)
    }
  }
  return 0
}

/// Web ACLs of one kind of statement each: all that one of them blocks is seen, whatever another would have decided before.
private enum Benches {
  // SAFETY: libFuzzer calls from one thread.
  nonisolated(unsafe) static let all: [Screening] = {
    let memory = FirewallMemory()
    memory.set(named: "s").replace(AddressSet(["192.0.2.0/24", "2001:db8::/32"].compactMap { try? AddressBlock($0) }))
    var countries = AddressMap.Builder()
    countries.append(v4: 0xC000_0200, Place(country: Array("US".utf8), region: Array("OR".utf8)).packed)
    countries.append(v4: 0xC000_0300, 0)
    let map = AddressMap(countries)
    memory.geography.change { $0 = .init(countries: map, networks: map) }
    return [texts, detection, addresses, sizes].map { statements in
      let rules = statements.enumerated().map { number, statement in
        Rule(
          name: "r\(number)", priority: number, statement: statement,
          action: number % 3 == 0 ? .block() : .count(inserting: [InsertedHeader(name: "n\(number)", value: "1")]),
          labels: ["l:\(number)"])
      }
      return Screening(ACLPlan(WebACL(name: "w", defaultAction: .allow(), rules: rules)), memory: memory)
    }
  }()

  private static let fields: [FieldToMatch] = [
    .uriPath, .uriFragment(fallbackMatches: false), .queryString, .method, .body(.proceed), .headerOrder(.proceed),
    .allQueryArguments([.urlDecodeUnicode, .replaceSemicolons, .combineDuplicates]), .singleQueryArgument("a", []),
    .singleHeader("x-a"), .singleHeader("host"), .headers(.excluded(["host"]), .all, .match),
    .cookies(.included(["a"]), .value, .noMatch), .cookies(.all, .key, .proceed),
    .jsonBody(.init(paths: ["/a/0/b", "/x"], scope: .all, invalidFallback: .evaluateAsString)),
    .jsonBody(.init(scope: .key, invalidFallback: .match)), .ja3Fingerprint(fallbackMatches: true),
  ]

  private static let texts: [Statement] = TextTransformation.allCases.flatMap { transformation in
    fields.enumerated().compactMap { number, field -> Statement? in
      let inspection = Inspection(field, [.urlDecode, transformation])
      let constraint = ByteMatch.Constraint.allCases[number % ByteMatch.Constraint.allCases.count]
      return .byteMatch(ByteMatch(inspection, constraint, Array("ab".utf8)))
    }
  }

  private static let detection: [Statement] = fields.flatMap { field -> [Statement] in
    let inspection = Inspection(field, [.urlDecode, .htmlEntityDecode])
    let patterns = [#"\w+@\w+"#, "(?i)select.+from", "(?:a|b)*c"].compactMap { try? MeteredRegex($0) }
    return [
      .sqlInjection(inspection, isSensitive: true), .crossSiteScripting(inspection),
      .regex(RegexMatch(inspection, patterns)), .sqlInjection(inspection, isSensitive: false),
    ]
  }

  private static let addresses: [Statement] = ForwardedAddress.Position.allCases.flatMap { position -> [Statement] in
    let forwarded = ForwardedAddress(header: "x-forwarded-for", position: position, fallbackMatches: position == .any)
    return [
      .ipSet(IPSetReference(name: "s", forwarded: forwarded)), .not(.ipSet(IPSetReference(name: "s"))),
      .country(GeoMatch(["US", "XX"], forwarded: forwarded)), .country(GeoMatch(["DE"])),
      .network(ASNMatch([0, 7], forwarded: forwarded)),
    ]
  }

  private static let sizes: [Statement] = fields.flatMap { field -> [Statement] in
    SizeConstraint.Comparison.allCases.map { comparison in
      let size = Statement.size(SizeConstraint(Inspection(field), comparison, 7))
      return .and([.or([size, .not(.label(LabelMatch(.namespace, "l:")))]), .not(.not(size))])
    }
  }
}
