import ArgumentParser

/// A request as curl would be told of it.
struct RequestOptions: ParsableArguments {
  @Argument(help: "GET, POST, …")
  var method: String

  @Argument(help: "http://host/path?query, or /path?query; where no domain is mapped, a path begins with the stage.")
  var url: String

  @Option(name: [.customShort("H"), .long], help: ArgumentHelp("A header field.", valueName: "name: value"))
  var header: [String] = []

  @Option(
    name: [.customShort("d"), .long],
    help: ArgumentHelp("The body: text, @file, or - for standard input.", valueName: "body"))
  var data: String?

  /// The request without its body.
  /// - Parameter defaultHost: where the URL is a path.
  func head(defaultHost: String) throws -> ExplainRequest {
    do {
      return try ExplainRequest(method: method, url: url, fields: header, defaultHost: defaultHost)
    } catch let flaw as ExplainRequest.Flaw {
      throw ValidationError(flaw.description)
    }
  }

  /// All of it.
  func request(defaultHost: String) throws -> ExplainRequest {
    var request = try head(defaultHost: defaultHost)
    if let data { try request.setBody(data) }
    return request
  }
}
