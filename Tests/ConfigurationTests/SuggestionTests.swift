import Testing

@testable import Configuration

@Suite struct SuggestionTests {
  @Test(
    "the distance must count insertions, removals, replacements and swaps",
    arguments: [
      ("", "", 0), ("a", "", 1), ("", "ab", 2), ("get", "gett", 1), ("respones", "responses", 1), ("abc", "acb", 1),
      ("kitten", "sitting", 3),
    ])
  func distance(a: String, b: String, expected: Int) {
    #expect(Suggestion.distance(Array(a.utf8), Array(b.utf8)) == expected)
  }

  @Test("the nearest word must be offered, and none that is far")
  func near() {
    let words = ["listeners", "apis", "domains", "workers"]
    #expect(Suggestion.near("Listener", among: words) == "did you mean `listeners`?")
    #expect(Suggestion.near("api", among: words) == "did you mean `apis`?")
    #expect(Suggestion.near("cache", among: words) == nil)
    #expect(Suggestion.near(String(repeating: "x", count: 1_000_000), among: words) == nil)
  }
}
