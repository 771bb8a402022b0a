import APIModel
import Bytes
import HTTPSemantics
import Pipeline
import StaticFiles

/// Where a distribution's answers come from.
public enum Origin: Sendable {
  case api(APIOrigin)
  case http(HTTPOrigin)
  case directory(DirectoryOrigin)

  /// What behaviours call it.
  public var id: String {
    switch self {
    case .api(let origin): origin.id
    case .http(let origin): origin.id
    case .directory(let origin): origin.id
    }
  }
}

/// An API of this gateway: its requests go through the four stages without leaving the process.
///
/// The path is seen as behind a custom domain with one base path mapping: `basePath` is taken off, and where no stage is
/// named, the next segment names it.
public final class APIOrigin: Sendable {
  public let id: String
  public let api: String
  /// Nil: the first segment behind the base path.
  public let stage: String?
  /// With a slash in front and none at the end; empty: nothing is taken off.
  public let basePath: String
  let basePathBytes: [UInt8]

  public init(id: String, api: String, stage: String?, basePath: String) {
    self.id = id
    self.api = api
    self.stage = stage
    self.basePath = basePath
    basePathBytes = Array(basePath.utf8)
  }
}

/// Another server.
public final class HTTPOrigin: Sendable {
  public let id: String
  public let endpoint: Endpoint
  /// Put before every path; with a slash in front and none at the end, or empty.
  public let originPath: String
  /// Sent with every request, in place of what the client says under these names.
  public let customHeaders: [(name: String, value: String)]
  /// How long an answer may take to begin. Milliseconds.
  public let readTimeoutMilliseconds: Int
  let originPathBytes: [UInt8]
  let customLines: [UInt8]
  let customNames: [[UInt8]]

  public init(
    id: String, endpoint: Endpoint, originPath: String, customHeaders: [(name: String, value: String)],
    readTimeoutMilliseconds: Int
  ) {
    self.id = id
    self.endpoint = endpoint
    self.originPath = originPath
    self.customHeaders = customHeaders
    self.readTimeoutMilliseconds = readTimeoutMilliseconds
    originPathBytes = Array(originPath.utf8)
    customLines = Array(customHeaders.map { "\($0.name): \($0.value)\r\n" }.joined().utf8)
    customNames = customHeaders.map { Array($0.name.utf8) }
  }
}

/// A directory of this machine.
public final class DirectoryOrigin: Sendable {
  public let id: String
  public let settings: SiteSettings

  public init(id: String, settings: SiteSettings) {
    self.id = id
    self.settings = settings
  }
}
