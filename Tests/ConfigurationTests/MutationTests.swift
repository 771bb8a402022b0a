import APIModel
import Testing

@testable import Configuration

/// Definitions with something taken out, put in, turned round or replaced: whatever it is, the reader gives a snapshot or
/// errors with places; it never traps and never hangs.
@Suite struct MutationTests {
  /// A generator whose numbers are the same on every machine (SplitMix64).
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let definitions = ["library-swagger2.json", "orders-openapi30.yaml", "queue-swagger2.yaml"]

  private func outcome(_ file: String, _ text: String) -> Bool {
    do {
      _ = try ConfigurationLoader.load(
        path: "gateway.yaml",
        files: FileSource([
          "gateway.yaml": Loading.gateway(
            file,
            variables:
              "{ backend: b.example, host: h.example, ledger: l.example, inventory: i.example, stock: s.example }"),
          file: text,
        ]))
      return true
    } catch {
      let errors = error.diagnostics.filter { $0.severity == .error }
      #expect(!errors.isEmpty)
      for diagnostic in error.diagnostics {
        #expect(diagnostic.location.line >= 1 && diagnostic.location.column >= 1)
        #expect(!diagnostic.message.isEmpty)
      }
      return false
    }
  }

  @Test("a mutated line must give errors with places or a good configuration", arguments: definitions)
  func lines(file: String) throws {
    let lines = try TestFiles.text("Definitions/\(file)").split(separator: "\n").map(String.init)
    var generator = Generator(state: 1)
    var refused = 0
    for _ in 0..<40 {
      var changed = lines
      let index = Int.random(in: 0..<lines.count, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: changed.remove(at: index)
      case 1: changed.insert(lines[Int.random(in: 0..<lines.count, using: &generator)], at: index)
      case 2: changed.swapAt(index, Int.random(in: 0..<lines.count, using: &generator))
      case 3: changed[index] = "  " + changed[index]
      case 4: changed[index] = String(changed[index].dropLast())
      default: changed.removeSubrange(index...)
      }
      if !outcome(file, changed.joined(separator: "\n")) { refused += 1 }
    }
    #expect(refused > 0)
  }

  @Test("a mutated byte must give errors with places or a good configuration", arguments: definitions)
  func bytes(file: String) throws {
    let bytes = Array(try TestFiles.text("Definitions/\(file)").utf8)
    var generator = Generator(state: 2)
    for _ in 0..<40 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        changed[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...127, using: &generator)
      }
      _ = outcome(file, String(decoding: changed, as: UTF8.self))
    }
  }

  /// A value of another kind, a reference to nowhere, to itself or to what holds it.
  private static let replacements = [
    "null", "true", "-1", "1e999", "\"\"", "\"x\"", "[]", "{}", "[[]]", "{\"a\":{\"a\":[]}}", "{\"$ref\":\"#\"}",
    "{\"$ref\":\"#/paths\"}", "{\"$ref\":\"#/x-self\"}", "{\"$ref\":7}", "{\"$ref\":\"lost.json\"}",
    "{\"$ref\":\"#/definitions/Book\"}", "\"\\u0000\"", "\"${stageVariables.}\"", "99999999999999999999",
  ]

  @Test("a value replaced by another must give errors with places or a good configuration", arguments: definitions)
  func values(file: String) throws {
    let root = try Loading.document(try TestFiles.text("Definitions/\(file)"), file: file)
    var generator = Generator(state: 3)
    let count = Self.count(root)
    for _ in 0..<90 {
      var target = Int.random(in: 1..<count, using: &generator)
      let json = Self.replacements.randomElement(using: &generator) ?? "null"
      let replacement = try Loading.document(json, file: "x.json")
      let remove = Int.random(in: 0..<4, using: &generator) == 0
      let changed = Self.replacing(&target, in: root, with: remove ? nil : replacement)
      let text = JSONText.of(changed ?? root)
      // A place for the references to themselves.
      _ = outcome("api.json", text.dropLast() + ",\"x-self\":{\"$ref\":\"#/x-self\"}}")
    }
  }

  private static let large = ["bookings-swagger2.json", "ledger-openapi30.yaml"]

  @Test("a large definition that is cut short must give errors with places or a good configuration", arguments: large)
  func cut(file: String) throws {
    let bytes = Array(try TestFiles.text("Definitions/\(file)").utf8)
    var generator = Generator(state: 4)
    for _ in 0..<6 {
      let end = Int.random(in: 0..<bytes.count, using: &generator)
      _ = outcome(file, String(decoding: bytes[..<end], as: UTF8.self))
    }
  }

  /// What takes the place of one value: of another kind, very long, very deep, written twice, leading round in a circle.
  private static let oddities: [String] = [
    "\"" + String(repeating: "x", count: 1 << 20) + "\"", String(repeating: "9", count: 100_000),
    String(repeating: "[", count: 190) + String(repeating: "]", count: 190),
    String(repeating: "{\"a\":", count: 150) + "1" + String(repeating: "}", count: 150),
    "[" + String(repeating: "{\"$ref\":\"#/x-ring\"},", count: 500) + "0]", "{\"$ref\":\"#/x-ring\"}",
    "{\"$ref\":\"#/x-chain/0\"}", "{\"$ref\":\"#/paths\"}", "{\"default\":{\"$ref\":\"#\"}}",
    "\"#if($x" + String(repeating: "#foreach($y in $x)", count: 90) + "\"", "\"{\\\"a\\\": $input.path('$..a[')}\"",
    "\"" + String(repeating: "$x.y().z[1] ", count: 5_000) + "\"", "\"(((((((((a+)+)+)+)+)+)+)+)+)b\"", "-0.0e-400",
  ]

  @Test(
    "a value replaced by an oddity must give errors with places or a good configuration", arguments: large)
  func odd(file: String) throws {
    let root = try Loading.document(try TestFiles.text("Definitions/\(file)"), file: file)
    var generator = Generator(state: 5)
    let count = Self.count(root)
    let chain = (0..<80).map { "{\"$ref\":\"#/x-chain/\($0 + 1)\"}" }.joined(separator: ",")
    for (number, oddity) in Self.oddities.enumerated() {
      var target = Int.random(in: 1..<count, using: &generator)
      let replacement = try Loading.document(oddity, file: "x.json")
      guard let changed = Self.replacing(&target, in: root, with: replacement) else { continue }
      var text = String(JSONText.of(changed).dropLast())
      // Every other one has a key twice too.
      if number % 2 == 1 { text += ",\"paths\":{}" }
      _ = outcome("api.json", text + ",\"x-ring\":{\"$ref\":\"#/x-ring\"},\"x-chain\":[\(chain),{}]}")
    }
  }

  @Test("keys left out or written twice in a large definition must give errors with places or a good configuration")
  func lines() throws {
    var generator = Generator(state: 6)
    let lines = try TestFiles.text("Definitions/ledger-openapi30.yaml").split(separator: "\n").map(String.init)
    for _ in 0..<40 {
      var changed = lines
      let index = Int.random(in: 0..<lines.count, using: &generator)
      if Bool.random(using: &generator) {
        changed.insert(lines[index], at: index)
      } else {
        changed.remove(at: index)
      }
      _ = outcome("ledger-openapi30.yaml", changed.joined(separator: "\n"))
    }
  }

  private static func count(_ node: DocumentNode) -> Int {
    switch node.content {
    case .scalar: 1
    case .sequence(let items): items.reduce(1) { $0 + count($1) }
    case .mapping(let members): members.reduce(1) { $0 + count($1.value) }
    }
  }

  /// `node` with its value number `target`, in the order of writing, replaced, or taken out.
  private static func replacing(_ target: inout Int, in node: DocumentNode, with new: DocumentNode?) -> DocumentNode? {
    defer { target -= 1 }
    if target == 0 { return new }
    var result = node
    switch node.content {
    case .scalar: break
    case .sequence(let items):
      var changed: [DocumentNode] = []
      for item in items {
        target -= 1
        if let item = replacing(&target, in: item, with: new) { changed.append(item) }
        target += 1
      }
      result.content = .sequence(changed)
    case .mapping(let members):
      var changed: [DocumentNode.Member] = []
      for var member in members {
        target -= 1
        if let value = replacing(&target, in: member.value, with: new) {
          member.value = value
          changed.append(member)
        }
        target += 1
      }
      result.content = .mapping(changed)
    }
    return result
  }
}
