import Testing

/// The architecture tests must find what they look for, and nothing else.
struct CodeTextTests {
  private func lines(_ text: String, _ pattern: String) throws -> [Int] {
    try CodeText(text).lineNumbers(containing: pattern)
  }

  @Test("comments and texts must not count as code")
  func blanked() throws {
    let text = ##"""
      // try! one
      /* try! two /* nested */ try! */ let a = "try! \(b("try!")) try!"
      let c = #"a " try! \#(d) "#
      let e = """
        try!
        """
      let f = try! g()
      """##
    #expect(try lines(text, "try!") == [7])
  }

  @Test("code inside an interpolation must count")
  func interpolation() throws {
    #expect(try lines(#"let a = "b \(try! c()) d""#, "try!") == [1])
    #expect(try lines("let a = \"\"\"\n  \\(x\n  as! Y)\n  \"\"\"", "as!") == [3])
  }

  @Test("every line must be named once")
  func numbers() throws {
    #expect(try lines("a\nb b\n\nb", "b") == [2, 4])
    #expect(try lines("a", "b") == [])
  }

  @Test("imports must be found in every form")
  func imports() {
    let text = """
      import One
      @testable import Two
      public import struct Three.Thing
      // import Four
      let important = "import Five"
      """
    #expect(CodeText(text).imports == ["One", "Two", "Three"])
  }

  @Test("the manifest's targets must be read in their order, with their dependencies and settings")
  func manifest() {
    let targets = Manifest(
      """
      dependencies: [.package(url: "x")],
      targets: [
        .target(name: "A"),  // (a comment
        .target(name: "B", dependencies: ["A", .product(name: "P", package: "p")], swiftSettings: hot),
        .target(name: "Shared", path: "Tests/Shared"),
        .testTarget(name: "BTests", dependencies: ["B", "Shared"]),
      ]
      """
    ).targets
    #expect(targets.map(\.name) == ["A", "B", "Shared", "BTests"])
    #expect(targets.map(\.dependencies) == [[], ["A"], [], ["B", "Shared"]])
    #expect(targets.map(\.isHot) == [false, true, false, false])
    #expect(targets.map(\.isTest) == [false, false, true, true])
  }
}
