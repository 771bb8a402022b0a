import Bytes
import HTTPSemantics
import HTTPWire
import Pipeline

/// Which of a distribution's answers are compressed, and for whom (spec § 14.9). CloudFront asks for more than is asked here:
/// it leaves those as they are whose size is not known from their head, and those that it does not keep.
public enum EdgeCompression {
  /// Bytes of a body that is worth the work.
  public static let sizes = 1_000...10_000_000

  /// Whether an answer may be given in a coding: by its status, its type, and what it says itself. If so its fields say
  /// `Vary: Accept-Encoding`, also for clients that take none.
  public static func mayEncode(status: Int, fields: ByteBuffer) -> Bool {
    guard status == 200 || status == 403 || status == 404, !ResponseCompression.isFixed(fields.readable),
      isCompressible(ResponseCompression.mediaType(in: fields.readable))
    else { return false }
    ResponseCompression.addVary(to: fields)
    return true
  }

  /// The coding for a client; nil: the bytes as they are. Parts are cut from those, too: a client that has a part in a coding
  /// could not join another one to it, since the entity tags of what is compressed are weak.
  public static func coding(_ head: RequestHead, _ behavior: CacheBehavior) -> ContentCoding? {
    guard behavior.compress, head.minorVersion > 0, head.present.contains(.acceptEncoding), head.first(.range) == nil
    else { return nil }
    var accepted = AcceptedCodings()
    guard ResponseCompression.read(head, into: &accepted) else { return nil }
    // A policy lets each coding count by itself; without one, both are offered.
    return accepted.preferred(
      offeringBrotli: behavior.cachePolicy?.acceptsBrotli ?? true, gzip: behavior.cachePolicy?.acceptsGzip ?? true)
  }

  /// Whether CloudFront compresses this media type.
  public static func isCompressible(_ type: UnsafeRawBufferPointer) -> Bool {
    guard let slash = type.firstIndex(of: UInt8(ascii: "/")) else {
      return type.equalsIgnoringCase("vnd.apple.mpegurl")
    }
    let kind = UnsafeRawBufferPointer(rebasing: type[..<slash])
    let name = UnsafeRawBufferPointer(rebasing: type[(slash &+ 1)...])
    if kind.equalsIgnoringCase("text") { return text.contains { name.equalsIgnoringCase($0) } }
    if kind.equalsIgnoringCase("application") { return application.contains { name.equalsIgnoringCase($0) } }
    if kind.equalsIgnoringCase("font") { return font.contains { name.equalsIgnoringCase($0) } }
    return kind.equalsIgnoringCase("image") && name.equalsIgnoringCase("svg+xml")
  }

  private static let text: [StaticString] = [
    "html", "css", "javascript", "plain", "csv", "xml", "js", "richtext", "tab-separated-values", "x-component",
    "x-java-source", "x-script",
  ]
  private static let application: [StaticString] = [
    "json", "javascript", "xml", "wasm", "xhtml+xml", "rss+xml", "dash+xml", "protobuf", "opentype", "otf", "truetype",
    "ttf", "eot", "font", "font-sfnt", "x-font-opentype", "x-font-truetype", "x-font-ttf", "x-opentype", "x-otf",
    "x-ttf",
    "vnd.ms-fontobject", "vnd.mapbox-vector-tile", "vnd.apple.mpegurl", "x-mpegurl", "x-javascript", "x-httpd-cgi",
    "x-perl", "pkcs7-mime",
  ]
  private static let font: [StaticString] = ["eot", "opentype", "otf", "ttf"]
}
