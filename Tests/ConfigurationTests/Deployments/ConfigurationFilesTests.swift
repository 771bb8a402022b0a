import Testing

@testable import Configuration

@Suite struct ConfigurationPlaceTests {
  @Test(
    "a path must be seen from the configuration's folder, whatever it was started from",
    arguments: [
      ("Routes/gateway.yaml", "/srv/shop", "Routes/gateway.yaml", "gateway.yaml"),
      ("Routes/gateway.yaml", "/srv/shop", "Routes/apis/a.yaml", "apis/a.yaml"),
      ("Routes/gateway.yaml", "/srv/shop", "Templates/a.vtl", "../Templates/a.vtl"),
      ("Routes/gateway.yaml", "/srv/shop", "../common/a.yaml", "../../common/a.yaml"),
      ("gateway.yaml", "/srv/shop/Routes", "../Templates/a.vtl", "../Templates/a.vtl"),
      ("/srv/shop/Routes/gateway.yaml", "/", "/srv/shop/Templates/a.vtl", "../Templates/a.vtl"),
      ("Routes/gateway.yaml", "/srv/shop", "/opt/a.yaml", "../../../opt/a.yaml"),
    ])
  func relative(path: String, directory: String, file: String, seen: String) {
    let place = ConfigurationPlace(path, in: directory)
    #expect(place.relative(file) == seen)
    #expect(place.name == "gateway.yaml")
  }

  @Test(
    "a path seen from the folder must lead back to the file",
    arguments: ["gateway.yaml", "apis/a.yaml", "../Templates/a.vtl", "../../common/a.yaml"])
  func typed(seen: String) {
    for (path, directory) in [("Routes/gateway.yaml", "/srv/shop"), ("gateway.yaml", "/srv/shop/Routes")] {
      let place = ConfigurationPlace(path, in: directory)
      #expect(place.relative(place.typed(seen)) == seen)
    }
  }

  @Test("the absolute path must be the same from everywhere")
  func absolute() {
    let expected = "/srv/shop/Routes/gateway.yaml"
    #expect(ConfigurationPlace("Routes/gateway.yaml", in: "/srv/shop").absolutePath == expected)
    #expect(ConfigurationPlace("./Routes/../Routes/gateway.yaml", in: "/srv/shop").absolutePath == expected)
    #expect(ConfigurationPlace(expected, in: "/elsewhere").absolutePath == expected)
    #expect(ConfigurationPlace("Routes/gateway.yaml", in: "/srv/shop").folder == "/srv/shop/Routes")
  }
}

@Suite struct ConfigurationFilesTests {
  @Test("every file that a configuration is read from must be recorded, and be enough to read it again")
  func recording() throws {
    let files = [
      "Routes/gateway.yaml": """
      listeners: [{ address: "127.0.0.1:8080" }]
      apis: [{ name: a, definition: api.yaml, stages: [{ name: dev }] }]
      """,
      "Routes/api.yaml": """
      openapi: 3.0.1
      info: { title: t, version: "1" }
      paths:
        /a:
          get:
            responses: { "200": { description: fine } }
            x-amazon-apigateway-integration:
              type: mock
              requestTemplates: { application/json: { $ref: ../Templates/a.vtl } }
              responses: { default: { statusCode: "200" } }
      """, "Templates/a.vtl": "{\"statusCode\": 200}", "Templates/unused.vtl": "#if(",
    ]
    let place = ConfigurationPlace("Routes/gateway.yaml", in: "/srv/shop")
    let (_, recorded) = try ConfigurationLoader.load(
      place, environment: [:], recording: FileSource(files), deploymentID: "1", deployments: .none)
    #expect(recorded.paths == ["../Templates/a.vtl", "api.yaml", "gateway.yaml"])
    let elsewhere = ConfigurationPlace("gateway.yaml", in: "/opt/copy/Routes")
    let (snapshot, again) = try ConfigurationLoader.load(
      elsewhere, environment: [:], recording: recorded.source(at: elsewhere), deploymentID: "7", deployments: .none)
    #expect(again == recorded)
    #expect(snapshot.deployments.first?.plan.deploymentID == "7")
  }
}
