/// Draws an API's resources as a tree, with what answers each method in columns beside it.
struct RouteDrawing {
  let terminal: Terminal

  func draw(_ listing: RouteListing) {
    let version = listing.version.isEmpty ? "" : " \(listing.version)"
    terminal.print(terminal.styled(listing.name, .bold) + "  \(listing.title)\(version)")
    for stage in listing.stages {
      let note = stage.canaryNote.map { "  " + terminal.styled("[\($0)]", .yellow) } ?? ""
      for address in stage.addresses { terminal.print("  \(terminal.styled(address, .cyan))\(note)") }
    }
    terminal.print("")
    draw(rows(listing.resources))
  }

  /// One method of a resource; the first one of each carries the resource's name in the tree.
  private struct Row {
    var tree: String
    var method: RouteListing.MethodEntry?
  }

  private func draw(_ rows: [Row]) {
    let tree = rows.map(\.tree.count).max() ?? 0
    let method = rows.map { $0.method?.method.count ?? 0 }.max() ?? 0
    let type = rows.map { $0.method?.type?.count ?? 0 }.max() ?? 0
    for row in rows {
      var line = row.tree
      if let entry = row.method {
        line = pad(row.tree, tree) + "  " + terminal.styled(pad(entry.method, method), .green)
        line += "  " + terminal.styled(pad(entry.type ?? "–", type), .blue) + "  " + entry.target
        let noted = entry.checks.joined(separator: ", ")
        if !noted.isEmpty { line += "  " + terminal.styled("[\(noted)]", .yellow) }
      }
      terminal.print(line)
    }
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  // MARK: The tree

  private final class Node {
    let name: String
    var resource: RouteListing.ResourceEntry?
    var children: [Node] = []
    private var byName: [Substring: Node] = [:]
    init(_ name: String) { self.name = name }

    func child(_ name: Substring) -> Node {
      if let known = byName[name] { return known }
      let child = Node(String(name))
      byName[name] = child
      children.append(child)
      return child
    }
  }

  private func rows(_ resources: [RouteListing.ResourceEntry]) -> [Row] {
    let root = Node("/")
    for resource in resources {
      var node = root
      for segment in resource.path.split(separator: "/") { node = node.child(segment) }
      node.resource = resource
    }
    var rows: [Row] = []
    add(root, label: "/", below: "", &rows)
    return rows
  }

  /// A path has at most `RouteTree.deepest` segments, and so is the recursion.
  private func add(_ node: Node, label: String, below: String, _ rows: inout [Row]) {
    let methods = node.resource?.methods ?? []
    rows.append(Row(tree: label, method: methods.first))
    for method in methods.dropFirst() {
      rows.append(Row(tree: below + (node.children.isEmpty ? "" : "│"), method: method))
    }
    for (index, child) in node.children.enumerated() {
      let isLast = index == node.children.count - 1
      add(child, label: below + (isLast ? "└─ " : "├─ ") + child.name, below: below + (isLast ? "   " : "│  "), &rows)
    }
  }
}
