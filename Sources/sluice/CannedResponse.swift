import ArgumentParser
import Bytes
import Foundation
import HTTPSemantics
import JSON

/// An integration's response out of a file, in the form in which it goes over the wire.
///
/// The file is a response as `curl -i` prints one, or one JSON object with `status`, `headers` and `body`. Whatever it says
/// of its body's length and coding is replaced by what is true of the body in it.
struct CannedResponse {
  let bytes: [UInt8]

  init(_ file: [UInt8], file name: String) throws {
    let first = file.first { $0 != 32 && $0 != 9 && $0 != 10 && $0 != 13 }
    bytes = first == UInt8(ascii: "{") ? try Self.json(file, name) : try Self.raw(file, name)
  }

  private static func response(_ status: Int, _ fields: [(String, String)], _ body: [UInt8]) -> [UInt8] {
    var head = "HTTP/1.1 \(status) \(StatusCode.reason(status))\r\n"
    for (name, value) in fields
    where !["content-length", "transfer-encoding", "connection"].contains(name.lowercased()) {
      head += "\(name): \(value)\r\n"
    }
    if !StatusCode.forbidsBody(status) { head += "Content-Length: \(body.count)\r\n" }
    return Array((head + "\r\n").utf8) + (StatusCode.forbidsBody(status) ? [] : body)
  }

  // MARK: As it goes over the wire

  private static func raw(_ file: [UInt8], _ name: String) throws -> [UInt8] {
    var rest = file[...]
    func line() -> (text: String, end: Int) {
      let end = rest.firstIndex(of: 10) ?? rest.endIndex
      var text = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
      if text.hasSuffix("\r") { text.removeLast() }
      return (text, end)
    }
    var number = 1
    let start = line()
    let words = start.text.split(separator: " ")
    guard words.count >= 2, words[0].hasPrefix("HTTP/"), let status = Int(words[1]), (200...599).contains(status) else {
      throw refusal(name, number, "`\(start.text.prefix(60))` is no status line; write `HTTP/1.1 200 OK`, or JSON")
    }
    rest = rest[min(start.end + 1, rest.endIndex)...]
    var fields: [(String, String)] = []
    while !rest.isEmpty {
      number += 1
      let next = line()
      rest = rest[min(next.end + 1, rest.endIndex)...]
      if next.text.isEmpty { break }
      guard let colon = next.text.firstIndex(of: ":"), colon > next.text.startIndex,
        next.text[..<colon].utf8.allSatisfy(ByteSet.token.contains), next.text.utf8.allSatisfy({ $0 >= 32 || $0 == 9 })
      else { throw refusal(name, number, "`\(next.text.prefix(60))` is no header field; write `Name: value`") }
      fields.append(
        (
          String(next.text[..<colon]),
          next.text[next.text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        ))
    }
    return response(status, fields, Array(rest))
  }

  // MARK: JSON

  private static func json(_ file: [UInt8], _ name: String) throws -> [UInt8] {
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(parsing: file)
    } catch {
      Terminal.error.print("\(name):\(error.line):\(error.column): error: \(error.reason.rawValue)")
      throw ExitCode.badData
    }
    return try withExtendedLifetime(document) {
      let root = document.root
      for (key, _) in root.members where !["status", "headers", "body"].contains(key.string) {
        throw refusal(name, 1, "`\(key.string)` is not known here; there are `status`, `headers` and `body`")
      }
      var status = 200
      if let node = root.member("status") {
        guard let number = node.int64, (200...599).contains(number) else {
          throw refusal(name, 1, "`status` must be a number from 200 to 599")
        }
        status = Int(number)
      }
      var fields: [(String, String)] = []
      if let headers = root.member("headers") {
        guard headers.kind == .object else { throw refusal(name, 1, "`headers` must be an object") }
        for (key, value) in headers.members {
          let values = value.kind == .array ? Array(value.elements) : [value]
          for value in values {
            let field = (key.string, value.string)
            guard field.0.utf8.allSatisfy(ByteSet.token.contains), !field.0.isEmpty,
              field.1.utf8.allSatisfy({ $0 >= 32 || $0 == 9 }), value.kind != .object, value.kind != .array
            else { throw refusal(name, 1, "`headers.\(key.string)` is no header field") }
            fields.append(field)
          }
        }
      }
      return response(status, fields, body(root.member("body")))
    }
  }

  private static func body(_ node: JSONNode?) -> [UInt8] {
    guard let node else { return [] }
    let out = ByteBuffer()
    if node.kind == .string {
      node.writeContents(into: out)
    } else {
      JSONWriter.write(node, style: .standard, into: out)
    }
    return Array(out.readable)
  }

  private static func refusal(_ file: String, _ line: Int, _ message: String) -> any Error {
    Terminal.error.print("\(file):\(line):1: error: \(message)")
    return ExitCode.badData
  }
}
