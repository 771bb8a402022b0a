import JSONPaths

/// A path into a body, compiled.
final class BodyPath: Sendable {
  let path: JSONPath

  /// - Throws: where it is no path.
  init(_ text: Text) throws(Signal) {
    do {
      path = try JSONPath(text.string)
    } catch {
      throw .exception("com.jayway.jsonpath.InvalidPathException: \(error)")
    }
  }
}
