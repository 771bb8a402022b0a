import Testing

@testable import Gateway

@Suite struct BackgroundTests {
  private struct Mistake: Error, Equatable { let number: Int }

  @Test("what the work gives must come back, in a hurry or not", arguments: [Background.Haste.none, .some])
  func products(haste: Background.Haste) async {
    #expect(await Background.run("test", haste) { 42 } == 42)
  }

  @Test("what the work throws must come back with its type")
  func mistakes() async {
    do throws(Mistake) {
      try await Background.run("test") { () throws(Mistake) in throw Mistake(number: 7) }
      Issue.record("nothing was thrown")
    } catch {
      #expect(error == Mistake(number: 7))
    }
  }
}
