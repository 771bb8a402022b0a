import Bytes
import CacheRules
import Compression
import Configuration
import Edge
import Firewall
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor

/// The first step of an exchange: a web ACL lets the request go on, or answers it (spec § 15.4).
extension ExchangeDriver {
  /// What a distribution's web ACL makes of the request, before anything else is looked at.
  /// - Returns: nil where the request goes on.
  func screenAtEdge(_ plan: EdgePlan, _ firewall: FirewallSetup) async throws(GatewayFailure) -> Outcome? {
    guard let distribution = plan.distribution(for: bench.request, addresses: snapshot.addresses),
      let number = distribution.webACL
    else { return nil }
    bench.notes.distribution = distribution.number
    beginExchange()
    if bench.request.present.contains(.xSluiceExplain) { beginRecord() }
    guard let verdict = try await screen(firewall.acls[number]) else { return nil }
    if let response = verdict.response { return await send(response) }
    // The distribution's own page for a 403 stands in for ours; another origin does not.
    if case .forward(let distribution, let behavior) = plan.decide(
      bench.request, addresses: snapshot.addresses, isSecure: isSecure)
    {
      bench.edge = EdgeExchange(distribution, behavior)
      bench.edge?.failover = nil
    }
    return await refuse(.requestBlocked, of: distribution)
  }

  /// What a stage's web ACL makes of the request, before its methods are looked at.
  /// - Returns: nil where the request goes on.
  /// - Throws: WAF_FILTERED, which the API may have a response of its own for.
  func screen(for deployment: Int, _ firewall: FirewallSetup) async throws(GatewayFailure) -> Outcome? {
    guard let number = snapshot.deployments[deployment].stage.webACL else { return nil }
    guard let verdict = try await screen(firewall.acls[number]) else { return nil }
    if let response = verdict.response { return await send(response) }
    throw GatewayFailure(.wafFiltered, reason: "a web ACL blocks the request")
  }

  /// What the web ACL of the stage that a distribution's origin names makes of the request, before the cache is asked: what is
  /// blocked is not answered from there either, and nobody else who asks the same gets the refusal.
  /// - Returns: nil where the request goes on.
  func screenBeforeCache(_ firewall: FirewallSetup) async throws(GatewayFailure) -> Outcome? {
    let (deployment, _) = try matchAddress()
    bench.edge?.isScreened = true
    if let blocked = try await screen(for: deployment, firewall) { return blocked }
    bench.exchange.leave()
    return nil
  }

  /// A request that is blocked, and what its client is to get; nil: the standard answer.
  private struct Blocked { var response: BlockResponse? }

  private func screen(_ plan: ACLPlan) async throws(GatewayFailure) -> Blocked? {
    let began = state.reactor.now
    var body = UnsafeRawBufferPointer(start: nil, count: 0)
    var isLonger = false
    if plan.needsBody, let requestBody {
      do {
        try await requestBody.hold(plan.acl.bodyLimit)
      } catch {
        throw GatewayFailure(error)
      }
      (body, isLonger) = requestBody.heldBeginning(plan.acl.bodyLimit)
    }
    var decoded = UnsafeRawBufferPointer(start: nil, count: 0)
    if !body.isEmpty, let coding = bench.request.contentCoding {
      bench.packed.clear()
      bench.packed.write(body)
      bench.body.clear()
      let goesOn = Inflater.decodeBeginning(of: bench.packed, in: coding, into: bench.body, limit: plan.acl.bodyLimit)
      isLonger = isLonger || goesOn
      decoded = bench.body.readable
    }
    let screening = state.screening(by: plan)
    let facts = bench.exchange.facts
    let client = facts.sender.proxyAddress == nil ? connection.address : IPAddress(facts.sender.clientAddress)
    let request = ScreenedRequest(
      bench.request, client: client, fingerprint: connection.fingerprint, body: body, decodedBody: decoded,
      bodyIsLonger: isLonger)
    let verdict = screening.screen(
      request, now: MonotonicTime.current.nanoseconds / 1_000_000, limit: plan.limit(snapshot.limits.firewallSteps))
    let isBlocked = verdict.action == .block
    bench.exchange.note(
      ScreeningNote(
        isBlocked: isBlocked, webACL: plan.acl.name, latencyMilliseconds: state.reactor.now.milliseconds(since: began)))
    note(verdict, screening)
    if let recorder {
      // What is explained is what the API does; whether the firewall would have let it come so far is said beside it.
      remark(verdict, screening, recorder)
      return nil
    }
    if isBlocked { return Blocked(response: screening.response(to: verdict)) }
    if screening.insertsHeaders { insertHeaders(screening) }
    return nil
  }

  // MARK: Answer

  private func send(_ response: BlockResponse) async -> Outcome {
    let fields = bench.fields
    fields.clear()
    bench.rendered.clear()
    for header in response.headers { fields.write("\(header.name): \(header.value)\r\n") }
    if let body = response.body {
      fields.write("Content-Type: \(body.contentType.mediaType)\r\n")
      bench.rendered.write(body.content)
    }
    return await send(response.status, bench.rendered.readable)
  }

  /// What rules have the request say to its origin: in place of what the client says under these names.
  private func insertHeaders(_ screening: Screening) {
    screening.forEachInsertedHeader { header in
      var name = "x-amzn-waf-" + header.name
      name.withUTF8 {
        bench.removeFields(named: UnsafeRawBufferPointer($0))
        // A distribution's web ACL comes before a stage's: what that says counts.
        if !bench.inserted.isEmpty { bench.removeInserted(named: UnsafeRawBufferPointer($0)) }
      }
      bench.inserted.write("\(name): \(header.value)\r\n")
    }
  }

  // MARK: Journal

  private func note(_ verdict: Verdict, _ screening: Screening) {
    let journal = state.journal(of: screening.plan)
    let epoch = state.reactor.epochMilliseconds
    for hit in screening.hits {
      let action: RequestSample.Action =
        hit.rule == verdict.rule ? (verdict.action == .block ? .block : .allow) : .count
      journal.count(hit.rule, action)
      if screening.isSampled(hit), journal.wantsSample(hit.rule, epochMilliseconds: epoch) {
        keep(screening.sample(of: hit, action, epochMilliseconds: epoch), in: journal, rule: hit.rule)
      }
    }
    guard verdict.rule == nil else { return }
    let action: RequestSample.Action = verdict.action == .block ? .block : .allow
    journal.count(nil, action)
    if screening.plan.acl.samplesDefault, journal.wantsSample(nil, epochMilliseconds: epoch) {
      let sample = screening.sample(of: nil, action, epochMilliseconds: epoch)
      journal.add(sample, to: nil)
    }
  }

  /// A rule's sample is also told: one a second at most, so that a flood does not fill the log.
  private func keep(_ sample: RequestSample, in journal: ACLJournal, rule: Int) {
    journal.add(sample, to: rule)
    state.server.log.info(
      "web ACL rule matched",
      metadata: [
        "rule": "\(sample.rule)", "action": "\(sample.action.rawValue)", "reason": "\(sample.reason)",
        "client": "\(sample.client)", "method": "\(sample.method)", "target": "\(sample.target)",
        "requestId": "\(bench.exchange.facts.requestIDText)",
      ])
  }

  private func remark(_ verdict: Verdict, _ screening: Screening, _ recorder: ExchangeRecorder) {
    let rule = screening.plan.name(ofRule: verdict.rule ?? -1)
    let reason = screening.hits.first { $0.rule == verdict.rule }.map { ": " + screening.reason(of: $0) } ?? ""
    recorder.note(
      screening: screening.plan.acl.name, isBlocked: verdict.action == .block, because: "the rule `\(rule)`\(reason)")
  }
}

extension Workbench {
  /// Takes what the client says under this name out of the request.
  fileprivate func removeFields(named name: UnsafeRawBufferPointer) {
    request.fields.removeAll { request.name(of: $0).equalsIgnoringCase(name) }
  }

  fileprivate func removeInserted(named name: UnsafeRawBufferPointer) {
    scratch.clear()
    for line in FieldBlock(inserted.readable) where !line.name.equalsIgnoringCase(name) {
      FieldLine.write(name: line.name, value: line.value, into: scratch)
    }
    inserted.clear()
    inserted.write(scratch.readable)
  }

  /// Has this request say to the origin what rules have another one say, of which it is a copy.
  func insert(linesOf other: Workbench) {
    for line in FieldBlock(other.inserted.readable) { removeFields(named: line.name) }
    inserted.write(other.inserted.readable)
  }
}
