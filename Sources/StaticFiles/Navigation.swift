import Bytes
import HTTPSemantics
import HTTPWire

/// Whether a request for what is not there is a person's way to a page of a single-page app, which the app's own router
/// understands, or a request for a thing, which must hear that it does not exist.
public enum Navigation {
  /// GET or HEAD, for a path that does not end like a file's, by a client that would rather have HTML than anything else
  /// that it names. A script that fetches (`Accept: */*`, `application/json`) is told the truth.
  public static func isNavigation(_ head: RequestHead, _ path: SitePath) -> Bool {
    guard head.method == .get || head.method == .head else { return false }
    if let ending = path.fileExtension, ContentTypes.type(of: ending) != nil { return false }
    guard let accept = head.first(.accept) else { return false }
    return AcceptedTypes.prefersHTML(head.value(of: accept))
  }
}
