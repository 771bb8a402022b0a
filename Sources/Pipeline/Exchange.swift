import Bytes
import HTTPSemantics
import HTTPWire
import JSON
import Routing
import Velocity

/// One request on its way through the four stages: what came in, what was decided, what goes on. One for each
/// connection, begun anew for each request.
///
///     begin ──▶ route ──▶ MethodRequest ──▶ IntegrationRequest ──▶ (integration) ──▶ IntegrationResponse ──▶ MethodResponse ──▶ end
///
/// It holds the head and bodies it is given and does not copy them: they must stay as they are until the response's
/// fields and body are written. `end` lets go of them, and of memory that a large body took.
public final class Exchange {
  let values: RequestValues
  /// The client's body, whole, where the plan `needsBody`; nil or empty: none.
  public var body: ByteBuffer?
  /// What goes to the integration as body, after `IntegrationRequest.run` of a call that is not streamed.
  public private(set) var integrationBody = ByteBuffer(capacity: 64)
  /// The integration's answer, while its response is made.
  var answerHead: ResponseHead?
  var answer: ByteBuffer?
  var parsedBody: JSONDocument?
  var parsedAnswer: JSONDocument?
  /// Kept from request to request; what it keeps is bounded by its `reset`.
  private var templateScope: TemplateScope?
  /// Whether a template of this request has seen it.
  private var isScopeBegun = false
  private(set) var scratch = ByteBuffer(capacity: 64)
  private var noted: ExchangeRecorder?
  /// Whether there is a recorder.
  public private(set) var isRecorded = false

  /// What a buffer may keep from one request to the next. Bytes.
  private static let keptCapacity = 4096

  /// Notes what the stages decide; nil: nobody asked. To find that out costs one look at a flag, and no reference counted.
  @inline(__always)
  public var recorder: ExchangeRecorder? {
    get { isRecorded ? noted : nil }
    set {
      noted = newValue
      isRecorded = newValue != nil
    }
  }

  public init(head: RequestHead) { values = RequestValues(head: head) }

  public var head: RequestHead { values.head }
  public var facts: RequestFacts { values.facts }
  /// The method that the request is taken for.
  public var method: HTTPMethod { values.method }
  /// The method that the integration is called with: the plan's, or the client's.
  public var integrationMethod: HTTPMethod { values.plan?.integrationMethod ?? values.method }
  /// The plan that `route` found.
  public var plan: MethodPlan? { values.plan }
  public var deployment: DeploymentPlan? { values.deployment }

  /// What went wrong with the integration, for the log: `$context.integrationErrorMessage`.
  public func note(integrationError reason: String) { values.integrationError = reason }

  /// What a web ACL made of the request: `$context.wafResponseCode`, `$context.waf.…`.
  public func note(_ screening: ScreeningNote) { values.screening = screening }

  /// Whether a web ACL has seen the request.
  public var isScreened: Bool { values.screening != nil }

  /// The exchange is over: the next one has been seen by none.
  public func forgetScreening() { if values.screening != nil { values.screening = nil } }

  /// The base path mapping of a domain that led here: `$context.customDomain.basePathMatched`.
  public func note(basePath: String) { values.basePathMatched = basePath }

  /// Takes a request.
  public func begin(head: RequestHead, facts: consuming RequestFacts) {
    if values.plan != nil || values.deployment != nil || values.failure != nil { end() }
    if values.head !== head { values.head = head }
    values.facts = facts
    values.method = head.method
  }

  /// Lets go of everything that belongs to one request, so that a connection that waits for the next holds little.
  public func end() {
    values.clear()
    if body != nil { body = nil }
    if answerHead != nil { answerHead = nil }
    if answer != nil { answer = nil }
    if parsedBody != nil { parsedBody = nil }
    if parsedAnswer != nil { parsedAnswer = nil }
    if isRecorded { recorder = nil }
    if isScopeBegun {
      isScopeBegun = false
      templateScope?.reset(stageVariables: [])
    }
    integrationBody.clear()
    if integrationBody.capacity > Self.keptCapacity { integrationBody = ByteBuffer(capacity: 64) }
    if scratch.capacity > Self.keptCapacity { scratch = ByteBuffer(capacity: 64) }
  }

  /// Finds the method of a deployment that answers the request (spec § 1.3, § 1.4). `X-HTTP-Method-Override` replaces
  /// the method first.
  /// - Parameter rest: where the path behind the stage begins, in bytes of the path: `AddressVerdict.found`'s.
  /// - Throws: 403 `Missing Authentication Token`.
  public func route(in deployment: DeploymentPlan, from rest: Int) throws(GatewayFailure) -> MethodPlan {
    enter(deployment)
    return try route(from: rest)
  }

  /// Takes the request to a deployment, before its methods are looked at.
  public func enter(_ deployment: DeploymentPlan) { values.deployment = deployment }

  /// Takes the request away from the deployment that it entered: something else may answer it.
  public func leave() { values.deployment = nil }

  /// `route(in:from:)` for a request that has entered a deployment.
  public func route(from rest: Int) throws(GatewayFailure) -> MethodPlan {
    guard let deployment = values.deployment else { throw .noRoute("the request is at no stage") }
    let head = values.head
    if let field = head.first(.xHTTPMethodOverride) { values.method = HTTPMethod(head.value(of: field)) }
    let whole = head.path
    let start = whole.lowerBound &+ max(0, min(rest, whole.count))
    values.routeStart = start
    let path = head.buffer[start..<whole.upperBound]
    let verdict = deployment.match(values.method, path, into: &values.captures)
    if isRecorded { recorder?.note(verdict, in: deployment, values, path: path) }
    switch verdict {
    case .matched(let target, _):
      let plan = deployment.methods[Int(target)]
      values.plan = plan
      return plan
    case .noResource: throw .noRoute("no resource has this path")
    case .noMethod: throw .noRoute("the resource has neither this method nor ANY")
    }
  }

  /// What the templates of this request see, begun when the first one runs.
  var scope: TemplateScope {
    if isScopeBegun, let templateScope { return templateScope }
    let variables = values.deployment?.stageVariables ?? []
    isScopeBegun = true
    if let templateScope {
      templateScope.stageVariables = variables
      return templateScope
    }
    let fresh = TemplateScope(parameters: values, context: values, stageVariables: variables)
    templateScope = fresh
    return fresh
  }

  /// What templates have overridden so far; nil where no template ran or none overrode.
  var overridingScope: TemplateScope? {
    guard isScopeBegun, let templateScope, templateScope.hasOverrides else { return nil }
    return templateScope
  }
}
