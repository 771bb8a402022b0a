import Firewall

/// The databases of where addresses are, as they are declared under `geo`.
public struct GeographySetup: Sendable {
  public struct Source: Sendable {
    public let content: MaxMindFile.Content
    /// As it is opened.
    public let file: String
    public let map: AddressMap
  }

  public let sources: [Source]

  func map(of content: MaxMindFile.Content) -> AddressMap? { sources.first { $0.content == content }?.map }
}
