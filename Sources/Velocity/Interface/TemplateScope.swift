import Bytes
import JSON

/// What the templates of one exchange see: `$input`, `$util`, `$context`, `$stageVariables`, and what they leave behind.
///
/// One scope serves the request template and then the response template, with `setBody` called between the two, so that
/// overrides set in the first are readable in the second, as on AWS. It belongs to one exchange on one worker; `reset`
/// makes it ready for the next exchange without allocating anything anew.
public final class TemplateScope {
  private let parameters: any ParameterSource
  private let contextSource: any ContextSource
  /// `$stageVariables`, for the templates to come.
  public var stageVariables: [(name: String, value: String)]
  private var body: ByteBuffer?
  private var document = JSONDocument(capacity: 2048)
  private var bodyState = BodyState.unparsed
  private var parameterMaps: MapObject?
  private var contextObject: ContextObject?
  private var stageVariableMap: MapObject?
  /// Variables that take the place of those of this scope: what the oracle's protocol gives.
  var given: [String: Value]?
  /// Whether there are the variables that API Gateway sets; the oracle's protocol may do without.
  var hasRoots = true
  private var startedMachine: Machine?
  private var machine: Machine {
    if let startedMachine { return startedMachine }
    let machine = Machine(self)
    startedMachine = machine
    return machine
  }
  /// Whether each `$input.path` sees the body as it came, whatever templates have done to what another call gave: so does
  /// the oracle, unlike API Gateway.
  var readsBodyAnew: Bool { given != nil }
  private let input = OpaqueObject(.input)
  private let util = OpaqueObject(.util)

  private enum BodyState { case unparsed, parsed, invalid }

  public init(
    parameters: any ParameterSource, context: any ContextSource, stageVariables: [(name: String, value: String)]
  ) {
    self.parameters = parameters
    contextSource = context
    self.stageVariables = stageVariables
  }

  /// Forgets one exchange and its templates' doings; the sources stay, and memory of up to about `keptBytes`.
  public func reset(stageVariables: [(name: String, value: String)]) {
    self.stageVariables = stageVariables
    if document.allocatedBytes > Self.keptBytes { document = JSONDocument(capacity: 2048) }
    body = nil
    bodyState = .unparsed
    forget()
    if let machine = startedMachine, machine.allocatedBytes > Self.keptBytes { startedMachine = nil }
  }

  /// Bytes that a body's document, and a machine, may keep from one exchange to the next.
  private static let keptBytes = 1 << 16

  deinit { forget() }

  /// Lets go of everything that templates have made.
  private func forget() {
    if let contextObject {
      contextObject.abandon()
      self.contextObject = nil
    }
    if stageVariableMap != nil { stageVariableMap = nil }
    if parameterMaps != nil { parameterMaps = nil }
    startedMachine?.heap.clear()
  }

  /// What templates put into `$context` outlives them; everything else goes when a template ends, so that the next one
  /// sees body, parameters and stage variables as they came.
  private func endTemplate() {
    if let contextObject, contextObject.isWritten { return }
    if stageVariableMap != nil { stageVariableMap = nil }
    if parameterMaps != nil { parameterMaps = nil }
    startedMachine?.heap.clear()
  }

  /// Sets what `$input.body`, `$input.json` and `$input.path` read. nil or no bytes render as `{}`. The scope keeps the
  /// reference and parses only when a template asks; the readable bytes must not change until the next `setBody`.
  public func setBody(_ body: ByteBuffer?) {
    self.body = body
    bodyState = .unparsed
    if let context = contextObject, context.isWritten {
      // What a template put there may point into the document.
      machine.heap.keep(document)
      document = JSONDocument(capacity: 2048)
    }
  }

  func render(
    _ program: Program, _ source: String, into out: ByteBuffer, _ limits: RenderLimits, _ trace: RenderTrace? = nil
  ) throws(RenderError) {
    let machine = self.machine
    if let trace { machine.trace = trace }
    defer {
      if trace != nil { machine.trace = nil }
      endTemplate()
    }
    contextObject?.beginTemplate()
    try machine.render(program, source: source, into: out, limits)
    if let name = contextObject?.repeatedOverride {
      throw RenderError(.overriddenTwice, line: 1, column: 1, message: "the template overrides '\(name)' twice")
    }
  }

  // MARK: Overrides

  /// What the templates have set so far in `$context.requestOverride`.
  public var requestOverride: RequestOverride {
    var result = RequestOverride()
    guard let context = contextObject, context.isWritten else { return result }
    result.header = values(context.override("requestOverride", "header"))
    result.querystring = values(context.override("requestOverride", "querystring"))
    result.path = values(context.override("requestOverride", "path"))
    return result
  }

  /// What the templates have set so far in `$context.responseOverride`.
  public var responseOverride: ResponseOverride {
    var result = ResponseOverride()
    guard let context = contextObject, context.isWritten else { return result }
    result.headers = values(context.override("responseOverride", "header"))
    let status = machine.heap.current(context.overrideMember("responseOverride", "status"))
    let number = status.asNumber.map { Int($0.long) } ?? status.asText.flatMap { Int($0.string) }
    if let number, (100...599).contains(number) { result.status = number }
    return result
  }

  /// Whether any of the two has anything in it; costs nothing when no template touched them.
  public var hasOverrides: Bool { contextObject?.hasOverrides ?? false }

  /// What a template put into `$context` under a name.
  func kept(_ name: String) -> JavaObject? { contextObject.flatMap { machine.heap.object(for: $0.get(MapKey(name))) } }

  private func values(_ map: MapObject?) -> [(name: String, values: [String])] {
    guard let map else { return [] }
    return map.entries.compactMap { entry in
      guard let name = text(entry.key.value), !name.isEmpty else { return nil }
      let value = machine.heap.current(entry.value)
      if case .null = value { return nil }
      if let list = machine.heap.object(for: value) as? ListObject {
        return (name, list.all.compactMap { text($0) })
      }
      return text(value).map { (name, [$0]) }
    }
  }

  private func text(_ value: Value) -> String? {
    if case .null = value { return nil }
    machine.heap.steps = max(machine.heap.steps, 10_000)
    return (try? machine.text(of: machine.heap.current(value)))?.string
  }

  // MARK: What the machine asks

  func setRoots(_ roots: Program.Roots, _ variables: [String], _ slots: UnsafeMutablePointer<Value>) {
    if let given {
      for (index, name) in variables.enumerated() { if let value = given[name] { slots[index] = value } }
    }
    guard hasRoots else { return }
    if roots.input >= 0 { slots[roots.input] = .object(input) }
    if roots.util >= 0 { slots[roots.util] = .object(util) }
    if roots.context >= 0, given?["context"] == nil {
      let context = contextObject ?? ContextObject(contextSource)
      contextObject = context
      slots[roots.context] = .object(context)
    }
    if roots.stageVariables >= 0, given?["stageVariables"] == nil {
      let map = stageVariableMap ?? machine.heap.made(MapObject())
      if stageVariableMap == nil {
        for variable in stageVariables { map.put(MapKey(variable.name), Value(variable.value)) }
        stageVariableMap = map
      }
      slots[roots.stageVariables] = .object(map)
    }
  }

  /// The parsed body; nil if it is no JSON.
  var bodyRoot: JSONNode? {
    switch bodyState {
    case .parsed where readsBodyAnew:
      machine.heap.keep(document)
      document = JSONDocument(capacity: 2048)
    case .parsed: return document.root
    case .invalid: return nil
    case .unparsed: break
    }
    do {
      if let body, !body.isEmpty {
        try document.parse(body.readable, as: .permissive)
      } else {
        try TemplateScope.emptyBody.withUnsafeBytes { try document.parse($0, as: .permissive) }
      }
      bodyState = .parsed
      return document.root
    } catch {
      bodyState = .invalid
      return nil
    }
  }

  private static let emptyBody = Array("{}".utf8)

  var bodyText: Value {
    guard let body, !body.isEmpty else { return .text(Text(bytes: TemplateScope.emptyBody)) }
    return .text(Text(unverified: body.readable))
  }

  /// `$input.params('name')`: path, then query string, then headers.
  func parameter(_ name: Text) -> Value {
    if let maps = parameterMaps {
      for location in ParameterLocation.allCases {
        guard let map = machine.heap.object(for: maps.get(MapKey(location.rawValue))) as? MapObject else { continue }
        if let value = map.find(MapKey(name)) { return value }
      }
      return .emptyText
    }
    for location in ParameterLocation.allCases {
      if let value = parameters.parameter(location, name.string) { return Value(value) }
    }
    return .emptyText
  }

  /// `$input.params()`.
  var parameterMap: MapObject {
    get {
      if let known = parameterMaps { return known }
      let maps = machine.heap.made(MapObject())
      for location in ParameterLocation.allCases {
        let isLowercase = location == .header && parameters.headersHaveLowercaseNames
        let map = machine.heap.made(isLowercase ? LowercaseMap() : MapObject())
        for parameter in parameters.parameters(location) { map.put(MapKey(parameter.name), Value(parameter.value)) }
        maps.put(MapKey(location.rawValue), .object(map))
      }
      parameterMaps = maps
      return maps
    }
    set { parameterMaps = newValue }
  }
}
