// swift-tools-version: 6.2
// The drawing of the architecture that the compiler reads: one target per room, in floor order, from the ground up.
// A room imports only rooms that stand above its line here; Tests/ArchitectureTests checks it.
import PackageDescription

/// What every room is compiled with: Swift 6 data-race safety, and `async` functions that stay on their caller's actor
/// (a connection never leaves its worker's thread).
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// For the rooms on the hot path, in release builds: small functions inline across rooms, and exclusivity is proved by
/// debug builds and tests instead of being checked at run time (about 5 ns for each access to a class's member).
let hot: [SwiftSetting] =
  strict + [
    .unsafeFlags(["-cross-module-optimization", "-enforce-exclusivity=unchecked"], .when(configuration: .release))
  ]

let package = Package(
  name: "sluice",
  products: [.executable(name: "sluice", targets: ["sluice"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // ground: system libraries
    .target(name: "CLinux"),  // epoll, eventfd and the socket constants that Glibc's module leaves out
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CNGHTTP2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
    .systemLibrary(name: "CMaxMindDB", pkgConfig: "libmaxminddb", providers: [.apt(["libmaxminddb-dev"])]),
    .systemLibrary(name: "CBrotli", pkgConfig: "libbrotlienc", providers: [.apt(["libbrotli-dev"])]),

    // words: values that every floor speaks in
    .target(name: "Bytes", swiftSettings: hot),  // growable byte buffers and number formatting
    .target(name: "HTTPSemantics", dependencies: ["Bytes"], swiftSettings: hot),  // methods, fields, statuses, dates (RFC 9110)
    .target(name: "JSON", dependencies: ["Bytes"], swiftSettings: hot),  // parser, tape and writer (RFC 8259)
    .target(name: "PCRE", dependencies: ["CPCRE2"], swiftSettings: hot),  // regular expressions with limits
    .target(name: "Compression", dependencies: ["CZlib", "CBrotli", "Bytes", "HTTPSemantics"], swiftSettings: hot),  // gzip, deflate, brotli
    .target(name: "Reactor", dependencies: ["CLinux", "Bytes"], swiftSettings: hot),  // workers, sockets, timers, DNS

    // languages: what is written by people or spoken by peers
    .target(name: "JSONPaths", dependencies: ["Bytes", "JSON", "PCRE"], swiftSettings: hot),  // Jayway's dialect of JSONPath
    .target(name: "JSONSchema", dependencies: ["Bytes", "HTTPSemantics", "JSON", "PCRE"], swiftSettings: hot),  // JSON Schema, draft 04
    .target(name: "Velocity", dependencies: ["Bytes", "JSON", "JSONPaths", "PCRE"], swiftSettings: hot),  // mapping templates
    .target(name: "APIModel", dependencies: [], swiftSettings: strict),  // RestAPI, Resource, Method, Integration, Stage
    .target(
      name: "HTTPWire", dependencies: ["CNGHTTP2", "Bytes", "HTTPSemantics"], swiftSettings: hot),  // HTTP/1.1 and HTTP/2: bytes in, events out

    // policies: one decision each
    .target(name: "Routing", dependencies: ["Bytes", "APIModel", "HTTPSemantics"], swiftSettings: hot),  // which method of which API
    .target(
      name: "CacheRules",  // what may be stored and reused, for how long and for whom (RFC 9111)
      dependencies: ["Bytes", "HTTPSemantics", "HTTPWire"], swiftSettings: hot),
    .target(
      name: "Firewall",  // web ACLs: a request and a moment in, a verdict with its reasons out
      dependencies: ["COpenSSL", "Bytes", "HTTPSemantics", "PCRE", "HTTPWire"], swiftSettings: hot),
    .target(
      name: "StaticFiles", dependencies: ["Bytes", "HTTPSemantics", "HTTPWire"], swiftSettings: hot),  // which bytes of which file
    .target(
      name: "TLSTermination",  // certificates, security policies, and TLS on a socket (OpenSSL)
      dependencies: ["COpenSSL", "CLinux", "Reactor", "APIModel"], swiftSettings: hot),
    .target(
      name: "Telemetry",  // log lines on their way to files
      dependencies: ["CLinux", "Bytes", "Reactor"], swiftSettings: hot),

    // flow: one exchange
    .target(
      name: "Pipeline",  // the four stages and the gateway responses: values in, values out
      dependencies: [
        "Bytes", "HTTPSemantics", "JSON", "PCRE", "JSONPaths", "JSONSchema", "Velocity", "APIModel", "HTTPWire",
        "Routing", "CacheRules",
      ],
      swiftSettings: hot),
    .target(
      name: "Edge",  // distributions: which behaviour and which origin a request is for
      dependencies: ["Bytes", "HTTPSemantics", "HTTPWire", "APIModel", "Routing", "StaticFiles", "Pipeline"], swiftSettings: hot),
    .target(
      name: "SiteStore", dependencies: ["CLinux", "Bytes", "HTTPSemantics", "StaticFiles"], swiftSettings: hot),  // open files, and releases of a site
    .target(
      name: "Upstream",  // pooled connections to origins
      dependencies: ["Bytes", "HTTPSemantics", "HTTPWire", "Reactor", "TLSTermination"], swiftSettings: hot),
    .target(
      name: "CacheStore",  // stored responses, and fetches that many follow
      dependencies: ["Bytes", "HTTPSemantics", "CacheRules", "Reactor"], swiftSettings: hot),

    // assembly
    .target(
      name: "Configuration",  // gateway.yaml and OpenAPI documents in, one Snapshot or every mistake out
      dependencies: [
        "COpenSSL", "CMaxMindDB", "APIModel", "HTTPSemantics", "JSON", "PCRE", "Routing", "Firewall", "Pipeline", "StaticFiles",
        "Edge", "Yams",
      ], swiftSettings: strict),

    // hall: the one place where deciding and doing meet
    .target(
      name: "Gateway",
      dependencies: [
        "Bytes", "HTTPSemantics", "HTTPWire", "Compression", "Reactor", "APIModel", "Telemetry", "Routing", "Firewall",
        "CacheRules", "Pipeline", "Edge", "StaticFiles", "SiteStore", "Upstream", "CacheStore", "Configuration",
        "TLSTermination",
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: hot),
    .target(
      name: "SampleOrigin", dependencies: ["Bytes", "HTTPSemantics", "HTTPWire", "Reactor"], swiftSettings: strict),  // what `sluice demo` fronts

    // front door
    .executableTarget(
      name: "sluice",
      dependencies: [
        "Bytes", "HTTPSemantics", "HTTPWire", "Gateway", "SampleOrigin", "Reactor", "Firewall", "Pipeline", "Edge", "SiteStore",
        "TLSTermination", "Configuration", "Compression", "Velocity", "JSON", "APIModel",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: strict),

    // tests: one target per room, and the scenarios that drive the real binary
    .target(name: "TestFolders", path: "Tests/TestFolders", swiftSettings: strict),  // what tests write to
    .testTarget(name: "BytesTests", dependencies: ["Bytes"], swiftSettings: strict),
    .testTarget(name: "HTTPSemanticsTests", dependencies: ["HTTPSemantics"], swiftSettings: strict),
    .testTarget(name: "JSONTests", dependencies: ["JSON", "Bytes"], exclude: ["Goldens"], swiftSettings: strict),
    .testTarget(name: "PCRETests", dependencies: ["PCRE"], swiftSettings: strict),
    .testTarget(name: "CompressionTests", dependencies: ["Compression", "CBrotli", "HTTPSemantics", "Bytes"], swiftSettings: strict),
    .testTarget(name: "ReactorTests", dependencies: ["Reactor", "Bytes", "TestFolders"], swiftSettings: strict),
    .testTarget(
      name: "JSONPathsTests", dependencies: ["JSONPaths", "JSON", "Bytes"], exclude: ["Goldens"], swiftSettings: strict),
    .testTarget(name: "JSONSchemaTests", dependencies: ["JSONSchema", "JSON", "Bytes"], swiftSettings: strict),
    .testTarget(
      name: "VelocityTests", dependencies: ["Velocity", "JSON", "Bytes"], exclude: ["Goldens"], swiftSettings: strict),
    .testTarget(name: "APIModelTests", dependencies: ["APIModel"], swiftSettings: strict),
    .testTarget(name: "HTTPWireTests", dependencies: ["HTTPWire", "CNGHTTP2"], swiftSettings: strict),
    .testTarget(name: "RoutingTests", dependencies: ["Routing", "APIModel", "HTTPSemantics"], swiftSettings: strict),
    .testTarget(
      name: "TLSTerminationTests", dependencies: ["TLSTermination", "COpenSSL", "Reactor", "TestFolders"], swiftSettings: strict),
    .testTarget(name: "TelemetryTests", dependencies: ["Telemetry", "Reactor", "Bytes", "TestFolders"], swiftSettings: strict),
    .testTarget(
      name: "PipelineTests", dependencies: ["Pipeline", "Routing", "APIModel", "HTTPWire"], swiftSettings: strict),
    .testTarget(name: "CacheRulesTests", dependencies: ["CacheRules", "HTTPSemantics", "HTTPWire"], swiftSettings: strict),
    .testTarget(name: "CacheStoreTests", dependencies: ["CacheStore", "CacheRules", "Reactor", "TestFolders"], swiftSettings: strict),
    .testTarget(
      name: "FirewallTests", dependencies: ["Firewall", "HTTPWire", "Bytes"], exclude: ["Detection/Goldens"],
      swiftSettings: strict),
    .testTarget(name: "StaticFilesTests", dependencies: ["StaticFiles", "Bytes", "HTTPWire"], swiftSettings: strict),
    .testTarget(name: "EdgeTests", dependencies: ["Edge", "Pipeline", "Routing", "HTTPWire", "APIModel"], swiftSettings: strict),
    .testTarget(name: "SiteStoreTests", dependencies: ["SiteStore", "StaticFiles", "CLinux", "TestFolders"], swiftSettings: strict),
    .testTarget(name: "UpstreamTests", dependencies: ["Upstream", "Reactor", "HTTPWire", "TLSTermination", "TestFolders"], swiftSettings: strict),
    .testTarget(
      name: "ConfigurationTests", dependencies: ["Configuration", "APIModel", "Bytes", "HTTPWire", "Routing", "HTTPSemantics", "Firewall", "StaticFiles", "Edge", "TestFolders"],
      exclude: ["Goldens", "Definitions", "CommonRules"], swiftSettings: strict),
    .testTarget(
      name: "GatewayTests", dependencies: ["Gateway", "Configuration", "HTTPWire", "Bytes", "TestFolders"], swiftSettings: strict),
    .testTarget(name: "SampleOriginTests", dependencies: ["SampleOrigin", "Reactor"], swiftSettings: strict),
    .testTarget(
      name: "sluiceTests", dependencies: ["sluice", "Configuration", "Pipeline", "TestFolders"], exclude: ["Goldens"], swiftSettings: strict),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    .testTarget(
      name: "ScenarioTests", dependencies: ["sluice", "CLinux", "CZlib", "CNGHTTP2", "CBrotli", "TestFolders"], exclude: ["README.md", "Scenarios", "Setups"],
      swiftSettings: strict),
  ]
)
