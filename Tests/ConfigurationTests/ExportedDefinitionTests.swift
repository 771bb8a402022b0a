import APIModel
import Testing

@testable import Configuration

/// Definitions in the style that teams export from API Gateway load without edits, and mean what they say.
@Suite struct ExportedDefinitionTests {
  private func api(_ file: String, more: String = "") throws -> RestAPI {
    try Loading.api(
      try TestFiles.text("Definitions/\(file)"), file: file, more: more,
      variables: "{ backend: backend.example, host: host.example }")
  }

  private func method(_ api: RestAPI, _ path: String, _ name: String) throws -> Method {
    let resource = try #require(api.resources.first { $0.path == path })
    return try #require(resource.methods[name])
  }

  @Test("a Swagger 2.0 export with templates, models and an authorizer must be read whole")
  func library() throws {
    let api = try api("library-swagger2.json")
    #expect(api.name == "Library")
    #expect(api.version == "2024-03-18T09:41:27Z")
    #expect(api.resources.map(\.path) == ["/", "/books", "/books/{isbn}"])
    #expect(api.models.keys.sorted() == ["Book", "Books", "Empty", "Error"])
    #expect(
      api.models["Books"]?.schema
        == #"{"type":"array","items":{"$ref":"https://apigateway.amazonaws.com/restapis/a/models/Book"}}"#)
    #expect(api.models["Book"]?.schema.contains(#""maximum":1e3,"multipleOf":0.10"#) == true)
    #expect(api.authorizers["readers"]?.kind == .token)
    #expect(api.authorizers["readers"]?.identitySource == "method.request.header.Authorization")
    #expect(api.authorizers["readers"]?.resultTTL == 60)

    let list = try method(api, "/books", "GET")
    #expect(list.apiKeyRequired)
    #expect(list.requestValidator == "Validate query string parameters and headers")
    #expect(
      list.requestParameters == [
        "method.request.querystring.shelf": false, "method.request.querystring.page": true,
        "method.request.header.X-Reader": false,
      ])
    #expect(list.methodResponses[200]?.responseModels == ["application/json": "Books"])
    #expect(
      list.methodResponses[200]?.responseParameters == ["method.response.header.Access-Control-Allow-Origin": false])
    let integration = try #require(list.integration)
    #expect(integration.kind == .http)
    #expect(integration.passthroughBehavior == .whenNoTemplates)
    #expect(integration.timeoutInMillis == 5000)
    #expect(integration.cacheNamespace == "zo1d6c")
    #expect(integration.cacheKeyParameters == ["method.request.querystring.shelf"])
    #expect(integration.requestParameters["integration.request.header.X-Gateway"] == "'library'")
    #expect(integration.responses.map(\.selectionPattern) == [nil, "4\\d{2}"])
    #expect(integration.responses.map(\.statusCode) == [200, 404])

    let add = try method(api, "/books", "POST")
    #expect(add.authorizationType == .custom)
    #expect(add.authorizer == "readers")
    #expect(add.apiKeyRequired)
    #expect(add.requestModels == ["application/json": "Book"])
    #expect(add.integration?.contentHandling == .convertToText)
    #expect(add.integration?.passthroughBehavior == .never)

    let book = try method(api, "/books/{isbn}", "ANY")
    #expect(book.authorizationType == .iam)
    #expect(book.integration?.connectionType == "VPC_LINK")
    #expect(book.integration?.connectionID == "${stageVariables.vpcLink}")
  }

  @Test("an OpenAPI 3.0 export with gateway responses and validators must be read whole")
  func orders() throws {
    let api = try api("orders-openapi30.yaml")
    #expect(api.resources.map(\.path) == ["/", "/orders", "/orders/{orderId}", "/receipts", "/receipts/{file+}"])
    #expect(api.apiKeySource == .authorizer)
    #expect(api.binaryMediaTypes == ["image/*", "application/octet-stream"])
    #expect(api.minimumCompressionSize == 1024)
    #expect(api.policy?.hasPrefix(#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*""#) == true)
    #expect(api.disableExecuteAPIEndpoint == false)
    #expect(
      api.gatewayResponses.keys.map(\.rawValue).sorted() == [
        "DEFAULT_5XX", "MISSING_AUTHENTICATION_TOKEN", "UNAUTHORIZED",
      ])
    #expect(api.gatewayResponses[.missingAuthenticationToken]?.statusCode == 404)
    #expect(api.gatewayResponses[.unauthorized]?.statusCode == 401)
    #expect(
      api.gatewayResponses[.default5XX]?.responseParameters == [
        "gatewayresponse.header.Access-Control-Allow-Origin": "'*'"
      ])
    #expect(api.authorizers["customers"]?.kind == .cognito)
    #expect(api.authorizers["partners"]?.kind == .request)
    #expect(api.authorizers["partners"]?.identitySource == "method.request.header.X-Partner, stageVariables.alias")

    let list = try method(api, "/orders", "GET")
    #expect(list.operationName == "listOrders")
    #expect(list.authorizationType == .cognito)
    #expect(list.authorizationScopes == ["orders/read"])
    #expect(list.requestValidator == "params-only")
    #expect(list.requestParameters == ["method.request.querystring.limit": false])
    #expect(list.methodResponses.keys.sorted() == [200])

    let place = try method(api, "/orders", "POST")
    #expect(place.requestValidator == "all")
    #expect(place.methodResponses.keys.sorted() == [201, 400])
    #expect(place.requestModels == ["application/json": "Order", "application/xml": "placeOrderRequest"])
    #expect(
      place.integration?.requestTemplates["application/json"]?.location.description == "orders-openapi30.yaml:92:13")
    #expect(place.integration?.responses.map(\.selectionPattern) == ["2\\d{2}", "4\\d{2}", nil])

    let one = try method(api, "/orders/{orderId}", "GET")
    #expect(one.requestParameters == ["method.request.path.orderId": true])
    #expect(one.methodResponses[200]?.responseModels == ["application/json": "Order"])
    #expect(try method(api, "/orders/{orderId}", "DELETE").authorizationType == .none)
    #expect(try method(api, "/receipts/{file+}", "ANY").integration?.kind == .aws)
  }

  @Test("a Swagger 2.0 export with service integrations must be read whole")
  func queue() throws {
    let api = try api("queue-swagger2.yaml")
    #expect(api.resources.map(\.path) == ["/", "/jobs", "/jobs/{id}", "/jobs/{id}/events"])
    let post = try method(api, "/jobs", "POST")
    #expect(post.requestModels == ["application/json": "PostjobsRequest"])
    #expect(
      api.models["PostjobsRequest"]?.schema
        == #"{"type":"object","required":["kind"],"properties":{"kind":{"type":"string","enum":["mail","print"]},"#
        + #""not-before":{"type":"string"}}}"#)
    #expect(post.integration?.credentials == "arn:aws:iam::123456789012:role/queue")
    let template = try #require(post.integration?.responses.first?.responseTemplates["application/json"])
    #expect(template.text.hasSuffix("\n{\"id\": \"$id\"}"))
    // The second line of the template begins behind an escape in the middle of the document's line.
    #expect(template.location(line: 2, column: 1).description == "queue-swagger2.yaml:46:112")
  }

  @Test(
    "the document's own base path must be ignored, prepended or split",
    arguments: [
      ("orders-openapi30.yaml", "ignore", "/orders"), ("orders-openapi30.yaml", "prepend", "/shop/v1/orders"),
      ("orders-openapi30.yaml", "split", "/v1/orders"), ("queue-swagger2.yaml", "prepend", "/live/jobs"),
      ("queue-swagger2.yaml", "split", "/jobs"), ("library-swagger2.json", "PREPEND", "/prod/books"),
    ])
  func basePath(file: String, mode: String, path: String) throws {
    let api = try api(file, more: ", basePath: \(mode)")
    #expect(api.resources.contains { $0.path == path && !$0.methods.isEmpty })
    #expect(api.resources.first?.path == "/")
  }

  @Test("a definition of hundreds of resources must load, and every resource must be there")
  func large() throws {
    var text = "openapi: 3.1.0\ninfo: { title: large, version: \"1\" }\npaths:\n"
    for branch in 0..<40 {
      for leaf in 0..<20 {
        text += """
            /b\(branch)/{id}/c/d\(leaf)/e/{rest+}:
              x-amazon-apigateway-any-method:
                responses: { "200": { description: x } }
                x-amazon-apigateway-integration:
                  type: http_proxy
                  httpMethod: ANY
                  uri: http://127.0.0.1/{rest}
                  requestParameters: { integration.request.path.rest: method.request.path.rest }

          """
      }
    }
    let api = try Loading.api(text)
    #expect(api.resources.count == 1 + 40 * (3 + 20 * 3))
    #expect(Set(api.resources.map(\.id)).count == api.resources.count)
  }
}
