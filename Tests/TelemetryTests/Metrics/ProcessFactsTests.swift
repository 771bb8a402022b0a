import Foundation
import Telemetry
import Testing

@Suite struct ProcessFactsTests {
  @Test("a process must know its memory, its files and when it began")
  func facts() throws {
    let facts = ProcessFacts()
    #expect(facts.residentBytes > 1 << 20 && facts.virtualBytes > facts.residentBytes)
    #expect(facts.openFiles >= 3 && facts.openFiles <= facts.mostOpenFiles)
    let age = Date().timeIntervalSince1970 - Double(facts.started) / 1e9
    #expect(age > -2 && age < 86_400)
  }

  @Test("a file that is opened must be counted, and processor time must not go back")
  func grows() throws {
    let before = ProcessFacts()
    let handles = try (0..<50).map { _ in try #require(FileHandle(forReadingAtPath: "/dev/null")) }
    let after = ProcessFacts()
    #expect(after.openFiles >= before.openFiles + 40)
    #expect(after.cpuTime >= before.cpuTime)
    for handle in handles { try handle.close() }
  }
}
