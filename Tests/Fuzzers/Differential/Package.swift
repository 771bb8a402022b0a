// swift-tools-version: 6.2
// Our Velocity beside Apache's, over generated templates. A package of its own, so that nothing of it reaches the product;
// the rooms and the generator are the same files, linked from where they live.
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Rooms/\(name)",
    swiftSettings: strict + (name == "Generator" ? [.unsafeFlags(["-enable-testing"])] : []))
}

let package = Package(
  name: "differential",
  targets: [
    .systemLibrary(name: "CPCRE2", path: "Rooms/CPCRE2", pkgConfig: "libpcre2-8"),
    room("Bytes"),
    room("PCRE", ["CPCRE2"]),
    room("JSON", ["Bytes"]),
    room("JSONPaths", ["Bytes", "JSON", "PCRE"]),
    room("Velocity", ["Bytes", "JSON", "JSONPaths", "PCRE"]),
    room("Generator"),
    .executableTarget(
      name: "VelocityDifferential", dependencies: ["Bytes", "JSON", "Velocity", "Generator"], swiftSettings: strict),
  ])
