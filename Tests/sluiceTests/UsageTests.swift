import Testing

@Suite struct UsageTests {
  @Test(
    "wrong usage must end with 64",
    arguments: [
      ["chek"], ["check", "--bogus"], ["run", "--workers", "0"], ["run", "--log-level", "loud"], ["render"],
    ])
  func usage(arguments: [String]) throws {
    let command = try Command()
    let outcome =
      try arguments.count == 1 ? command(arguments[0]) : command(arguments[0], arguments[1], arguments.last ?? "")
    #expect(outcome.code == 64)
    #expect(outcome.output == "")
    #expect(outcome.error.contains("Usage: sluice"))
  }

  @Test(
    "an environment variable with a wrong value must end with 64 and be named",
    arguments: ["SLUICE_WORKERS", "SLUICE_LOG_LEVEL"])
  func environment(name: String) throws {
    let outcome = try Command(files: Sample.files)("run", "--config", "gateway.yaml", environment: [name: "many"])
    #expect(outcome.code == 64)
    #expect(outcome.error.contains(name))
  }

  @Test("run must end with 78 for a wrong configuration and with 66 for a missing one, before it listens")
  func configuration() throws {
    #expect(try Command(files: ["gateway.yaml": "a: b\n"])("run", "--config", "gateway.yaml").code == 78)
    #expect(try Command()("run").code == 66)
  }

  @Test("help must name every command, the environment and the exit codes")
  func help() throws {
    let outcome = try Command()("--help")
    #expect(outcome.code == 0)
    for word in [
      "run", "demo", "check", "routes", "render", "SLUICE_CONFIG", "SLUICE_WORKERS", "SLUICE_LOG_LEVEL", "78",
    ] {
      #expect(outcome.output.contains(word))
    }
    #expect(try Command()("help", "run").output.contains("uriSize: 10KiB (256 to 1MiB)"))
  }

  @Test("completions must be made for the usual shells", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let outcome = try Command()("--generate-completion-script", shell)
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("render"))
  }

  @Test("--version must print the version")
  func version() throws {
    let outcome = try Command()("--version")
    #expect(outcome.code == 0)
    #expect(outcome.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }
}
