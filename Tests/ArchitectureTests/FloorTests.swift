import Testing

/// Who may know whom. Package.swift draws it; SwiftPM lets a file import what some other target depends on, so the
/// drawing is checked against the files.
struct FloorTests {
  private let targets: [Manifest.Target]
  private var rooms: [Manifest.Target] { targets.filter { !$0.isTest } }

  init() throws { targets = Manifest(try #require(Repository.read("Package.swift")).text).targets }

  /// The wing that touches the machine, and what stands above both wings.
  private static let doing: Set = [
    "Reactor", "Telemetry", "TLSTermination", "Upstream", "SampleOrigin", "SiteStore", "CacheStore",
  ]
  private static let above: Set = ["Gateway", "sluice"]
  private static let ground: Set = ["CLinux", "CPCRE2", "COpenSSL", "CZlib", "CNGHTTP2", "CBrotli", "CMaxMindDB"]

  private var deciding: [Manifest.Target] {
    rooms.filter { !(Self.doing.union(Self.above).union(Self.ground)).contains($0.name) }
  }

  private func imports(of file: Repository.File) -> [String] { Repository.code[file.path]?.imports ?? [] }

  @Test("the manifest must have been understood")
  func manifest() {
    #expect(Set(rooms.map(\.name)) == Set(Repository.rooms))
    #expect(rooms.contains { $0.name == "Pipeline" && $0.dependencies.contains("Routing") && $0.isHot })
  }

  @Test("a room must depend only on rooms whose line stands above its own")
  func order() {
    let names = Set(rooms.map(\.name))
    var above: Set<String> = []
    for room in rooms {
      for dependency in room.dependencies where names.contains(dependency) && !above.contains(dependency) {
        Issue.record("Package.swift: \(room.name) depends on \(dependency), which stands below it")
      }
      above.insert(room.name)
    }
  }

  @Test("a file must import only rooms that its room depends on")
  func declaredImports() {
    let names = Set(rooms.map(\.name))
    for file in Repository.sources {
      guard let room = rooms.first(where: { $0.name == file.room }) else { continue }
      for module in imports(of: file) where names.contains(module) && !room.dependencies.contains(module) {
        Issue.record("\(file): imports \(module), which Package.swift does not give to \(room.name)")
      }
    }
  }

  /// What can be imported because a room depends on something: libyaml comes with Yams.
  private static func modules(of dependency: String) -> [String] {
    dependency == "Yams" ? ["Yams", "CYaml"] : [dependency]
  }

  @Test("a room must not be given what none of its files imports")
  func unusedDependencies() {
    for room in rooms {
      let files = Repository.sources.filter { $0.room == room.name }
      let imported = Set(files.flatMap { imports(of: $0) })
      for dependency in room.dependencies where imported.isDisjoint(with: Self.modules(of: dependency)) {
        Issue.record("Package.swift: no file of \(room.name) imports \(dependency)")
      }
    }
  }

  @Test("the deciding rooms must not know the doing ones, nor the doing ones the flow")
  func wings() {
    for room in deciding {
      #expect(Self.doing.union(Self.above).isDisjoint(with: room.dependencies), "\(room.name) decides")
    }
    for room in rooms where Self.doing.contains(room.name) {
      #expect(Set(["Pipeline", "Edge", "Routing"]).isDisjoint(with: room.dependencies), "\(room.name) does")
    }
  }

  @Test("a deciding room must have no clock, no chance, no socket and no sleep: these come in as arguments")
  func pureRooms() throws {
    // Configuration reads files, which is what it is for.
    let names = Set(deciding.map(\.name))
    let banned = [
      #"\b(clock_gettime|gettimeofday|ContinuousClock|SuspendingClock|DispatchTime|Task\.sleep|usleep|nanosleep)\b"#,
      #"\b(SystemRandomNumberGenerator|arc4random|getrandom|epoll_\w+|pthread_create)\b"#,
      #"\bDate\(\)|\bDate\.now\b|\.random\(in|\bsocket\("#,
    ].joined(separator: "|")
    for file in Repository.sources where names.contains(file.room) {
      for line in try Repository.code[file.path]?.lineNumbers(containing: banned) ?? [] {
        Issue.record("\(file):\(line): a clock, chance, a socket or a sleep in a deciding room")
      }
    }
  }

  @Test("a hot room must not import Foundation")
  func noFoundation() {
    let hot = Set(rooms.filter(\.isHot).map(\.name))
    for file in Repository.sources where hot.contains(file.room) {
      for module in imports(of: file) where module.hasPrefix("Foundation") {
        Issue.record("\(file): \(module) in a hot room")
      }
    }
  }

  @Test("every room must have a DocC page of its own")
  func pages() {
    for room in rooms where !Self.ground.contains(room.name) && room.name != "sluice" {
      let page = "Sources/\(room.name)/\(room.name).docc/\(room.name).md"
      #expect(Repository.exists(page), "\(page) is missing")
    }
  }

  @Test("the README must name every room, in floor order from the top")
  func readme() throws {
    let readme = try #require(Repository.read("README.md"))
    let named = readme.lines.compactMap { $0.firstMatch(of: /^\| `(\w+)` \|/).map { String($0.1) } }
    let order = rooms.map(\.name).filter { !Self.ground.contains($0) }
    #expect(Set(named) == Set(order))
    for (room, next) in zip(named, named.dropFirst()) {
      let dependencies = rooms.first { $0.name == next }?.dependencies ?? []
      #expect(!dependencies.contains(room), "\(next) is built on \(room), and stands below it")
    }
  }

  @Test("every room must have tests of its own")
  func tests() {
    let tested = Set(targets.filter(\.isTest).map(\.name))
    // The front door is tested by the scenarios.
    for room in rooms where !Self.ground.contains(room.name) && room.name != "sluice" {
      #expect(tested.contains(room.name + "Tests"), "\(room.name) has no tests")
    }
  }
}
