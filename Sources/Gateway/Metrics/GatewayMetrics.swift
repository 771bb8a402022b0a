import Telemetry

/// Every metric that there is, each once: the page `Metrics` and the admin listener's `/metrics` have these and no others.
enum GatewayMetrics {
  // MARK: Stages

  static let requests = MetricFamily(
    "sluice_requests", .counter,
    "Requests to a stage, by method and class of status (none: the client left unanswered). "
      + "AWS: Count; 4XXError and 5XXError are those with status 4xx and 5xx.")
  static let requestDuration = MetricFamily(
    "sluice_request_duration_seconds", .histogram, .seconds,
    "From the head of a request to a stage to the last byte of its response. AWS: Latency.")
  static let integrationDuration = MetricFamily(
    "sluice_integration_duration_seconds", .histogram, .seconds,
    "From the call of a stage's integration to its answer. AWS: IntegrationLatency.")
  static let responseBytes = MetricFamily(
    "sluice_response_body_bytes", .counter, .bytes, "Bytes of the bodies that a stage has sent.")
  static let stageCacheHits = MetricFamily(
    "sluice_stage_cache_hits", .counter, "Requests that the cache of a stage answered. AWS: CacheHitCount.")
  static let stageCacheMisses = MetricFamily(
    "sluice_stage_cache_misses", .counter,
    "Requests to a method that is cached, which the integration answered. AWS: CacheMissCount.")

  // MARK: Distributions

  static let distributionRequests = MetricFamily(
    "sluice_distribution_requests", .counter,
    "Requests to a distribution, by method and class of status. "
      + "AWS: Requests; 4xxErrorRate and 5xxErrorRate are the parts with status 4xx and 5xx.")
  static let distributionDuration = MetricFamily(
    "sluice_distribution_request_duration_seconds", .histogram, .seconds,
    "From the head of a request to a distribution to the last byte of its response.")
  static let originDuration = MetricFamily(
    "sluice_distribution_origin_duration_seconds", .histogram, .seconds,
    "From asking an origin to its answer, where it was asked. AWS: OriginLatency.")
  static let distributionBytes = MetricFamily(
    "sluice_distribution_response_body_bytes", .counter, .bytes,
    "Bytes of the bodies that a distribution has sent. AWS: BytesDownloaded.")
  static let cacheResults = MetricFamily(
    "sluice_distribution_cache_results", .counter,
    "What the cache did for requests to a distribution. AWS: CacheHitRate is the part with result hit, stale, "
      + "revalidated or collapsed of all but none and bypass.")
  static let unrouted = MetricFamily(
    "sluice_unrouted_requests", .counter,
    "Requests for no stage and no distribution, and what was no request at all, by method and class of status.")

  // MARK: Cache

  static let cacheCapacity = MetricFamily(
    "sluice_cache_capacity_bytes", .gauge, .bytes, "Memory that the cache may take.")
  static let cacheUsed = MetricFamily("sluice_cache_used_bytes", .gauge, .bytes, "Memory that the cache takes.")
  static let cacheObjects = MetricFamily("sluice_cache_objects", .gauge, "Responses that are stored.")
  static let cacheFetches = MetricFamily("sluice_cache_fetches", .gauge, "Fetches under way that others may join.")
  static let cacheLookups = MetricFamily(
    "sluice_cache_lookups", .counter, "Look-ups in the store, by whether something was found.")
  static let cacheCollapsed = MetricFamily(
    "sluice_cache_collapsed_requests", .counter, "Requests that joined another's fetch.")
  static let cacheStored = MetricFamily("sluice_cache_stored", .counter, "Responses that were stored.")
  static let cacheEvicted = MetricFamily("sluice_cache_evicted", .counter, "Responses that made room for others.")
  static let cacheInvalidated = MetricFamily(
    "sluice_cache_invalidated", .counter, "Responses that were invalidated.")
  static let diskCapacity = MetricFamily(
    "sluice_cache_disk_capacity_bytes", .gauge, .bytes,
    "Room on disk that the cache may take; 0: there is no directory for it.")
  static let diskUsed = MetricFamily(
    "sluice_cache_disk_used_bytes", .gauge, .bytes, "Room on disk that the cache takes.")
  static let diskObjects = MetricFamily(
    "sluice_cache_disk_objects", .gauge, "Stored responses whose bodies lie on disk.")
  static let diskFailures = MetricFamily(
    "sluice_cache_disk_failures", .counter, "Bodies that could not be written to disk.")

  // MARK: Connections

  static let connections = MetricFamily("sluice_connections", .gauge, "Open connections of clients, by listener.")
  static let accepted = MetricFamily(
    "sluice_connections_accepted", .counter, "Connections of clients that were accepted, by listener.")
  static let handshakes = MetricFamily(
    "sluice_tls_handshakes", .counter, "TLS handshakes that came to an end, by version and whether a session went on.")
  static let kernelConnections = MetricFamily(
    "sluice_tls_kernel_connections", .counter, "TLS connections on which the kernel encrypts what is sent.")
  static let failedHandshakes = MetricFamily(
    "sluice_tls_handshake_failures", .counter, "TLS handshakes that came to nothing, by reason.")
  static let endedConnections = MetricFamily(
    "sluice_http2_connections_ended", .counter,
    "HTTP/2 connections that were ended by GOAWAY for what their client did, by reason.")
  static let certificateExpiry = MetricFamily(
    "sluice_certificate_expiry_timestamp_seconds", .gauge, .seconds,
    "When a certificate that is shown ends, by its folder and kind of key.")
  static let stapleFetches = MetricFamily(
    "sluice_ocsp_fetches", .counter, "Questions to the issuers of certificates whether they are revoked, by result.")
  static let stapleExpiry = MetricFamily(
    "sluice_ocsp_response_expiry_timestamp_seconds", .gauge, .seconds,
    "When the OCSP response that is stapled to a certificate must have been renewed, where there is one that says so.")

  // MARK: Upstream

  static let upstreamConnections = MetricFamily(
    "sluice_upstream_connections", .gauge, "Connections to origins, by whether somebody uses them.")
  static let upstreamOpened = MetricFamily(
    "sluice_upstream_connections_opened", .counter, "Connections to origins that were made.")
  static let upstreamReused = MetricFamily(
    "sluice_upstream_connections_reused", .counter, "Requests to origins that went over a connection that was there.")
  static let upstreamFailures = MetricFamily(
    "sluice_upstream_failures", .counter, "Attempts to reach an origin, or to get its answer, that failed, by reason.")

  // MARK: Firewall

  static let firewallRequests = MetricFamily(
    "sluice_firewall_requests", .counter,
    "Requests that a rule of a web ACL matched, by what became of them; the default action is a rule, too. "
      + "AWS: AllowedRequests, BlockedRequests, CountedRequests.")
  static let rateLimited = MetricFamily(
    "sluice_firewall_rate_limited_keys", .gauge,
    "Addresses, or whatever else a rate-based rule counts by, that are beyond its limit now.")
  static let ipSetSize = MetricFamily("sluice_ip_set_addresses", .gauge, "Blocks of addresses in an IP set.")

  // MARK: Process

  static let deployment = MetricFamily("sluice_deployment", .gauge, "Number of the deployment that is served.")
  static let deployments = MetricFamily(
    "sluice_deployments", .counter, "Attempts to publish a deployment or to go back to one, by result.")
  static let lastDeployment = MetricFamily(
    "sluice_deployment_last_timestamp_seconds", .gauge, .seconds,
    "When a deployment was last published or gone back to, and when that last failed; 0: never.")
  static let workers = MetricFamily("sluice_workers", .gauge, "Threads that serve.")
  static let lostLogLines = MetricFamily(
    "sluice_log_lines_lost", .counter,
    "Lines of access logs that were dropped because their destination took too little, or that the disk refused.")
  static let cpu = MetricFamily(
    "process_cpu_seconds", .counter, .seconds, "Processor time, in the kernel and outside of it.")
  static let residentMemory = MetricFamily("process_resident_memory_bytes", .gauge, .bytes, "Memory in use.")
  static let virtualMemory = MetricFamily("process_virtual_memory_bytes", .gauge, .bytes, "Addresses in use.")
  static let openFiles = MetricFamily("process_open_fds", .gauge, "Open file descriptors.")
  static let mostOpenFiles = MetricFamily("process_max_fds", .gauge, "File descriptors that may be open.")
  static let startTime = MetricFamily(
    "process_start_time_seconds", .gauge, .seconds, "When the process was started, in seconds since 1970.")
}
