import ArgumentParser
import Bytes
import Compression
import Configuration
import Firewall
import Foundation
import HTTPWire

extension WAF {
  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Put one request to a web ACL: which rule decides, why, and which labels it gets.",
      discussion: """
        Nothing is sent anywhere: the web ACL of the configuration here judges the request in this process. Rate-based rules \
        count nothing but this request; IP sets hold what is declared. Ends with 0 where the request is let in, with 1 where it \
        is blocked.
        """)

    @OptionGroup var request: RequestOptions
    @OptionGroup var acl: ACLOptions

    @Option(help: ArgumentHelp("The address that the request comes from.", valueName: "address"))
    var client = "127.0.0.1"

    @Option(help: ArgumentHelp("The client's JA3 fingerprint. (default: it has none)", valueName: "digest"))
    var ja3: String?

    @Option(help: ArgumentHelp("The client's JA4 fingerprint. (default: it has none)", valueName: "name"))
    var ja4: String?

    @Flag(help: "Print one JSON document.")
    var json = false

    func validate() throws {
      if IPAddress(client) == nil { throw ValidationError("--client must be an IP address.") }
      _ = try request.head(defaultHost: "localhost")
    }

    func run() throws {
      let plan = try acl.plan()
      guard let address = IPAddress(client) else { throw ExitCode.usage }  // see `validate`
      guard let judged = WrittenRequest(try request.request(defaultHost: "localhost").bytes) else {
        throw ExitCode.usage.saying("these words make no request")
      }
      let fingerprint =
        ja3 == nil && ja4 == nil
        ? nil : ClientFingerprint(ja3: Array((ja3 ?? "").utf8), ja4: Array((ja4 ?? "").utf8))
      let judgement = Judgement(judged, from: address, fingerprint, by: plan)
      if json { try Terminal.output.print(json: judgement) } else { judgement.print() }
      if judgement.action == Verdict.Action.block.rawValue { throw ExitCode.findings }
    }
  }
}

/// Which web ACL judges.
struct ACLOptions: ParsableArguments {
  @Option(name: .customLong("acl"), help: ArgumentHelp("The web ACL. (default: the only one)", valueName: "name"))
  var name: String?

  @OptionGroup var configuration: ConfigurationOptions

  func plan() throws -> JudgingPlan {
    let snapshot = try configuration.load()
    guard let firewall = snapshot.firewall, !firewall.acls.isEmpty else {
      throw ExitCode.missingInput.saying("\(configuration.path) declares no web ACL")
    }
    let names = firewall.acls.map { "`\($0.acl.name)`" }.joined(separator: ", ")
    let plan: ACLPlan
    if let name {
      guard let named = firewall.acl(named: name) else {
        throw ExitCode.missingInput.saying("there is no web ACL `\(name)`; there is \(names)")
      }
      plan = named
    } else {
      guard firewall.acls.count == 1 else { throw ExitCode.usage.saying("name a web ACL with --acl: \(names)") }
      plan = firewall.acls[0]
    }
    let memory = FirewallMemory()
    firewall.fill(memory, since: nil)
    return JudgingPlan(
      screening: Screening(plan, memory: memory), limit: plan.limit(snapshot.limits.firewallSteps))
  }
}

/// A web ACL in this process.
struct JudgingPlan {
  let screening: Screening
  let limit: Int
}

/// A request in the form that a web ACL reads.
struct WrittenRequest {
  let head: RequestHead
  let body: [UInt8]

  /// - Parameter bytes: as they go over the wire. Nil for what is no request.
  init?(_ bytes: [UInt8]) {
    let buffer = ByteBuffer(capacity: bytes.count)
    buffer.write(bytes)
    head = RequestHead(buffer: buffer)
    var parser = RequestHeadParser()
    let limits = HeadLimits(targetBytes: 1 << 20, headBytes: 1 << 20, fieldCount: 2000)
    guard case .complete(let count) = parser.parse(buffer: buffer, into: head, limits: limits) else { return nil }
    body = Array(bytes[count...])
  }
}

/// What a web ACL says to a request, for people and for machines.
struct Judgement: Encodable {
  struct Match: Encodable {
    let rule: String
    let reason: String
  }

  let webACL: String
  /// ALLOW or BLOCK.
  let action: String
  /// `Default_Action` where no rule decided.
  let rule: String
  /// Every rule that matched, those that count among them.
  let matches: [Match]
  let labels: [String]
  let insertedHeaders: [String]
  /// What a blocked client is answered with.
  let status: Int?

  init(
    _ request: WrittenRequest, from client: IPAddress?, _ fingerprint: ClientFingerprint? = nil, by plan: JudgingPlan,
    at milliseconds: Int64 = 0
  ) {
    let screening = plan.screening
    let acl = screening.plan
    self = request.body.withUnsafeBytes { body in
      let limit = acl.acl.bodyLimit
      let decoded = ByteBuffer(capacity: 64)
      var goesOn = false
      if let coding = request.head.contentCoding {
        let source = ByteBuffer(capacity: body.count)
        source.write(body)
        goesOn = Inflater.decodeBeginning(of: source, in: coding, into: decoded, limit: limit)
      }
      let screened = ScreenedRequest(
        request.head, client: client, fingerprint: fingerprint,
        body: UnsafeRawBufferPointer(rebasing: body.prefix(limit)), decodedBody: decoded.readable,
        bodyIsLonger: body.count > limit || goesOn)
      let verdict = screening.screen(screened, now: milliseconds, limit: plan.limit)
      return Judgement(verdict, screening)
    }
  }

  private init(_ verdict: Verdict, _ screening: Screening) {
    webACL = screening.plan.acl.name
    action = verdict.action.rawValue
    rule = screening.plan.name(ofRule: verdict.rule ?? -1)
    matches = screening.hits.map {
      Match(rule: screening.plan.name(ofRule: $0.rule), reason: screening.reason(of: $0))
    }
    labels = screening.labelNames
    var headers: [String] = []
    screening.forEachInsertedHeader { headers.append("x-amzn-waf-\($0.name): \($0.value)") }
    insertedHeaders = headers
    status = verdict.action == .block ? screening.response(to: verdict)?.status ?? 403 : nil
  }

  func print() {
    let isBlocked = action == Verdict.Action.block.rawValue
    let shown = Terminal.output.styled(action, isBlocked ? .red : .green)
    Terminal.output.print("\(shown) by \(webACL)/\(rule)" + (status.map { ", answered with \($0)" } ?? ""))
    for match in matches { Terminal.output.print("  \(match.rule): \(match.reason)") }
    for label in labels { Terminal.output.print("  label \(label)") }
    for header in insertedHeaders { Terminal.output.print("  \(header)") }
  }
}
