import Bytes
import Firewall
import HTTPWire
import PCRE

/// A hundred rules: 50 patterns, 30 byte matches, 20 others, over five fields under their transformations.
func hundredRules(_ memory: FirewallMemory) throws -> WebACL {
  let words = ["union", "select", "insert", "drop", "script", "onerror", "passwd", "cmd", "wget", "eval"]
  let inspections = [
    Inspection(.uriPath, [.urlDecode, .lowercase]), Inspection(.queryString, [.urlDecode, .lowercase]),
    Inspection(.singleHeader("user-agent"), [.lowercase]), Inspection(.singleHeader("cookie"), [.urlDecode]),
    Inspection(.allQueryArguments([]), [.urlDecode, .htmlEntityDecode, .lowercase]),
  ]
  var statements: [Statement] = []
  for number in 0..<50 {
    let word = words[number % 10]
    let patterns = [
      #"\b\#(word)\b.+from\d"#, #"(?i)\#(word)\s*\("#, #"[\w.]+@\#(word)\.com"#, #"^/\#(word)/\d+$"#,
      "(?:\(word)|x{3,})\(number)",
    ]
    statements.append(.regex(RegexMatch(inspections[number % 5], [try MeteredRegex(patterns[number / 10])])))
  }
  let constraints = ByteMatch.Constraint.allCases
  for number in 0..<30 {
    let search = Array("\(words[number % 10])\(number)".utf8)
    statements.append(.byteMatch(ByteMatch(inspections[number % 5], constraints[number % constraints.count], search)))
  }
  for number in 0..<10 { statements.append(.size(SizeConstraint(inspections[number % 5], .GT, 4000 + number))) }
  for number in 0..<5 { statements.append(.label(LabelMatch(.label, "l\(number)"))) }
  var mixer = Mixer(9)
  for number in 0..<5 {
    let blocks = try (0..<2000).map { _ in
      try AddressBlock("\(IPAddress(v4: UInt32(truncatingIfNeeded: mixer.next()) | 0x8000_0000))/24")
    }
    memory.set(named: "s\(number)").replace(AddressSet(blocks))
    statements.append(.ipSet(IPSetReference(name: "s\(number)")))
  }
  let rules = statements.enumerated().map { number, statement in
    Rule(name: "r\(number)", priority: number, statement: statement, action: .block())
  }
  return WebACL(name: "hundred", defaultAction: .allow(), rules: rules)
}

struct NotARequest: Error {}

func request(_ text: String) throws -> RequestHead {
  let buffer = ByteBuffer(capacity: text.utf8.count)
  buffer.write(text)
  let head = RequestHead(buffer: buffer)
  var parser = RequestHeadParser()
  let limits = HeadLimits(targetBytes: 1 << 20, headBytes: 1 << 22, fieldCount: 5000)
  guard case .complete = parser.parse(buffer: buffer, into: head, limits: limits) else { throw NotARequest() }
  return head
}

func measureTypicalRequest() throws {
  let memory = FirewallMemory()
  let screening = Screening(ACLPlan(try hundredRules(memory)), memory: memory)
  let head = try request(
    """
    GET /api/v1/comments/17?post_id=1234&sort=newest&page=2 HTTP/1.1\r
    Host: api.example.com\r
    User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0\r
    Accept: application/json\r
    Accept-Encoding: gzip, deflate, br\r
    Cookie: session=8f7e6d5c4b3a29181716151413121110; theme=dark\r
    Referer: https://app.example.com/posts/1234\r
    \r\n
    """)
  let screened = ScreenedRequest(head, client: IPAddress("10.1.2.3"))
  var blocked = 0
  let time = measure(20_000) {
    for _ in 0..<20_000 where screening.screen(screened, now: 1).action == .block { blocked += 1 }
  }
  print("100 rules, a typical request: \((time / 10).rounded() / 100) µs, \(blocked) blocked")
}

/// The hundred rules and detection on every part, on requests that are made to be hard: 16 KB of body, cookies and headers.
func measureHostileRequests() throws {
  let memory = FirewallMemory()
  var acl = try hundredRules(memory)
  let fields: [FieldToMatch] = [
    .body(.proceed), .jsonBody(.init(scope: .all)), .headers(.all, .all, .proceed), .cookies(.all, .all, .proceed),
  ]
  let chain: [TextTransformation] = [.urlDecode, .htmlEntityDecode, .urlDecode]
  for field in fields {
    for statement in [
      .sqlInjection(Inspection(field, chain), isSensitive: true), .crossSiteScripting(Inspection(field, chain)),
      .regex(
        RegexMatch(
          Inspection(field, [.urlDecode]), [try MeteredRegex("select.+from.+where"), try MeteredRegex(#"\w+@\w+"#)])),
    ] as [Statement] {
      let number = acl.rules.count
      acl.rules.append(Rule(name: "r\(number)", priority: number, statement: statement, action: .count()))
    }
  }
  // The first rule that blocks would be the last one that is looked at.
  for index in acl.rules.indices { acl.rules[index].action = .count() }
  let screening = Screening(ACLPlan(acl), memory: memory)
  for piece in [
    "a", "select ", "%2525", "1' or ", "<a ", "{\"a\":", "[", "a@", "'", "\"", "/*", "&#", "<script", "a=1&", "(", "\\",
  ] {
    var body = String(repeating: piece, count: 16_384 / piece.utf8.count)
    let target = String(body.map { "&=/;,()'a1".contains($0) ? $0 : "x" }.prefix(8000))
    let head = try request(
      "POST /?\(target) HTTP/1.1\r\nHost: a\r\nCookie: \(body)\r\nUser-Agent: \(body)\r\nX-A: \(body)\r\n\r\n")
    let time = body.withUTF8 { body in
      let screened = ScreenedRequest(head, client: nil, body: UnsafeRawBufferPointer(body), bodyIsLonger: true)
      return measure(10) { for _ in 0..<10 { _ = screening.screen(screened, now: 1) } }
    }
    print("hostile, of \(piece.debugDescription): \((time / 1000).rounded()) µs")
  }
}
