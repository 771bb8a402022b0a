/// How readily `SQLInjection` calls a text an attack: WAFv2's `SensitivityLevel` of an `SqliMatchStatement`.
///
/// `low`, the default, speaks up where a text takes a statement over. `high` also speaks up at fragments that hardly stand in
/// ordinary text but do nothing by themselves (`substr(`, `information_schema`, `' or 5`), and is wrong more often.
public enum Sensitivity: Sendable, Equatable {
  case low
  case high
}
