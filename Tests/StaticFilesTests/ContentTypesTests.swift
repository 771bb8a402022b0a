import StaticFiles
import Testing

@Suite struct ContentTypesTests {
  @Test(
    "an ending must say the type, text with its charset",
    arguments: [
      ("html", "text/html; charset=utf-8"), ("JS", "text/javascript; charset=utf-8"),
      ("mjs", "text/javascript; charset=utf-8"),
      ("css", "text/css; charset=utf-8"), ("json", "application/json"), ("svg", "image/svg+xml"),
      ("wasm", "application/wasm"),
      ("woff2", "font/woff2"), ("webmanifest", "application/manifest+json"), ("avif", "image/avif"),
      ("mp4", "video/mp4"),
      ("map", "application/json"), ("ico", "image/x-icon"), ("txt", "text/plain; charset=utf-8"),
      ("pdf", "application/pdf"),
    ])
  func types(ending: String, type: String) { #expect(withBytes(ending) { ContentTypes.type(of: $0) } == type) }

  @Test("an ending that is not known must have no type", arguments: ["", "doe", "averylongending", "com"])
  func unknown(ending: String) { #expect(withBytes(ending) { ContentTypes.type(of: $0) } == nil) }

  @Test(
    "only what compression makes smaller must be looked for in compressed form",
    arguments: [
      ("text/html", true), ("application/json", true), ("image/svg+xml", true), ("font/ttf", true),
      ("application/manifest+json", true), ("font/woff2", false), ("image/png", false), ("video/mp4", false),
      ("application/octet-stream", false), ("application/zip", false),
    ])
  func compressible(type: String, isCompressible: Bool) { #expect(ContentTypes.isCompressible(type) == isCompressible) }
}
