import HTTPSemantics
import StaticFiles
import Testing

@Suite struct CacheControlRuleTests {
  private func value(_ path: String, _ rules: [CacheControlRule] = []) -> String {
    withBytes(path) { CacheControlRule.value(for: $0, by: rules) }
  }

  @Test("a hashed name must be kept for a year, everything else for five minutes")
  func standard() {
    #expect(value("/assets/app-BsXf3k2a.js") == "public, max-age=31536000, immutable")
    #expect(value("/index.html") == "public, max-age=300")
    #expect(value("/app.js") == "public, max-age=300")
  }

  @Test("the first rule that matches must count, before the standard")
  func rules() {
    let rules = [
      CacheControlRule(path: PathPattern("/private/*"), value: "no-store"),
      CacheControlRule(path: PathPattern("*.html"), value: "no-cache"),
      CacheControlRule(path: PathPattern("/assets/*"), value: ""),
    ]
    #expect(value("/private/x.html", rules) == "no-store")
    #expect(value("/docs/index.html", rules) == "no-cache")
    #expect(value("/assets/app-BsXf3k2a.js", rules) == "")
    #expect(value("/robots.txt", rules) == "public, max-age=300")
  }

  @Test(
    "a value must be seen to promise that a name never changes",
    arguments: [
      ("public, max-age=31536000, immutable", true), ("Immutable", true), ("max-age=1,immutable ", true),
      ("max-age=31536000", false), ("", false), ("immutable-not", false),
    ])
  func immutable(value: String, isImmutable: Bool) { #expect(CacheControlRule.isImmutable(value) == isImmutable) }
}
