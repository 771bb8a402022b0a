import HTTPSemantics
import Testing

@testable import Routing

@Suite struct RouteCandidatesTests {
  private let tree = RouteTree(resources: [
    ("/", []), ("/pets", [("GET", 0)]), ("/pets/{id}", [("GET", 1), ("PUT", 2)]), ("/pets/new", [("POST", 3)]),
    ("/{proxy+}", [("ANY", 4)]), ("/pets/{id}/{rest+}", [("GET", 5)]),
  ])

  private func candidates(_ method: String, _ path: String) -> [RouteCandidate] {
    Array(path.utf8).withUnsafeBytes { tree.candidates(method: HTTPMethod(method), path: $0) }
  }

  @Test("Every resource that fits must be there, in the order in which they are tried")
  func order() {
    #expect(
      candidates("GET", "/pets/new") == [
        RouteCandidate(resource: 3, hasMethod: false), RouteCandidate(resource: 2, hasMethod: true),
        RouteCandidate(resource: 4, hasMethod: true),
      ])
    #expect(
      candidates("PUT", "/pets/1/a/b") == [
        RouteCandidate(resource: 5, hasMethod: false), RouteCandidate(resource: 4, hasMethod: true),
      ])
    #expect(candidates("GET", "/") == [RouteCandidate(resource: 0, hasMethod: false)])
  }

  @Test(
    "What matches must always be among them",
    arguments: ["/", "", "/pets", "/pets/", "//pets/1", "/pets/1//", "/a//b/"])
  func agrees(_ path: String) {
    for method in ["GET", "PUT", "POST", "TRACE"] {
      var captures = Captures()
      let verdict = Array(path.utf8).withUnsafeBytes {
        tree.match(method: HTTPMethod(method), path: $0, into: &captures)
      }
      let found = candidates(method, path)
      switch verdict {
      case .matched(_, let resource):
        #expect(found.contains(RouteCandidate(resource: resource, hasMethod: true)))
      case .noMethod(let resource):
        #expect(found.contains(RouteCandidate(resource: resource, hasMethod: false)))
      case .noResource: #expect(found.isEmpty)
      }
    }
  }
}
