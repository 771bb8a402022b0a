/// What one of the stages did.
public struct StageRecord: Hashable, Sendable, Decodable {
  public enum Name: String, Hashable, Sendable, Decodable, CaseIterable {
    case screen, route, methodRequest, integrationRequest, integration, integrationResponse, methodResponse
  }

  public enum State: String, Hashable, Sendable, Decodable {
    /// The request failed before.
    case notReached
    /// There is nothing for it to do in this configuration.
    case nothingConfigured
    /// It has nothing to do for this kind of method.
    case skipped
    case passed, failed
  }

  public var stage: Name
  public var state = State.notReached
  /// Why it failed or was skipped.
  public var because: String?
  public var microseconds: Int?
  /// The integration: from the call to the head of its answer.
  public var firstByteMicroseconds: Int?
  /// What was decided, in order.
  public var decisions: [Decision]?
  /// What there was to choose from: resources for the route, integration responses for the integration's status.
  public var candidates: [Candidate]?
  /// The parameters that the method declares, and the variables of its path.
  public var parameters: [ParameterRecord]?
  public var mappings: [MappingRecord]?
  public var rendering: RenderingRecord?
  /// What templates have set in `$context.requestOverride` or `$context.responseOverride`.
  public var overrides: [FieldRecord]?
  /// The integration request: what goes to the integration.
  public var request: MessageRecord?
  /// The integration: what it answered.
  public var response: MessageRecord?
  /// Fields that end at this stage.
  public var lostFields: [FieldRecord]?

  public init(_ stage: Name) { self.stage = stage }
}

/// One thing that was decided.
public struct Decision: Hashable, Sendable, Decodable {
  /// What was decided on. These words are stable.
  public enum Subject: String, Hashable, Sendable, Decodable {
    case address, canary, method, resource, authorization, apiKey, validator, model, stageCache, prepared, type, uri,
      contentHandling, template
    case passthrough, status, endpoint, connection, timeout, gatewayResponse
  }

  public var about: Subject
  /// What it came to.
  public var result: String
  public var because: String?
  /// Where the definition says so: `file:line:column`.
  public var place: String?

  init(_ about: Subject, _ result: String, because: String? = nil, place: String? = nil) {
    self.about = about
    self.result = result
    self.because = because
    self.place = place
  }
}

/// One of several that there were to choose from.
public struct Candidate: Hashable, Sendable, Decodable {
  public enum Result: String, Hashable, Sendable, Decodable {
    case chosen
    /// It does not match.
    case refused
    /// It would have matched, but another came first.
    case passedOver
    /// It does not match, but nothing matches better.
    case near
  }

  /// A resource with its methods, or a selection pattern.
  public var name: String
  /// Of an integration response: the method response's status.
  public var status: Int?
  public var result: Result
  public var because: String?
  public var place: String?
}

/// A parameter of the method request.
public struct ParameterRecord: Hashable, Sendable, Decodable {
  /// `method.request.querystring.id`.
  public var name: String
  /// The last one, decoded; nil: the request has none.
  public var value: String?
  public var isRequired: Bool
}

/// One mapping of a parameter.
public struct MappingRecord: Hashable, Sendable, Decodable {
  /// The destination as definitions write it: `integration.request.querystring.postId`.
  public var to: String
  /// The source expression.
  public var from: String
  /// Nil: the source has none, and nothing was sent.
  public var value: String?
  /// Why it had another effect than to put the value there.
  public var because: String?
  public var place: String?
}

/// A template at work.
public struct RenderingRecord: Hashable, Sendable, Decodable {
  /// The media type that it stands under in the definition, or `$default`.
  public var mediaType: String
  /// Where it is: its file, or its place in the definition.
  public var place: String
  /// Whether it gives the same output for every request.
  public var isConstant: Bool
  /// What `$input` saw; nil: no body.
  public var input: BodyRecord?
  /// Why `$input.path` and `$input.json` find nothing in it, or not what was meant: it is not JSON.
  public var inputFlaw: String?
  public var output: BodyRecord?
  /// What went wrong in it, and where.
  public var error: String?
  public var errorPlace: String?
  /// The template's line there, and the column in it, from 1.
  public var errorLine: String?
  public var errorColumn: Int?
}
