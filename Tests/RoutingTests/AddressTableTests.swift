import APIModel
import Routing
import Testing

private let here = SourceLocation(file: "gateway.yaml", line: 1, column: 1)

private func entry(_ api: String, _ stage: String, disabled: Bool = false) -> AddressEntry {
  AddressEntry(api: api, stage: stage, disablesDefaultEndpoint: disabled, location: here)
}

private func mapping(_ base: String, _ api: String, _ stage: String?) -> BasePathMapping {
  BasePathMapping(basePath: base, api: api, stage: stage, location: here)
}

private func table(_ entries: [AddressEntry], _ domains: [String: [BasePathMapping]] = [:]) -> AddressTable {
  var diagnostics: [Diagnostic] = []
  let domains = domains.map { DomainName(name: $0, mappings: $1, location: here) }
  let table = AddressTable(entries, domains: domains, diagnostics: &diagnostics)
  #expect(diagnostics.isEmpty)
  return table
}

extension AddressTable {
  /// The deployment and the path behind its address, or the reason why not.
  fileprivate func find(_ host: String, _ path: String) -> String {
    var host = host
    var path = path
    return host.withUTF8 { host in
      path.withUTF8 { path in
        let raw = UnsafeRawBufferPointer(path)
        switch resolve(host: UnsafeRawBufferPointer(host), path: raw) {
        case .found(let deployment, let rest, _):
          return "\(deployment) \(String(decoding: raw[rest...], as: UTF8.self))"
        case .forbidden(let reason): return reason.rawValue
        }
      }
    }
  }
}

@Suite("1.2 Addressing")
struct AddressTableTests {
  @Test("The first segment must be the stage, slashes before it counting as one")
  func stage() {
    let addresses = table([entry("pets", "dev"), entry("shop", "prod")])
    #expect(addresses.find("localhost:8080", "/dev/x") == "0 /x")
    #expect(addresses.find("", "/prod/x/y") == "1 /x/y")
    #expect(addresses.find("localhost", "//dev/x") == "0 /x")
    #expect(addresses.find("localhost", "/dev") == "0 ")
    #expect(addresses.find("localhost", "/dev/") == "0 /")
    #expect(addresses.find("localhost", "/dev//proxy-value") == "0 //proxy-value")
  }

  @Test("An unknown stage must be forbidden, and stages be case-sensitive")
  func unknownStage() {
    let addresses = table([entry("pets", "dev")])
    for path in ["/Dev/x", "/test", "/", "", "/devx", "*"] { #expect(addresses.find("h", path) == "unknownStage") }
  }

  @Test("The longest mapped base path must win, on a segment's boundary")
  func longest() {
    let addresses = table(
      [entry("a", "dev"), entry("b", "dev2"), entry("c", "dev3")],
      ["api.mysite.io": [mapping("", "a", "dev"), mapping("shop", "b", "dev2"), mapping("shop/v1", "c", "dev3")]])
    #expect(addresses.find("api.mysite.io", "/shop/v1/orders") == "2 /orders")
    #expect(addresses.find("api.mysite.io", "/shop/v2") == "1 /v2")
    #expect(addresses.find("api.mysite.io", "/shop") == "1 ")
    #expect(addresses.find("api.mysite.io", "/shopping") == "0 /shopping")
    #expect(addresses.find("api.mysite.io", "/Shop/x") == "0 /Shop/x")
    #expect(addresses.find("api.mysite.io", "//x") == "0 //x")
  }

  @Test("A domain must be found without regard to case, port and a dot at the end")
  func host() {
    let addresses = table([entry("a", "dev")], ["API.mysite.io": [mapping("", "a", "dev")]])
    for host in ["api.mysite.io", "API.MySite.IO:8443", "api.mysite.io.", "api.mysite.io.:80"] {
      #expect(addresses.find(host, "/x") == "0 /x")
    }
  }

  @Test("A domain without a mapping for the path must be forbidden, and never fall back to stages")
  func noMapping() {
    let addresses = table([entry("a", "dev")], ["api.mysite.io": [mapping("shop", "a", "dev")]])
    #expect(addresses.find("api.mysite.io", "/dev/x") == "noMapping")
    #expect(addresses.find("other.io", "/dev/x") == "0 /x")
  }

  @Test("A wildcard must match exactly one label, and an exact name must beat it")
  func wildcard() {
    let addresses = table(
      [entry("a", "dev"), entry("b", "dev2")],
      ["*.mysite.io": [mapping("", "a", "dev")], "shop.mysite.io": [mapping("", "b", "dev2")]])
    #expect(addresses.find("any.mysite.io", "/x") == "0 /x")
    #expect(addresses.find("shop.mysite.io", "/x") == "1 /x")
    #expect(addresses.find("a.b.mysite.io", "/x") == "unknownStage")
    #expect(addresses.find("mysite.io", "/x") == "unknownStage")
  }

  @Test("A mapping without a stage must take it from the segment behind the base path")
  func stageFromPath() {
    let addresses = table(
      [entry("a", "dev"), entry("a", "prod"), entry("b", "test")], ["x.io": [mapping("v1", "a", nil)]])
    #expect(addresses.find("x.io", "/v1/prod/y") == "1 /y")
    #expect(addresses.find("x.io", "/v1/test/y") == "unknownStage")
    #expect(addresses.find("x.io", "/v1") == "unknownStage")
  }

  @Test("A disabled default endpoint must be forbidden under /<stage>, and served under a domain")
  func disabled() {
    let addresses = table(
      [entry("a", "dev", disabled: true), entry("b", "dev")],
      ["x.io": [mapping("", "a", "dev")], "y.io": [mapping("", "a", nil)]])
    #expect(addresses.find("h", "/dev/y") == "1 /y")
    #expect(addresses.find("x.io", "/y") == "0 /y")
    #expect(addresses.find("y.io", "/dev/y") == "0 /y")
    #expect(addresses.find("a.execute-api.local", "/dev/y") == "defaultEndpointDisabled")
    #expect(table([entry("a", "dev", disabled: true)]).find("h", "/dev") == "defaultEndpointDisabled")
  }

  @Test("An API's own execute-api host may be used, its id in any case")
  func executeAPI() {
    let addresses = table([entry("a", "dev"), entry("b", "prod")])
    #expect(addresses.find("B.execute-api.eu-west-1.amazonaws.com", "/prod/x") == "1 /x")
    #expect(addresses.find("b.execute-api.localhost:8080", "/dev/x") == "unknownStage")
    #expect(addresses.find("c.execute-api.localhost", "/dev/x") == "unknownStage")
  }

  @Test("A host of any length or shape must be answered", arguments: [300, 100_000])
  func hostileHosts(_ count: Int) {
    let addresses = table([entry("a", "dev")], ["x.io": [mapping("", "a", "dev")]])
    #expect(addresses.find(String(repeating: "x", count: count), "/dev") == "0 ")
    for host in [".", ":", ":80", "..", "[::1]:80", "[", ".execute-api.", "x.io..", "[x.io"] {
      #expect(addresses.find(host, "/nope") != "0 /nope")
    }
  }
}

@Suite("Mistakes in addresses")
struct AddressMistakeTests {
  private func mistakes(_ entries: [AddressEntry], _ domains: [DomainName] = []) -> [String] {
    var diagnostics: [Diagnostic] = []
    _ = AddressTable(entries, domains: domains, diagnostics: &diagnostics)
    return diagnostics.map(\.message)
  }

  @Test("Two APIs with one stage name must be an error under default addressing")
  func sharedStage() {
    #expect(
      mistakes([entry("a", "dev"), entry("b", "dev")]) == [
        "the APIs `a` and `b` both have a stage `dev`, so `/dev/…` means both"
      ])
    #expect(mistakes([entry("a", "dev"), entry("b", "dev", disabled: true)]) == [])
    #expect(mistakes([entry("a", "dev"), entry("a", "dev")]) == ["the API `a` has two stages `dev`"])
  }

  @Test("A mapping to nowhere, or a second one at the same place, must be an error")
  func mappings() {
    let domain = DomainName(
      name: "x.io",
      mappings: [mapping("", "z", nil), mapping("a", "a", "prod"), mapping("b", "a", "dev"), mapping("b", "a", nil)],
      location: here)
    #expect(
      mistakes([entry("a", "dev")], [domain, DomainName(name: "X.io", mappings: [], location: here)]) == [
        "there is no API `z` with a stage", "the API `a` has no stage `prod`",
        "the base path `/b` of `x.io` is mapped twice", "the domain `X.io` is described twice",
      ])
  }
}
