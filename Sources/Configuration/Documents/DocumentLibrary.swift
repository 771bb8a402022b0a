import APIModel
import HTTPSemantics

/// Every document of one configuration, each read once, and the references between them.
final class DocumentLibrary {
  private let source: FileSource
  private let findings: Findings
  /// Nil: the file cannot be used, which has been said.
  private var documents: [String: DocumentNode?] = [:]
  private var texts: [String: String?] = [:]
  /// What was read, for excerpts.
  private var contents: [String: [UInt8]] = [:]
  /// The members of large objects by key, by the object's place.
  fileprivate var indexes: [SourceLocation: [String: Int]] = [:]
  /// Every file that was asked for, for those who watch for changes.
  private(set) var files: Set<String> = []

  /// Whether there is a directory under the path.
  func isDirectory(_ path: String) -> Bool { source.isDirectory(path) }

  init(source: FileSource, findings: Findings) {
    self.source = source
    self.findings = findings
  }

  /// The tree of the document at `path`; nil when it cannot be used, which is then said at `place`, or in the file.
  func document(_ path: String, at place: SourceLocation) -> DocumentNode? {
    if let known = documents[path] { return known }
    var root: DocumentNode?
    if let bytes = bytes(path, at: place) {
      do throws(DocumentError) {
        root = try DocumentReader.read(bytes, file: path, findings: findings)
      } catch {
        findings.add([error.diagnostic])
      }
    }
    documents[path] = .some(root)
    return root
  }

  /// The text of the file at `path`: a mapping template.
  func text(_ path: String, at place: SourceLocation) -> String? {
    if let known = texts[path] { return known }
    var text: String?
    if let bytes = bytes(path, at: place) {
      text = String(validating: bytes, as: UTF8.self)
      if text == nil { findings.error(at: place, "the file `\(path)` is not in UTF-8") }
    }
    texts[path] = .some(text)
    return text
  }

  private func bytes(_ path: String, at place: SourceLocation) -> [UInt8]? {
    guard files.count < DocumentLimits.files else {
      findings.error(at: place, "the configuration consists of more than \(DocumentLimits.files) files")
      return nil
    }
    files.insert(path)
    do throws(FileSource.Failure) {
      let bytes = try source.read(path)
      contents[path] = bytes
      return bytes
    } catch {
      let message =
        switch error {
        case .missing: "the file `\(path)` does not exist"
        case .notAFile: "`\(path)` is not a file"
        case .notReadable: "the file `\(path)` cannot be read"
        case .tooLarge(let size):
          "the file `\(path)` is \(size >> 20) MiB long; a file may have at most \(DocumentLimits.bytes >> 20) MiB"
        }
      findings.error(at: place, message)
      return nil
    }
  }

  /// The diagnostics, which are sorted by place, each with the line that it is about.
  func withExcerpts(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    var file: String?
    var reader: ExcerptReader?
    return diagnostics.map { diagnostic in
      if diagnostic.location.file != file {
        file = diagnostic.location.file
        reader = contents[diagnostic.location.file].map(ExcerptReader.init)
      }
      var result = diagnostic
      result.excerpt = reader?.excerpt(at: diagnostic.location, length: diagnostic.length)
      return result
    }
  }

  // MARK: References

  /// What `node` stands for: itself, or, when it is `{ $ref: … }`, what the reference leads to in the end. Nil when it
  /// leads nowhere or round in a circle, which is then said.
  func resolve(_ node: DocumentNode) -> DocumentNode? { follow(node)?.node }

  /// The same, with the reference that was followed last: the target's file and pointer.
  func follow(_ node: DocumentNode) -> (node: DocumentNode, reference: Reference?)? {
    var current = node
    var last: Reference?
    var trail: [Reference] = []
    while let member = current.members?.first(where: { $0.key == "$ref" }), let scalar = member.value.scalar {
      let reference = Reference(scalar.text, from: member.value.location.file)
      if let start = trail.firstIndex(of: reference) {
        let circle = (trail[start...] + [reference]).map(\.description).joined(separator: " → ")
        findings.error(at: member.value.location, "this `$ref` leads round in a circle: \(circle)")
        return nil
      }
      guard trail.count < DocumentLimits.references else {
        findings.error(at: member.value.location, "more than \(DocumentLimits.references) `$ref`s lead to one another")
        return nil
      }
      trail.append(reference)
      guard let target = target(of: reference, scalar.text, at: member.value.location) else { return nil }
      current = target
      last = reference
    }
    return (current, last)
  }

  private func target(of reference: Reference, _ text: String, at place: SourceLocation) -> DocumentNode? {
    if text.contains("://") {
      findings.error(
        at: place, "`$ref` reads files, not addresses such as `\(text)`", suggestion: "save the file beside this one")
      return nil
    }
    guard var node = document(reference.file, at: place) else { return nil }
    var walked = "#"
    for key in reference.keys {
      let next: DocumentNode?
      switch node.content {
      case .mapping(let members): next = member(key, of: members, at: node.location)
      case .sequence(let items):
        if let index = Int(key), items.indices.contains(index) { next = items[index] } else { next = nil }
      case .scalar: next = nil
      }
      guard let next else {
        findings.error(
          at: place, "`$ref` leads nowhere: `\(walked)` in \(reference.file) has no `\(key)`",
          suggestion: Suggestion.near(key, among: node.members?.map(\.key) ?? []))
        return nil
      }
      node = next
      walked += "/" + JSONPointer.escaped(key)
    }
    return node
  }
}

extension DocumentLibrary {
  /// The value of a key; objects with many of them, such as a document's schemas, are searched only once.
  fileprivate func member(
    _ key: String, of members: [DocumentNode.Member], at place: SourceLocation
  ) -> DocumentNode? {
    guard members.count > 16 else { return members.first { $0.key == key }?.value }
    if indexes[place] == nil {
      indexes[place] = Dictionary(members.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
    }
    return indexes[place]?[key].map { members[$0].value }
  }
}

/// A file and a place in it, as `$ref` names them: `#/components/schemas/Pet`, `common.yaml#/Pet`, `pet.yaml`.
struct Reference: Hashable, CustomStringConvertible {
  var file: String
  var keys: [String]

  init(_ text: String, from file: String) {
    let hash = text.firstIndex(of: "#") ?? text.endIndex
    let path = text[..<hash]
    self.file = path.isEmpty ? file : FilePath.resolve(String(path), from: file)
    keys = JSONPointer.keys(String(text[hash...].dropFirst()))
  }

  var description: String { file + "#" + keys.map { "/" + JSONPointer.escaped($0) }.joined() }
}

/// RFC 6901, in its form as a URI fragment.
enum JSONPointer {
  static func keys(_ fragment: String) -> [String] {
    let decoded = PercentEncoding.decoded(fragment)
    guard decoded.hasPrefix("/") else { return decoded.isEmpty ? [] : [decoded] }
    return decoded.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { unescaped(String($0)) }
  }

  static func unescaped(_ key: String) -> String { key.replacing("~1", with: "/").replacing("~0", with: "~") }

  static func escaped(_ key: String) -> String { key.replacing("~", with: "~0").replacing("/", with: "~1") }
}
