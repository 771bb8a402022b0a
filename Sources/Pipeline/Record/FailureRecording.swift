import APIModel
import Bytes

/// What is noted of a failure, and of the gateway response that it became.
extension ExchangeRecorder {
  /// - Parameter own: the API's gateway response that applies; nil: the built-in one.
  func note(
    _ failure: GatewayFailure, answeredBy own: GatewayResponsePlan.Entry?, template mediaType: String?,
    _ exchange: Exchange
  ) {
    let stage = stage ?? .methodResponse
    change(stage) {
      $0.state = .failed
      // What was decided last is why there is no route, in more words.
      $0.because = stage == .route ? $0.decisions?.last?.because ?? failure.reason : failure.reason
    }
    noteAnswerBody()
    var noted = FailureRecord(
      stage: stage, type: failure.type?.rawValue, fault: failure.fault.rawValue, reason: failure.reason,
      message: failure.message, status: failure.status, validationErrors: failure.validationErrors)
    if let own {
      let isOwn = own.type == failure.type
      noted.gatewayResponse = Decision(
        .gatewayResponse, own.type.rawValue + (mediaType.map { ", template for \($0)" } ?? ""),
        because: isOwn
          ? "the API has its own for this type"
          : "the API has none for \(failure.type?.rawValue ?? ""), but for its class",
        place: "\(own.location)")
      noted.mappings =
        own.headers.isEmpty
        ? nil
        : own.headers.map { header in
          let name = String(decoding: header.name, as: UTF8.self)
          var mapping = MappingRecord(to: "gatewayresponse.header.\(name)", from: header.expression)
          self.note(header.source, header.expression, for: name, exchange, into: &mapping)
          return mapping
        }
    } else {
      noted.gatewayResponse = Decision(
        .gatewayResponse, "built in",
        because: failure.type == nil || failure.type == .requestTooLarge
          ? "no API can customise this failure" : "the API customises neither this type nor its class")
    }
    record.failure = noted
  }
}
