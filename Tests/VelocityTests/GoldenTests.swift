import Bytes
import Foundation
import JSON
import Testing

@testable import Velocity

@Suite("Templates, each with what it renders")
struct GoldenTests {
  @Test("a template must render what its file says", arguments: GoldenFile.all)
  func golden(file: GoldenFile) throws {
    let answer = try answer(to: file)
    if file.expected.hasPrefix("!error") {
      let error = try #require(answer.member("error")?.string)
      let parts = file.expected.dropFirst("!error ".count).split(separator: " ", maxSplits: 1)
      #expect(error.contains(" \(parts[0]): "))
      if parts.count > 1 { #expect(error.contains(parts[1])) }
    } else {
      #expect(answer.member("error")?.string == nil)
      #expect(answer.member("output")?.string == file.expected)
    }
  }

  @Test("there must be golden files")
  func present() {
    #expect(GoldenFile.all.count > 180)
  }

  private func answer(to file: GoldenFile) throws -> AnswerLine {
    let input = try JSONDocument(parsing: file.input)
    let line = ByteBuffer()
    line.write("{\"template\":")
    JSONWriter.write(string: file.template, style: .standard, into: line)
    if let variables = input.root.member("variables") {
      line.write(",\"context\":")
      JSONWriter.write(variables, style: .standard, into: line)
    }
    if input.root.member("variables") == nil || input.root.count > 1 {
      line.write(",\"aws\":")
      JSONWriter.write(input.root, style: .standard, into: line)
    }
    line.write("}")
    return try AnswerLine(to: line.readable.text)
  }
}

/// What the engine answers to a line of the oracle's protocol.
struct AnswerLine {
  private let document: JSONDocument

  init(to line: String) throws {
    let out = ByteBuffer()
    var line = line
    line.withUTF8 { OracleProtocol().answer(UnsafeRawBufferPointer($0), into: out) }
    document = try JSONDocument(parsing: out.readable)
  }

  func member(_ name: String) -> JSONNode? { document.root.member(name) }
}
