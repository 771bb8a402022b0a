import APIModel
import Pipeline

/// `accessLogSettings` in, where the access log goes and what it says out. The keys are API Gateway's; only where it
/// knows streams by their ARN, there are files here.
struct AccessLogReader {
  let context: ReadingContext

  private var findings: Findings { context.findings }

  /// Nil where there are none, or where they are wrong, which is then said.
  func settings(of holder: ObjectReader) -> AccessLogSettings? {
    guard let object = holder.object("accessLogSettings") else { return nil }
    object.refuseKeys(except: GatewayKeys.names(of: .accessLogSettings), "`accessLogSettings`")
    let destination = destination(object)
    let format = format(object)
    guard let destination, let format, let place = holder.member("accessLogSettings")?.keyLocation else { return nil }
    return AccessLogSettings(destination: destination, format: format, location: place)
  }

  private func destination(_ object: ObjectReader) -> AccessLogSettings.Destination? {
    let key =
      object.value("destination") == nil && object.value("destinationArn") != nil ? "destinationArn" : "destination"
    if key == "destination", let other = object.member("destinationArn") {
      if object.value("destination") != nil {
        findings.error(at: other.keyLocation, "`destinationArn` and `destination` say the same: keep one of them")
      }
    }
    guard let text = object.requiredString(key, of: "`accessLogSettings`"), let node = object.value(key) else {
      return nil
    }
    if text.hasPrefix("arn:") {
      findings.error(
        at: node.location, "access logs go to files here, not to `\(ObjectReader.excerpt(text))`",
        suggestion: "write `destination: stdout`, or the path of a file")
      return nil
    }
    return text == "stdout" ? .standardOutput : .file(path: FilePath.resolve(text, from: node.location.file))
  }

  private func format(_ object: ObjectReader) -> String? {
    guard let node = object.value("format") else { return "clf" }
    guard let text = object.string("format") else { return nil }
    do {
      let format = try AccessLogFormat(text)
      for name in format.unknownNames {
        findings.warning(
          at: node.location, "`$context.\(name)` is not known: it is logged as `-`",
          suggestion: Suggestion.near(name, among: AccessLogFormat.variableNames))
      }
      for name in format.unquotedNames {
        findings.warning(
          at: node.location, "`$context.\(name)` is text and stands outside of quotes, so that the line is not JSON",
          suggestion: "write \"$context.\(name)\"")
      }
      return text
    } catch {
      let names = AccessLogFormat.standard.keys.sorted()
      findings.error(
        at: node.location, error.message,
        suggestion: text.contains("$") ? error.suggestion : Suggestion.near(text, among: names) ?? error.suggestion)
      return nil
    }
  }
}
