import Bytes
import CacheStore
import Compression
import Configuration
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor
import Routing
import Upstream

/// One request, from its head to the last byte of its answer. `run` is the table of contents of a request; every step is a
/// decision of a room of its own, or one way of carrying it out.
struct ExchangeDriver {
  /// What becomes of the connection.
  enum Outcome {
    /// It goes on to the next request.
    case keepsOpen
    /// It is closed so that the client can read the answer to its end.
    case closes
    /// It is reset, since the client has a part of an answer that must not pass for the whole.
    case aborts
    /// It is closed at once: there is nobody left to talk to.
    case hasEnded
    /// Nothing has been sent: something else answers in place of what failed (`EdgeExchange`).
    case startsOver
  }

  let client: any ExchangeClient
  var connection: ClientConnection { client.connection }
  let bench: Workbench
  let state: WorkerState
  /// The configuration that the request began under, and ends under.
  let snapshot: Snapshot
  /// Nil where the request has none.
  let requestBody: (any RequestBody)?

  init(client: any ExchangeClient, bench: Workbench) {
    self.client = client
    self.bench = bench
    state = client.state
    snapshot = state.snapshot
    requestBody = bench.request.framing == .none ? nil : client.requestBody(on: bench)
  }

  /// Answers the request.
  func run(on worker: Worker) async -> Outcome {
    let outcome: Outcome
    if bench.edge == nil { bench.notes.begin(state.reactor.now) }
    do {
      if client.redirectsToHTTPS, !isSecure { return conclude(await redirectToHTTPS()) }
      if bench.edge == nil, let firewall = snapshot.firewall, let edge = snapshot.edge,
        let blocked = try await screenAtEdge(edge, firewall)
      {
        return blocked == .startsOver ? await run(on: worker) : conclude(blocked)
      }
      if let edge = snapshot.edge, let answered = try await answerAtEdge(edge, on: worker) {
        return answered == .startsOver ? await run(on: worker) : conclude(answered)
      }
      let (deployment, rest) = try matchAddress()
      if let firewall = snapshot.firewall, bench.edge?.isScreened != true,
        let blocked = try await screen(for: deployment, firewall)
      {
        return conclude(blocked)
      }
      let plan = try bench.exchange.route(from: rest)
      if !bench.exchange.isRecorded, let prepared = plan.preparedResponse(for: bench.exchange) {
        let sending = begin(prepared)
        outcome = sending.isDone ? sending.outcome : await finish(sending)
      } else {
        switch try await answer(by: plan, on: worker) {
        case .whole(let status): outcome = await send(status, bench.rendered.readable)
        case .stored(let status, let object): outcome = await send(status, object)
        case .relay(let endpoint, let terms): outcome = try await relay(to: endpoint, terms, on: worker)
        }
      }
    } catch {
      outcome = await respond(to: error)
    }
    if outcome == .startsOver { return await run(on: worker) }
    return conclude(outcome)
  }

  /// Counts and logs the exchange, whose response is over.
  private func conclude(_ outcome: Outcome) -> Outcome {
    // A page that stands in for an error is a part of the exchange that it is for.
    if bench.edge != nil, bench.edge?.pageStatus != nil { return finish(outcome) }
    // Without a stage there is only the gateway's own log.
    let deployment = bench.exchange.deployment
    if deployment == nil { bench.notes.stage = -1 }
    state.traffic.count(bench.request.method, bench.notes, of: snapshot, now: state.reactor.now.nanoseconds)
    if let log = deployment == nil ? snapshot.accessLog : deployment?.accessLog {
      state.accessLogs.write(log, bench.exchange, bench.notes.finished(state.reactor.now))
    }
    if snapshot.firewall != nil { bench.exchange.forgetScreening() }
    return finish(outcome)
  }

  // MARK: The four stages

  /// What a method answers, before any of it is sent.
  enum MethodAnswer {
    /// The fields are on the bench, and the body is in `bench.rendered`.
    case whole(status: Int)
    /// The fields are on the bench, and the body is the object's.
    case stored(status: Int, StoredObject)
    /// The integration's answer is the client's: `bench.upstream` holds what it is asked.
    case relay(Endpoint, RelayTerms)
  }

  /// Takes the request through the stages of its method.
  @inline(__always)
  func answer(by plan: MethodPlan, on worker: Worker) async throws(GatewayFailure) -> MethodAnswer {
    enter(.methodRequest)
    try MethodRequest.run(plan, bench.exchange)
    if plan.needsBody, !isPrepared(plan) {
      try await collectBody()
      try MethodRequest.checkBody(plan, bench.exchange)
    }
    if let cache = plan.stageCache, cache.isFor(bench.exchange) {
      return try await answerThroughStageCache(cache, plan, on: worker)
    }
    return try await callIntegration(of: plan)
  }

  /// The stages from the integration request on.
  /// - Parameter stage: what the stage's cache has to do with it.
  @inline(__always)
  func callIntegration(of plan: MethodPlan, _ stage: StageExchange? = nil) async throws(GatewayFailure) -> MethodAnswer
  {
    enter(.integrationRequest)
    let request: IntegrationCall
    if let stage {
      request = try makeRequest(plan, stage)
    } else {
      request = try IntegrationRequest.run(plan, bench.exchange, into: bench.upstream)
    }
    switch request {
    case .mock(let status): return .whole(status: try makeResponse(plan, status, answer: nil, stage))
    case .http(let endpoint) where plan.kind == .http:
      let upstream = try await call(endpoint, plan)
      defer { upstream.release() }
      return .whole(status: try makeResponse(plan, bench.response.status, answer: bench.response, stage))
    case .http(let endpoint), .stream(let endpoint): return .relay(endpoint, RelayTerms(plan, stage))
    }
  }

  // MARK: Route

  /// Finds the deployment by host and path, and the method by path and method (Routing).
  func matchRoute() throws(GatewayFailure) -> MethodPlan {
    let (_, rest) = try matchAddress()
    return try bench.exchange.route(from: rest)
  }

  /// Finds the deployment by host and path (Routing); which of its methods answers, `Exchange.route` finds.
  /// - Returns: its number, and where the path behind the stage begins.
  func matchAddress() throws(GatewayFailure) -> (deployment: Int, rest: Int) {
    let request = bench.request
    // What a distribution answers has begun already.
    if bench.edge == nil, !bench.exchange.isRecorded { beginExchange() }
    let mayAsk = request.present.contains(.xSluiceExplain)
    if mayAsk, !bench.exchange.isRecorded { beginRecord() }
    let verdict = resolveAddress()
    if mayAsk, let recorder { note(verdict, recorder) }
    switch verdict {
    case .found(let deployment, let rest, let mapping):
      if let mapping { bench.exchange.note(basePath: snapshot.addresses.mappings[mapping].basePath) }
      bench.exchange.enter(plan(of: deployment))
      bench.notes.stage = deployment
      if let domains = snapshot.certificateDomains, let mapping { try checkClient(of: domains[mapping]) }
      return (deployment, rest)
    case .forbidden(let reason): throw .forbidden(reason.rawValue)
    }
  }

  /// The stage's own plan, or for a part of the requests its canary's (spec § 11.3).
  private func plan(of deployment: Int) -> DeploymentPlan {
    if let canary = snapshot.deployments[deployment].canary, canary.takes(state.random.next()) { return canary.plan }
    return snapshot.deployments[deployment].plan
  }

  /// Takes the request, with what is known besides its bytes.
  func beginExchange() { bench.exchange.begin(head: bench.request, facts: facts()) }

  /// What is known of the request besides its bytes, by the connection and by trusted proxies.
  private func facts() -> RequestFacts {
    var facts = client.facts(of: bench.request)
    if let trusted = snapshot.trustedProxies { facts.believe(trusted, about: bench.request) }
    return facts
  }

  /// Whether the client speaks TLS, to us or to a trusted proxy.
  var isSecure: Bool {
    snapshot.trustedProxies?.finding(of: bench.request, from: connection.address)?.isSecure ?? connection.isSecure
  }

  // MARK: Method request

  /// Takes the client's body whole, for what must see all of it.
  private func collectBody() async throws(GatewayFailure) {
    guard let requestBody else { return }
    bench.body.clear()
    do {
      try await requestBody.collect(into: bench.body, limit: snapshot.limits.bufferedBodySize)
    } catch {
      throw GatewayFailure(error)
    }
    // A proxied body goes on as it came, coding and all.
    if bench.exchange.plan?.kind != .httpProxy, let coding = bench.request.contentCoding {
      try await decodeRequestBody(coding)
    }
    bench.exchange.body = bench.body
    if let recorder { recorder.requestBody.append(bench.body.readable) }
  }

  // MARK: Response

  /// Makes the client's response of what the integration gave (Pipeline).
  /// - Returns: its status; its fields are on the bench and its body is in `bench.rendered`.
  @inline(__always)
  private func makeResponse(
    _ plan: MethodPlan, _ status: Int, answer: ResponseHead?, _ stage: StageExchange?
  ) throws(GatewayFailure) -> Int {
    bench.fields.clear()
    enter(.integrationResponse)
    let status = try IntegrationResponse.run(
      plan, bench.exchange, status: status, head: answer, body: answer == nil ? nil : bench.answer,
      fields: bench.fields, into: bench.rendered)
    enter(.methodResponse)
    if let stage { stage.keep(status, fields: bench.fields.readable, body: bench.rendered.readable, now: now) }
    MethodResponse.finish(plan, bench.exchange, status: status, fields: bench.fields)
    if let stage { stage.writeLines(into: bench.fields) }
    return status
  }

  /// Begins to send a response that was ready when the configuration was compiled.
  private func begin(_ prepared: PreparedResponse) -> Sending {
    bench.fields.clear()
    prepared.write(bench.exchange, into: bench.fields)
    bench.rendered.clear()
    bench.rendered.write(prepared.body)
    return begin(prepared.status, bench.rendered.readable)
  }

  /// Answers for a failure, unless there is nobody left to answer.
  func respond(to failure: GatewayFailure) async -> Outcome {
    log(failure)
    if failure.isClientGone { return .hasEnded }
    if bench.edge != nil, let outcome = await answerAtEdge(for: failure) { return outcome }
    let status = GatewayResponses.write(failure, bench.exchange, fields: bench.fields, body: bench.rendered)
    return await send(status, bench.rendered.readable)
  }

  /// Sends a response whose fields are on the bench.
  func send(_ status: Int, _ body: UnsafeRawBufferPointer) async -> Outcome {
    if bench.exchange.isRecorded { return await sendRecord(of: status, body) }
    let sending = begin(status, body)
    return sending.isDone ? sending.outcome : await finish(sending)
  }

  /// The same with the body of what a stage's cache has.
  @inline(never)
  private func send(_ status: Int, _ object: StoredObject) async -> Outcome {
    defer { withExtendedLifetime(object) {} }
    return await send(status, object.wholeBody)
  }

  /// A response on its way: what the kernel took at once needed no `async` call.
  struct Sending {
    var outcome: Outcome
    var isDone = false
    /// What follows behind `bench.output`.
    var rest = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Compresses the rest on its way.
    var encoder: BodyEncoder?
    var isChunked = false
  }

  /// Writes the head of a response whose fields are on the bench and whose body has `size` bytes.
  @inline(__always)
  func writeHead(_ status: Int, size: Int) -> ClientResponse {
    let hasBody = !ClientResponse.isBodiless(status)
    let response = ClientResponse(
      status: status, framing: hasBody ? .length(UInt64(size)) : .absent,
      keepsAlive: bench.request.keepsAlive && !state.isDraining && bodyCanBeDropped)
    write(response)
    return response
  }

  /// Says the head of a response whose fields are on the bench.
  @inline(__always)
  func write(_ response: ClientResponse) {
    if let policy = client.transportSecurity { add(transportSecurity: policy) }
    client.writeHead(response, on: bench)
  }

  private func begin(_ status: Int, _ body: UnsafeRawBufferPointer) -> Sending {
    var status = status
    if bench.edge != nil {
      if status >= 400, hasStandIn(for: status) { return Sending(outcome: .startsOver, isDone: true) }
      tellOfCache(status, length: body.count)
      status = shown(status)
    }
    if let encoder = encoder(status: status, size: body.count) { return begin(status, body, by: encoder) }
    let response = writeHead(status, size: body.count)
    let out = bench.output
    var sending = Sending(outcome: response.keepsAlive ? .keepsOpen : .closes)
    bench.notes.status = status
    if !ClientResponse.isBodiless(status), bench.request.method != .head {
      bench.notes.bodyCount = body.count
      if body.count <= 8192 { out.write(body) } else { sending.rest = body }
    }
    do {
      sending.isDone = try sending.rest.isEmpty && client.finishWriting(out)
      return sending
    } catch {
      bench.notes.isLeft()
      return Sending(outcome: .hasEnded, isDone: true)
    }
  }

  /// Begins to send a response that is compressed: a small one at once, so that its length is known; a large one bit by
  /// bit.
  private func begin(_ status: Int, _ body: UnsafeRawBufferPointer, by encoder: BodyEncoder) -> Sending {
    let request = bench.request
    let isSmall = body.count <= 64 * 1024
    if isSmall {
      bench.packed.clear()
      encoder.finish(body, into: bench.packed)
      state.encoders.give(encoder)
    }
    let framing: ClientResponse.Framing =
      isSmall ? .length(UInt64(bench.packed.count)) : client.framingWithoutLength(for: request)
    let keepsAlive = request.keepsAlive && !state.isDraining && bodyCanBeDropped && framing != .close
    let response = ClientResponse(status: status, framing: framing, keepsAlive: keepsAlive)
    write(response)
    bench.notes.status = status
    var sending = Sending(outcome: keepsAlive ? .keepsOpen : .closes)
    if isSmall {
      putPacked(isChunked: false)
    } else {
      sending.rest = body
      sending.encoder = encoder
      sending.isChunked = response.isChunked
    }
    return sending
  }

  func finish(_ sending: Sending) async -> Outcome {
    defer { if let encoder = sending.encoder { state.encoders.give(encoder) } }
    do {
      if let encoder = sending.encoder {
        try await send(sending.rest, by: encoder, isChunked: sending.isChunked)
        return sending.outcome
      }
      try await client.write(bench.output, then: sending.rest, until: writeDeadline)
      return sending.outcome
    } catch {
      bench.notes.isLeft()
      return .hasEnded
    }
  }

  var writeDeadline: MonotonicTime { state.reactor.now.advanced(milliseconds: state.deadlines.write) }

  // MARK: End

  /// Whether what is left of the request's body has come already, so that it can be dropped and the connection go on.
  var bodyCanBeDropped: Bool {
    guard let requestBody else { return true }
    do {
      while let piece = try requestBody.pieceAtHand() {
        if piece.isEmpty { return false }
      }
      return true
    } catch {
      return false
    }
  }

  /// Leaves the input where the next request begins.
  private func finish(_ outcome: Outcome) -> Outcome {
    if !bench.inserted.isEmpty { bench.inserted.clear() }
    if bench.edge != nil {
      bench.edge = nil
      bench.form = nil
    }
    guard outcome == .keepsOpen else { return outcome }
    guard let requestBody else { return .keepsOpen }
    guard requestBody.isDone else { return .closes }
    requestBody.returnRest()
    return .keepsOpen
  }

  // MARK: Log

  private func log(_ failure: GatewayFailure) {
    guard failure.fault != .client else { return }
    state.server.log.warning(
      "request failed",
      metadata: [
        "status": "\(failure.status)", "fault": "\(failure.fault.rawValue)", "reason": "\(failure.reason)",
        "requestId": "\(bench.exchange.facts.requestIDText)",
      ])
  }

  /// The client has a part of an answer whose rest did not come, or could not be sent.
  func logCutOff(_ reason: String) {
    bench.exchange.note(integrationError: reason)
    state.server.log.warning(
      "response cut off",
      metadata: ["reason": "\(reason)", "requestId": "\(bench.exchange.facts.requestIDText)"])
  }
}
