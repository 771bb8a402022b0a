import ArgumentParser

/// The front door: which commands there are.
@main
struct Sluice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice",
    abstract: "An API gateway that runs Amazon API Gateway's definitions on your own machine.",
    discussion: """
      Routes/gateway.yaml says what is served; see `sluice help run`. A setting's flag counts before its environment \
      variable, and that before the file.

      ENVIRONMENT
        SLUICE_CONFIG            the configuration, like --config
        SLUICE_ADMIN             like --admin
        SLUICE_ADMIN_TOKEN       what operators must know; like admin.token
        SLUICE_LOG_LEVEL         like --log-level
        SLUICE_STATE             like --state
        SLUICE_WORKERS           like --workers

      EXIT CODES
        0   good
        1   check found mistakes, or waf test a request that is blocked
        64  wrong usage
        65  unusable data
        66  a file is missing, or there is nothing of that name
        69  an address cannot be listened on, or nobody answers there
        70  something failed inside
        77  the running gateway refuses
        78  the configuration is wrong
      """,
    version: version,
    subcommands: [
      Run.self, Demo.self, Check.self, Routes.self, Explain.self, Render.self, Reload.self, Deploy.self,
      Deployments.self, Rollback.self, Invalidate.self, Cache.self, Metrics.self, Site.self, WAF.self, IPSet.self,
      Cert.self,
    ])

  static let version = "0.1.0"
}
