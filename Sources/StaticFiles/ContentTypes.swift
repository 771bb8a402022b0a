import Bytes

/// The media type of a file by the end of its name: IANA's registrations, and what browsers expect where those say less.
///
/// Text is taken to be UTF-8, which a page that says otherwise in its own head would be surprised by; there are few left.
public enum ContentTypes {
  /// For a name that says nothing.
  public static let unknown = "application/octet-stream"

  /// - Parameter fileExtension: without the dot, in any case.
  /// - Returns: nil for one that is not known.
  public static func type(of fileExtension: UnsafeRawBufferPointer) -> String? {
    guard fileExtension.count <= 12 else { return nil }
    return table[fileExtension.text.lowercased()]
  }

  /// Whether files of this type get smaller by compression, so that it is worth looking for a compressed sibling.
  public static func isCompressible(_ type: String) -> Bool {
    if type.hasPrefix("text/") || type.hasPrefix("font/") && !type.hasPrefix("font/woff") { return true }
    if type.hasSuffix("+xml") || type.hasSuffix("+json") || type.hasPrefix("model/") { return true }
    return compressible.contains(type)
  }

  private static let compressible: Set<String> = [
    "application/json", "application/xml", "application/wasm", "application/rtf", "application/yaml", "image/bmp",
    "image/x-icon", "application/vnd.ms-fontobject", "application/x-ndjson", "application/sql",
  ]

  private static let table: [String: String] = {
    var table: [String: String] = [:]
    for line in lines {
      let words = line.split(separator: " ")
      guard let type = words.first else { continue }
      let isText = type.hasPrefix("text/")
      for name in words.dropFirst() { table[String(name)] = isText ? "\(type); charset=utf-8" : String(type) }
    }
    return table
  }()

  private static let lines = [
    // Pages and what they are made of.
    "text/html html htm shtml", "application/xhtml+xml xhtml xht", "text/css css", "text/javascript js mjs cjs",
    "application/json json map", "application/manifest+json webmanifest", "application/ld+json jsonld",
    "application/geo+json geojson", "application/wasm wasm", "application/importmap+json importmap",
    "text/vtt vtt", "application/speculationrules+json speculationrules",
    // Text.
    "text/plain txt text log conf ini env toml lock", "text/markdown md markdown", "text/csv csv",
    "text/tab-separated-values tsv", "text/calendar ics", "text/vcard vcf", "text/x-component htc",
    "application/xml xml xsl xslt xsd dtd", "application/rss+xml rss", "application/atom+xml atom",
    "application/yaml yaml yml", "application/x-ndjson ndjson jsonl", "application/sql sql", "application/rtf rtf",
    "application/xml-dtd mod", "application/gpx+xml gpx", "application/vnd.google-earth.kml+xml kml",
    // Pictures.
    "image/svg+xml svg", "image/png png", "image/apng apng", "image/jpeg jpg jpeg jpe jfif", "image/gif gif",
    "image/webp webp", "image/avif avif", "image/heic heic", "image/heif heif", "image/jxl jxl", "image/jp2 jp2",
    "image/bmp bmp", "image/tiff tif tiff", "image/x-icon ico cur", "image/vnd.adobe.photoshop psd",
    // Fonts.
    "font/woff2 woff2", "font/woff woff", "font/ttf ttf", "font/otf otf", "font/collection ttc",
    "application/vnd.ms-fontobject eot",
    // Sound.
    "audio/mpeg mp3 mpga", "audio/mp4 m4a", "audio/aac aac", "audio/ogg oga ogg opus", "audio/wav wav",
    "audio/flac flac", "audio/webm weba", "audio/midi mid midi", "audio/aiff aif aiff", "audio/mpegurl m3u",
    "application/vnd.apple.mpegurl m3u8",
    // Films.
    "video/mp4 mp4 m4v mp4v", "video/webm webm", "video/ogg ogv", "video/quicktime mov qt", "video/x-msvideo avi",
    "video/mpeg mpg mpeg mpe", "video/x-matroska mkv", "video/3gpp 3gp", "video/3gpp2 3g2", "video/mp2t m2ts mts",
    "video/x-flv flv", "application/dash+xml mpd",
    // Documents.
    "application/pdf pdf", "application/epub+zip epub", "application/msword doc dot",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document docx",
    "application/vnd.ms-excel xls xlt", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx",
    "application/vnd.ms-powerpoint ppt pps",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation pptx",
    "application/vnd.oasis.opendocument.text odt", "application/vnd.oasis.opendocument.spreadsheet ods",
    "application/vnd.oasis.opendocument.presentation odp", "application/postscript ps eps ai",
    // Archives and programs.
    "application/zip zip", "application/gzip gz tgz", "application/x-bzip2 bz2", "application/x-xz xz",
    "application/zstd zst", "application/x-tar tar", "application/x-7z-compressed 7z", "application/vnd.rar rar",
    "application/java-archive jar war ear", "application/vnd.debian.binary-package deb", "application/x-rpm rpm",
    "application/x-apple-diskimage dmg", "application/vnd.android.package-archive apk",
    "application/x-iso9660-image iso", "application/octet-stream bin dat img exe dll msi",
    // Models and others.
    "model/gltf+json gltf", "model/gltf-binary glb", "model/obj obj", "model/stl stl", "model/vnd.usdz+zip usdz",
    "application/vnd.mapbox-vector-tile mvt pbf", "application/x-protobuf proto", "application/vnd.sqlite3 sqlite",
    "application/pgp-signature sig asc", "application/pkcs7-mime p7m p7c", "application/x-x509-ca-cert crt pem der",
    "application/x-shockwave-flash swf", "application/timestamped-data tsd",
  ]
}
