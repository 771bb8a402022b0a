// swift-tools-version: 6.2
// How fast the languages are, in process. A package of its own, so that nothing of it reaches the product; the rooms are
// the same files, linked from Sources/, with the settings that the product has.
import PackageDescription

let hot: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .unsafeFlags(["-cross-module-optimization", "-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Rooms/\(name)", swiftSettings: hot)
}

let package = Package(
  name: "language-benchmarks",
  targets: [
    .systemLibrary(name: "CPCRE2", path: "Rooms/CPCRE2", pkgConfig: "libpcre2-8"),
    room("Bytes"),
    room("PCRE", ["CPCRE2"]),
    room("JSON", ["Bytes"]),
    room("JSONPaths", ["Bytes", "JSON", "PCRE"]),
    room("Velocity", ["Bytes", "JSON", "JSONPaths", "PCRE"]),
    .executableTarget(
      name: "LanguageBenchmarks", dependencies: ["Bytes", "JSON", "JSONPaths", "Velocity"], swiftSettings: hot),
  ])
