import Bytes
import HTTPSemantics

/// A directory that is served, as the configuration has it.
public struct SiteSettings: Hashable, Sendable {
  /// As the process sees it: from the working directory, or with a slash in front.
  public var directory: String
  /// What answers for a folder.
  public var indexDocument = "index.html"
  /// What answers a navigation to a path that does not exist: a single-page app's page. Nil: 404.
  public var fallbackDocument: String?
  /// The body of a 404. Nil: one of our own.
  public var errorDocument: String?
  /// In the order in which they are tried.
  public var cacheControl: [CacheControlRule] = []

  public init(directory: String) { self.directory = directory }
}
