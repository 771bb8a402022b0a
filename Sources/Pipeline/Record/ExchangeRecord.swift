/// What became of one request and why, from its head to the last byte of its answer: what `sluice explain` shows.
///
/// The stages themselves note it while they run (`ExchangeRecorder`), so it never tells another story than the one that
/// the client gets. These values are the JSON document's members, one for one (see the room's page); what is nil is left
/// out there. Nothing secret is in them unless `Redaction` was told to show it.
public struct ExchangeRecord: Hashable, Sendable, Decodable {
  /// The version of the document. It changes when a member changes its meaning or goes; new members do not change it.
  public static let version = 1

  public var version = ExchangeRecord.version
  /// As the client sees it in `x-amzn-RequestId`.
  public var requestId = ""
  /// When the request came: milliseconds since 1970-01-01 00:00 UTC.
  public var time: Int64 = 0
  /// From the request's head to the response.
  public var microseconds: Int?
  /// The API that the address led to, its stage and its deployment.
  public var api: String?
  public var apiStage: String?
  public var deployment: String?
  /// What the client sent.
  public var request = MessageRecord()
  /// All seven, in the order in which a request goes through them.
  public var stages = StageRecord.Name.allCases.map { StageRecord($0) }
  /// Why the gateway answered by itself; nil: it did not have to.
  public var failure: FailureRecord?
  /// What the client gets, or would have got.
  public var response: MessageRecord?
  /// What else is worth knowing.
  public var notes: [String]?

  public subscript(_ name: StageRecord.Name) -> StageRecord? { stages.first { $0.stage == name } }
}

/// Why the gateway answered by itself.
public struct FailureRecord: Hashable, Sendable, Decodable {
  /// Where it happened.
  public var stage: StageRecord.Name
  /// A type of gateway response, as definitions name it (`UNSUPPORTED_MEDIA_TYPE`); nil for what no API can customise.
  public var type: String?
  /// Who has to mend it: `client`, `configuration` or `upstream`.
  public var fault: String
  /// What the log says, and the client never hears.
  public var reason: String
  /// What the client hears unless the API says otherwise.
  public var message: String?
  public var status: Int
  public var validationErrors: String?
  /// Which gateway response answered, and why that one.
  public var gatewayResponse: Decision?
  /// The header fields that the gateway response maps.
  public var mappings: [MappingRecord]?
}
