import Foundation
import Testing

@Suite struct RoutesTests {
  @Test("the resource tree must be drawn with methods, integration types and targets in columns")
  func drawing() throws {
    let outcome = try Command(files: Sample.files)("routes", "--config", "gateway.yaml")
    #expect(outcome.code == 0)
    #expect(
      outcome.output == """
        pets  Pets 2
          http://127.0.0.1:8080/dev
          http://[::1]:8081/dev
          http://pets.example.com/v1

        /
        ├─ pets        ANY  HTTP_PROXY  ANY http://${stageVariables.backend}/
        │  │           GET  HTTP_PROXY  GET http://${stageVariables.backend}/
        │  └─ {id}
        │     └─ toys  GET  MOCK        204
        └─ status      GET  MOCK        200

        """)
  }

  @Test("what a method asks of its requests must stand behind it")
  func checks() throws {
    let api = """
      openapi: 3.0.1
      info: { title: Strict, version: "1" }
      x-amazon-apigateway-request-validators:
        all: { validateRequestParameters: true, validateRequestBody: true }
        body: { validateRequestBody: true }
      x-amazon-apigateway-request-validator: all
      paths:
        /pets:
          get: &method
            requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } }
            responses: { "200": { description: good } }
            x-amazon-apigateway-integration: { type: mock, responses: { default: { statusCode: "200" } } }
          put: { <<: *method, x-amazon-apigateway-request-validator: body }
      components: { schemas: { Pet: { type: object } } }

      """
    let files = Sample.files.merging(["api.yaml": api]) { $1 }
    let outcome = try Command(files: files)("routes", "--config", "gateway.yaml")
    #expect(outcome.output.contains("GET  MOCK  200  [validates parameters, body: Pet]"))
    #expect(outcome.output.contains("PUT  MOCK  200  [validates body: Pet]"))
    let json = try Command(files: files)("routes", "--config", "gateway.yaml", "--json").output
    #expect(json.contains(#""validates" : ["#) && json.contains(#""application/json" : "Pet""#))
  }

  @Test("--json must print every resource, method and stage")
  func json() throws {
    let outcome = try Command(files: Sample.files)("routes", "--config", "gateway.yaml", "--json")
    #expect(outcome.code == 0)
    let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: [[String: Any]]]
    #expect(document?["distributions"]?.isEmpty == true)
    let api = try #require(document?["apis"]?.first)
    #expect(api["name"] as? String == "pets")
    let resources = try #require(api["resources"] as? [[String: Any]])
    #expect(
      resources.compactMap { $0["path"] as? String } == ["/", "/pets", "/pets/{id}", "/pets/{id}/toys", "/status"])
    let stages = try #require(api["stages"] as? [[String: Any]])
    #expect(
      stages.first?["addresses"] as? [String] == [
        "http://127.0.0.1:8080/dev", "http://[::1]:8081/dev", "http://pets.example.com/v1",
      ])
  }

  private static let distributions = """
    distributions:
      - aliases: [app.example.com, "*.example.com"]
        origins:
          - { id: site, directory: site, fallbackDocument: index.html }
          - { id: api, api: pets, stage: dev, basePath: /api }
          - { id: any, api: pets }
          - { id: server, url: "http://old.example:8000", originPath: /base }
        originGroups: [{ id: both, members: [server, site] }]
        defaultCacheBehavior: { targetOriginId: site }
        cacheBehaviors:
          - { pathPattern: "/api/*", targetOriginId: api, allowedMethods: [GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE] }
          - { pathPattern: "/dev/*", targetOriginId: any, allowedMethods: [GET, HEAD, OPTIONS] }
          - { pathPattern: "/old/*", targetOriginId: both, viewerProtocolPolicy: redirect-to-https }
        customErrorResponses: [{ errorCode: 503, responsePagePath: /busy.html, responseCode: 503 }]

    """

  private func withDistributions() throws -> Command {
    try Command(
      files: Sample.files.merging(["gateway.yaml": Sample.gateway + Self.distributions, "site/index.html": ""]) { $1 })
  }

  @Test("distributions must be drawn below the APIs, with where each of their paths goes")
  func distributionsDrawn() throws {
    let outcome = try withDistributions()("routes", "--config", "gateway.yaml")
    #expect(outcome.code == 0)
    #expect(
      outcome.output.hasSuffix(
        """

        distribution  app.example.com *.example.com

        /api/*  api     API pets, stage dev, without /api  [all methods]
        /dev/*  any     API pets, stage from the path  [also OPTIONS]
        /old/*  server  http://old.example:8000/base  [then site, redirect-to-https]
        *       site    site, navigations to index.html
        error 503 → 503 /busy.html

        """))
    #expect(try withDistributions()("check", "--config", "gateway.yaml").output.contains(", 1 distribution"))
  }

  @Test("--json must print distributions, too")
  func distributionsInJSON() throws {
    let outcome = try withDistributions()("routes", "--config", "gateway.yaml", "--json")
    let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: [[String: Any]]]
    let distribution = try #require(document?["distributions"]?.first)
    #expect(distribution["aliases"] as? [String] == ["app.example.com", "*.example.com"])
    let behaviors = try #require(distribution["behaviors"] as? [[String: Any]])
    #expect(behaviors.compactMap { $0["pathPattern"] as? String } == ["/api/*", "/dev/*", "/old/*", "*"])
    #expect(behaviors[2]["failover"] as? String == "site")
  }

  @Test("a stage's canary and method settings must be shown")
  func stageSettings() throws {
    let gateway = """
      listeners: [{ address: "127.0.0.1:8080" }]
      apis:
        - name: pets
          definition: api.yaml
          stages:
            - name: dev
              description: for trying
              variables: { backend: pets.example }
              canarySettings: { percentTraffic: 12.5 }
              cacheClusterEnabled: true
              methodSettings: { "*/*": {}, status/GET: { cachingEnabled: true, cacheTtlInSeconds: 60 } }

      """
    let command = try Command(files: Sample.files.merging(["gateway.yaml": gateway]) { $1 })
    let drawing = try command("routes", "--config", "gateway.yaml")
    #expect(drawing.output.contains("  http://127.0.0.1:8080/dev  [canary 12.5 %]\n"))
    #expect(drawing.output.contains("[cached in dev for 60 s]"))
    let outcome = try command("routes", "--config", "gateway.yaml", "--json")
    let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: [[String: Any]]]
    let stage = try #require((document?["apis"]?.first?["stages"] as? [[String: Any]])?.first)
    #expect(stage["description"] as? String == "for trying")
    #expect((stage["canary"] as? [String: Any])?["percentTraffic"] as? Double == 12.5)
    let settings = try #require(stage["methodSettings"] as? [[String: Any]])
    #expect(settings.map { $0["path"] as? String } == ["/pets", "/pets", "/pets/{id}/toys", "/status"])
    #expect(settings.map { $0["cacheTtlInSeconds"] as? Int } == [300, 300, 300, 60])
  }

  @Test("--api must pick one API, and must say which there are")
  func oneAPI() throws {
    let command = try Command(files: Sample.files)
    #expect(try command("routes", "--config", "gateway.yaml", "--api", "pets").code == 0)
    let outcome = try command("routes", "--config", "gateway.yaml", "--api", "cats")
    #expect(outcome.code == 66)
    #expect(outcome.error.contains("sluice: no API is named `cats`; there is `pets`"))
  }

  @Test("a configuration that is wrong must end the command with 78, its mistakes on standard error")
  func wrong() throws {
    let files = Sample.files.merging(["gateway.yaml": "listenrs: []\n"]) { $1 }
    let outcome = try Command(files: files)("routes", "--config", "gateway.yaml")
    #expect(outcome.code == 78)
    #expect(outcome.output == "")
    #expect(
      outcome.error.hasPrefix(
        "gateway.yaml:1:1: error: gateway.yaml has no key `listenrs`; did you mean `listeners`?\n"))
    #expect(try Command()("routes").code == 66)
  }
}
