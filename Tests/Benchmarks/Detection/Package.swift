// swift-tools-version: 6.2
// What the detectors of the firewall say of other people's inputs. ../README.md, "Detection", says how to run it.
import PackageDescription

let package = Package(
  name: "detection",
  targets: [
    .target(
      name: "Detection", path: "Rooms/Detection",
      swiftSettings: [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("ExistentialAny"),
        .unsafeFlags(["-cross-module-optimization", "-enforce-exclusivity=unchecked"], .when(configuration: .release)),
      ]),
    .executableTarget(name: "DetectionJudge", dependencies: ["Detection"], swiftSettings: [.swiftLanguageMode(.v6)]),
  ])
