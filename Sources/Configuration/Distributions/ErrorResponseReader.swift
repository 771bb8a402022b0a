import APIModel
import Edge

/// `customErrorResponses` of a distribution.
struct ErrorResponseReader {
  let context: ReadingContext
  /// In the order in which they are tried; the default one last.
  let behaviors: [CacheBehavior]

  private var findings: Findings { context.findings }

  func read(_ distribution: ObjectReader) -> [CustomErrorResponse] {
    var responses: [CustomErrorResponse] = []
    for item in distribution.list("customErrorResponses") ?? [] {
      guard let object = ObjectReader(item, "an error response", in: context) else { continue }
      object.refuseKeys(except: GatewayKeys.names(of: .customErrorResponse), "an error response")
      let seconds = object.integer("errorCachingMinTTL", in: 0...31_536_000, " of seconds") ?? 10
      let page = page(object)
      guard let code = code("errorCode", object, CustomErrorResponse.errorCodes) else {
        object.missing("errorCode", of: "an error response")
        continue
      }
      if responses.contains(where: { $0.errorCode == code }) {
        findings.error(
          at: object.member("errorCode")?.value.location ?? object.location,
          "another error response stands in for \(code)")
      }
      warnOfAPIs(object, code, page)
      responses.append(CustomErrorResponse(errorCode: code, page: page, errorCachingMinTTL: seconds))
    }
    return responses
  }

  private func page(_ object: ObjectReader) -> CustomErrorResponse.Page? {
    let status = code("responseCode", object, [200] + CustomErrorResponse.errorCodes)
    let path = object.string("responsePagePath")
    let place = object.member("responsePagePath")?.value.location ?? object.location
    guard let path else {
      if object.member("responseCode") != nil { object.missing("responsePagePath", of: "an error response") }
      return nil
    }
    if object.member("responseCode") == nil { object.missing("responseCode", of: "an error response") }
    guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "?") }) else {
      findings.error(
        at: place, "`responsePagePath` must be a path with a slash in front, not `\(ObjectReader.excerpt(path))`",
        suggestion: "write `/errors/404.html`")
      return nil
    }
    let bytes = Array(path.utf8)
    let behavior = behaviors.first { behavior in
      guard let pattern = behavior.pathPattern else { return true }
      return bytes.withUnsafeBytes(pattern.matches)
    }
    guard let behavior, let status else { return nil }
    return CustomErrorResponse.Page(behavior: behavior, path: bytes, responseCode: status)
  }

  private func code(_ key: String, _ object: ObjectReader, _ codes: [Int]) -> Int? {
    guard let code = object.integer(key, in: 100...599) else { return nil }
    if codes.contains(code) { return code }
    findings.error(
      at: object.member(key)?.value.location ?? object.location,
      "`\(key)` must be one of \(codes.map(String.init).joined(separator: ", ")), not `\(code)`")
    return nil
  }

  /// The way in which single-page apps are set up with CloudFront turns the errors of the API beside them into pages, too.
  private func warnOfAPIs(_ object: ObjectReader, _ code: Int, _ page: CustomErrorResponse.Page?) {
    guard page?.responseCode == 200, code == 403 || code == 404 else { return }
    for behavior in behaviors {
      guard case .api(let origin) = behavior.origin else { continue }
      findings.warning(
        at: object.location,
        "a \(code) of the API `\(origin.api)` becomes this page, too, with status 200",
        suggestion: "for a single-page app, name the page as `fallbackDocument` of its directory")
      return
    }
  }
}
