import APIModel
import Testing

@testable import Configuration

@Suite("11.5 CORS: the OPTIONS methods that gateway.yaml has made")
struct PreflightMethodsTests {
  private let definition = """
    openapi: 3.0.1
    info: { title: t, version: "1" }
    paths:
      /a:
        get: &mock
          parameters: [ { name: X-Own, in: header, schema: { type: string } } ]
          responses: { "200": { description: d } }
          x-amazon-apigateway-integration:
            { type: mock, requestTemplates: { application/json: '{"statusCode":200}' }, responses: { default: { statusCode: "200" } } }
        put: *mock
      /any/{b}:
        x-amazon-apigateway-any-method: *mock
      /own:
        options: *mock
        post: *mock
    """

  private func api(_ cors: String) throws -> RestAPI { try Loading.api(definition, more: ", cors: \(cors)") }

  private func headers(_ api: RestAPI, _ path: String) throws -> [String: String] {
    let resource = try #require(api.resources.first { $0.path == path })
    let method = try #require(resource.methods["OPTIONS"])
    let parameters = try #require(method.integration?.responses.first).responseParameters
    return Dictionary(
      uniqueKeysWithValues: parameters.map { (String($0.dropFirst("method.response.header.".count)), $1) })
  }

  @Test(
    "Every resource with methods and without OPTIONS must get one; resources on the way and the definition's own none")
  func generated() throws {
    let api = try api("true")
    #expect(api.cors?.allowOrigins == ["*"])
    let generated = api.resources.filter { $0.methods["OPTIONS"]?.isGenerated == true }.map(\.path)
    #expect(generated == ["/a", "/any/{b}"])
    #expect(api.resources.first { $0.path == "/own" }?.methods["OPTIONS"]?.isGenerated == false)
  }

  @Test("It must be the MOCK that API Gateway's console makes, for the resource's methods")
  func mock() throws {
    let api = try api("true")
    let method = try #require(api.resources.first { $0.path == "/a" }?.methods["OPTIONS"])
    #expect(method.integration?.kind == .mock)
    #expect(method.integration?.requestTemplates["application/json"]?.text == #"{"statusCode": 200}"#)
    #expect(method.authorizationType == .none && !method.apiKeyRequired)
    #expect(
      try headers(api, "/a") == [
        "Access-Control-Allow-Methods": "'GET,OPTIONS,PUT'",
        "Access-Control-Allow-Headers":
          "'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token,X-Own'",
      ])
    #expect(
      try headers(api, "/any/{b}")["Access-Control-Allow-Methods"] == "'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'")
  }

  @Test("What the object form names must stand in place of what is found")
  func named() throws {
    let api = try api(
      "{ allowOrigins: [ \"https://a.test\" ], allowMethods: [ get ], allowHeaders: [ X-A, X-B ], maxAge: 600, "
        + "allowCredentials: true, exposeHeaders: [ X-C ] }")
    #expect(
      try headers(api, "/a") == [
        "Access-Control-Allow-Methods": "'GET'", "Access-Control-Allow-Headers": "'X-A,X-B'",
        "Access-Control-Max-Age": "'600'",
      ])
    #expect(api.cors?.allowCredentials == true)
    #expect(api.cors?.exposeHeaders == ["X-C"])
  }

  @Test("With credentials `*` must be written out, since a browser would take it for a method's name")
  func everyMethod() throws {
    let named = try api("{ allowOrigins: [ \"https://a.test\" ], allowMethods: [ \"*\" ], allowCredentials: true }")
    #expect(
      try headers(named, "/a")["Access-Control-Allow-Methods"] == "'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'")
    #expect(try headers(api("{ allowMethods: [ \"*\" ] }"), "/a")["Access-Control-Allow-Methods"] == "'*'")
  }

  @Test("`false` must change nothing")
  func off() throws {
    let api = try api("false")
    #expect(api.cors == nil)
    #expect(api.resources.allSatisfy { $0.methods.values.allSatisfy { !$0.isGenerated } })
  }
}
