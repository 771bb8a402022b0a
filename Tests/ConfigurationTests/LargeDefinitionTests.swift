import APIModel
import Testing

@testable import Configuration

/// Large definitions in the style that teams export from API Gateway load without edits. What they answer is in the
/// scenarios g00090 to g00092.
@Suite struct LargeDefinitionTests {
  private static let variables = """
    { inventory: i.example, photos: p.example, ledger: l.example, files: f.example, stock: s.example }
    """

  private func snapshot(_ file: String) throws -> Snapshot {
    try Loading.snapshot([
      "gateway.yaml": Loading.gateway(file, variables: Self.variables),
      file: try TestFiles.text("Definitions/\(file)"),
    ])
  }

  @Test(
    "it must load without an edit, with every resource and method",
    arguments: [
      ("bookings-swagger2.json", 20, 43), ("ledger-openapi30.yaml", 29, 37), ("warehouse-openapi30.json", 202, 332),
    ])
  func loads(file: String, resources: Int, methods: Int) throws {
    let api = try #require(try snapshot(file).apis.first)
    #expect(api.resources.count == resources)
    #expect(api.resources.map(\.methods.count).reduce(0, +) == methods)
  }

  @Test(
    "nothing must be said about it but what is not yet enforced or built, and no false alarm about its templates",
    arguments: ["bookings-swagger2.json", "ledger-openapi30.yaml", "warehouse-openapi30.json"])
  func warnings(file: String) throws {
    for warning in try snapshot(file).warnings {
      #expect(warning.message.contains("not yet enforced") || warning.message.contains("not built yet"), "\(warning)")
    }
  }

  @Test("models, validators, authorizers and gateway responses must be in the model")
  func parts() throws {
    let bookings = try #require(try snapshot("bookings-swagger2.json").apis.first)
    #expect(bookings.models.count == 17)
    #expect(bookings.authorizers.keys.sorted() == ["guests", "staff"])
    #expect(bookings.requestValidators.count == 2)
    let ledger = try #require(try snapshot("ledger-openapi30.yaml").apis.first)
    #expect(ledger.gatewayResponses.count == 9)
    #expect(ledger.models["Transfer"]?.schema.contains(#""additionalProperties":false"#) == true)
    let warehouse = try #require(try snapshot("warehouse-openapi30.json").apis.first)
    #expect(warehouse.resources.map { $0.path.split(separator: "/").count }.max() == 26)
  }

  @Test("a chain of two hundred resources must load")
  func chain() throws {
    let path = (1...200).map { $0 % 2 == 0 ? "/{v\($0)}" : "/a" }.joined()
    let api = try Loading.api("openapi: 3.0.1\npaths: { \"\(path)\": { get: {} } }\n")
    #expect(api.resources.count == 201)
    #expect(api.resources.last?.path == path)
  }
}
