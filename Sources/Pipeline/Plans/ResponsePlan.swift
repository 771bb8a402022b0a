import APIModel
import Bytes
import PCRE
import Velocity

/// One integration response, compiled (spec § 5.2). An object, so that a request that chooses it counts one reference.
final class ResponsePlan: Sendable {
  /// Matched against the whole selection value; nil: the default response.
  let pattern: Regex?
  let status: Int
  let mapping: ResponseMapping
  let templates: TemplateTable
  let contentHandling: Integration.ContentHandling?
  /// What it was compiled from.
  let definition: APIModel.IntegrationResponse

  init(
    pattern: Regex?, status: Int, mapping: ResponseMapping, templates: TemplateTable,
    contentHandling: Integration.ContentHandling?, definition: APIModel.IntegrationResponse
  ) {
    self.pattern = pattern
    self.status = status
    self.mapping = mapping
    self.templates = templates
    self.contentHandling = contentHandling
    self.definition = definition
  }

  /// Whether neither its headers nor its body look at the request or at the integration's answer.
  var isConstant: Bool {
    let headersAreConstant = mapping.headers.allSatisfy { if case .constant = $0.source { true } else { false } }
    return headersAreConstant && templates.all { $0.constant != nil }
  }

  /// Those of an integration, in the order in which they are tried: by ascending status, the default last.
  static func all(
    of integration: Integration, _ method: Method, _ context: CompileContext, diagnostics: inout [Diagnostic]
  ) -> [ResponsePlan] {
    var plans: [ResponsePlan] = []
    var hasDefault = false
    for response in integration.responses.sorted(by: { $0.statusCode < $1.statusCode }) {
      guard (100...999).contains(response.statusCode), response.statusCode != 101 else {
        diagnostics.append(
          Diagnostic(
            .error, at: response.location(of: "statusCode"),
            "\(response.statusCode) is not a status that can be answered"))
        continue
      }
      let declared = method.methodResponses[response.statusCode]
      if declared == nil {
        diagnostics.append(
          Diagnostic(
            .warning, at: response.location(of: "statusCode"),
            "the method declares no response \(response.statusCode)",
            suggestion: "add it under `responses`: API Gateway would refuse this integration response"))
      }
      var pattern: Regex?
      if let text = response.selectionPattern, !text.isEmpty {
        do {
          let regex = try Regex(text)
          regex.prepare(.whole)
          pattern = regex
        } catch {
          diagnostics.append(
            Diagnostic(
              .error, at: response.location,
              "the selection pattern `\(text)` is not a regular expression: \(error.message), at character \(error.offset + 1)"
            ))
          continue
        }
      } else if hasDefault {
        diagnostics.append(
          Diagnostic(
            .error, at: response.location, "the integration has two default responses",
            suggestion: "give one of them a `selectionPattern`"))
        continue
      } else {
        hasDefault = true
      }
      plans.append(
        ResponsePlan(
          pattern: pattern, status: response.statusCode,
          mapping: ResponseMapping(response, declared, context, diagnostics: &diagnostics),
          templates: TemplateTable(
            response.responseTemplates, for: TemplateUse(of: response), diagnostics: &diagnostics),
          contentHandling: response.contentHandling, definition: response))
    }
    return plans.filter { $0.pattern != nil } + plans.filter { $0.pattern == nil }
  }

  /// The response that answers a selection value; the default if none matches.
  static func select(_ value: UnsafeRawBufferPointer, from plans: [ResponsePlan]) -> Int? {
    for (index, plan) in plans.enumerated() {
      guard let pattern = plan.pattern else { return index }
      if pattern.matchesWhole(value) == .matched { return index }
    }
    return nil
  }

  /// The same for a status.
  static func select(status: Int, from plans: [ResponsePlan]) -> Int? {
    if let only = plans.first, only.pattern == nil { return 0 }
    return withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
      var at = digits.count
      var rest = status.magnitude
      repeat {
        at -= 1
        digits[at] = 48 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0 && at > 0
      return select(UnsafeRawBufferPointer(rebasing: digits[at...]), from: plans)
    }
  }
}
