import Glibc
import StaticFiles
import TestFolders
import Testing

@testable import SiteStore

@Suite struct FileTableTests {
  private struct Unreadable: Error {}

  private func file(_ name: String) throws -> SiteFile {
    let folder = try TemporaryFolder(["f": name])
    let root = try #require(Descriptor.directory(folder.path))
    guard case .file(let descriptor, let metadata) = "f".withCString({ root.open($0) }) else {
      throw Unreadable()
    }
    let representation = Representation(metadata, contentType: "text/plain", cacheControl: "", varies: false, now: 0)
    return SiteFile(
      name: Array(name.utf8), root: root, plain: SiteForm(descriptor, metadata, representation), brotli: nil, gzip: nil,
      checked: 0)
  }

  private func find(_ name: String, in table: inout FileTable) -> Bool {
    Array(name.utf8).withUnsafeBytes { table.find($0) != nil }
  }

  @Test("a file must be found by its name, and not after it was removed")
  func finding() throws {
    var table = FileTable(most: 8)
    for name in ["a", "b", "c"] { table.insert(try file(name)) }
    #expect(find("b", in: &table))
    #expect(!find("d", in: &table))
    Array("b".utf8).withUnsafeBytes { table.remove($0) }
    #expect(!find("b", in: &table))
    #expect(find("a", in: &table))
    #expect(find("c", in: &table))
    #expect(table.count == 2)
  }

  @Test("a file with the same name must take the place of the one before")
  func replacing() throws {
    var table = FileTable(most: 8)
    table.insert(try file("a"))
    let cost = table.cost
    table.insert(try file("a"))
    #expect(table.count == 1)
    #expect(table.cost == cost)
  }

  @Test("a walk through many files must not push out what is asked for meanwhile")
  func scan() throws {
    var table = FileTable(most: 8)
    table.insert(try file("wanted"))
    for number in 0..<100 {
      #expect(find("wanted", in: &table))
      table.insert(try file("seen once \(number)"))
      #expect(table.count <= 8)
    }
  }

  @Test("the bytes of all files together must stay within the bound")
  func bytes() throws {
    var table = FileTable(most: 1000, mostBytes: 5000)
    for number in 0..<50 {
      table.insert(try file("file \(number)"))
      #expect(table.cost <= 5000)
    }
    #expect(table.count >= 3)
    table.removeAll()
    #expect(table.count == 0)
    #expect(table.cost == 0)
  }

  @Test("what is made of a file must count with it, push others out, and go with it")
  func forms() throws {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 30_000, alignment: 1)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    var table = FileTable(most: 8, mostBytes: 33_000)
    let (one, other) = (try file("one"), try file("other"))
    table.insert(one)
    table.insert(other)
    let before = table.cost
    #expect(one.beginForm(.gzip) && !one.beginForm(.gzip) && one.beginForm(.brotli))
    let form = SiteForm(of: one.plain, one.plain.representation, bytes: UnsafeRawBufferPointer(bytes))
    one.keep(form, .gzip)
    table.grew(one, by: form.cost)
    #expect(one.made(.gzip) === form && one.made(.brotli) == nil)
    #expect(table.cost <= 33_000 && table.cost < before + form.cost)
    for name in ["one", "other"] { Array(name.utf8).withUnsafeBytes { table.remove($0) } }
    #expect(table.cost == 0)
    table.grew(one, by: form.cost)
    #expect(table.cost == 0)
  }
}
