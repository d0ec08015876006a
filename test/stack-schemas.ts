// The documented keys that our files for the Collector, Jaeger, Loki and Grafana use, and no others: a key that is misspelt, or that
// nobody documents, is refused. Where each is documented stands above it.
import { z } from 'zod'

const duration = z.string().regex(/^-?(\d+(?:\.\d+)?(?:ms|s|m|h))+$/, 'must be a duration')
const endpoint = z.string().regex(/^(?:https?:\/\/)?[a-z0-9.-]+:\d+(?:\/[a-z]+)*$/, 'must be an address')
const componentId = z.string().regex(/^[a-z_]+(?:\/[a-z]+)?$/)

// https://github.com/open-telemetry/opentelemetry-collector/tree/main/processor/memorylimiterprocessor
const MemoryLimiter = z.strictObject({
  check_interval: duration,
  limit_percentage: z.number().int().min(1).max(100),
  spike_limit_percentage: z.number().int().min(1).max(100),
})
// https://github.com/open-telemetry/opentelemetry-collector/tree/main/processor/batchprocessor
const Batch = z.strictObject({
  timeout: duration,
  send_batch_size: z.number().int().optional(),
  send_batch_max_size: z.number().int().optional(),
})
// https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/tailsamplingprocessor
const policy = { name: z.string() }
const TailSampling = z.strictObject({
  decision_wait: duration,
  num_traces: z.number().int(),
  expected_new_traces_per_sec: z.number().int(),
  policies: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({
        ...policy,
        type: z.literal('status_code'),
        status_code: z.strictObject({ status_codes: z.array(z.enum(['OK', 'ERROR', 'UNSET'])) }),
      }),
      z.strictObject({
        ...policy,
        type: z.literal('latency'),
        latency: z.strictObject({ threshold_ms: z.number().int() }),
      }),
      z.strictObject({
        ...policy,
        type: z.literal('probabilistic'),
        probabilistic: z.strictObject({ sampling_percentage: z.number().min(0).max(100) }),
      }),
    ]),
  ),
})
// https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/connector/spanmetricsconnector
const SpanMetrics = z.strictObject({
  namespace: z.string(),
  histogram: z.strictObject({
    unit: z.enum(['ms', 's']),
    explicit: z.strictObject({ buckets: z.array(duration) }),
  }),
  exemplars: z.strictObject({ enabled: z.boolean() }),
  exclude_dimensions: z.array(z.string()),
  resource_metrics_key_attributes: z.array(z.string()),
  aggregation_cardinality_limit: z.number().int(),
  metrics_flush_interval: duration,
  metrics_expiration: duration,
})
// https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/connector/servicegraphconnector
const ServiceGraph = z.strictObject({
  latency_histogram_buckets: z.array(duration),
  store: z.strictObject({ ttl: duration, max_items: z.number().int() }),
  database_name_attributes: z.array(z.string()),
  virtual_node_peer_attributes: z.array(z.string()),
  metrics_flush_interval: duration,
})
// https://opentelemetry.io/docs/collector/configuration/#service and /docs/collector/internal-telemetry/
const PullExporter = z.strictObject({
  prometheus: z.strictObject({
    host: z.string(),
    port: z.number().int(),
    without_scope_info: z.boolean(),
    without_units: z.boolean(),
    // With the suffix `_total`, which our dashboards name.
    without_type_suffix: z.literal(false),
  }),
})
const Service = z.strictObject({
  extensions: z.array(componentId).optional(),
  pipelines: z.record(
    z.string().regex(/^(?:traces|metrics|logs)(?:\/[a-z]+)?$/),
    z.strictObject({
      receivers: z.array(componentId),
      processors: z.array(z.string()).optional(),
      exporters: z.array(componentId),
    }),
  ),
  telemetry: z.strictObject({
    logs: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']) }),
    metrics: z.strictObject({
      level: z.enum(['none', 'basic', 'normal', 'detailed']),
      readers: z.array(z.strictObject({ pull: z.strictObject({ exporter: PullExporter }) })).optional(),
    }),
  }),
})
// https://github.com/open-telemetry/opentelemetry-collector/tree/main/receiver/otlpreceiver
const protocol = z.strictObject({ endpoint })
const Receivers = z.strictObject({
  otlp: z.strictObject({ protocols: z.strictObject({ grpc: protocol.optional(), http: protocol.optional() }) }),
})

export const CollectorFile = z.strictObject({
  receivers: Receivers,
  processors: z.strictObject({ memory_limiter: MemoryLimiter, batch: Batch, tail_sampling: TailSampling }),
  connectors: z.strictObject({ 'forward/kept': z.null(), spanmetrics: SpanMetrics, servicegraph: ServiceGraph }),
  exporters: z.strictObject({
    // https://github.com/open-telemetry/opentelemetry-collector/tree/main/exporter/otlpexporter
    'otlp/jaeger': z.strictObject({ endpoint, tls: z.strictObject({ insecure: z.boolean() }) }),
    // https://github.com/open-telemetry/opentelemetry-collector/tree/main/exporter/otlphttpexporter
    'otlphttp/loki': z.strictObject({ endpoint }),
    // https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/prometheusexporter
    prometheus: z.strictObject({
      endpoint,
      enable_open_metrics: z.boolean(),
      without_scope_info: z.boolean(),
      metric_expiration: duration,
    }),
  }),
  service: Service,
})

// https://www.jaegertracing.io/docs/2.14/deployment/configuration/ and /spm/
export const JaegerFile = z.strictObject({
  extensions: z.strictObject({
    jaeger_storage: z.strictObject({
      backends: z.record(z.string(), z.strictObject({ memory: z.strictObject({ max_traces: z.number().int() }) })),
      metric_backends: z.record(
        z.string(),
        z.strictObject({
          prometheus: z.strictObject({ endpoint, normalize_calls: z.boolean(), normalize_duration: z.boolean() }),
        }),
      ),
    }),
    jaeger_query: z.strictObject({
      http: protocol,
      storage: z.strictObject({ traces: z.string(), metrics: z.string() }),
    }),
  }),
  receivers: Receivers,
  processors: z.strictObject({ memory_limiter: MemoryLimiter, batch: Batch }),
  exporters: z.strictObject({ jaeger_storage_exporter: z.strictObject({ trace_storage: z.string() }) }),
  service: Service,
})

// https://grafana.com/docs/loki/v3.5.x/configure/
export const LokiFile = z.strictObject({
  auth_enabled: z.boolean(),
  server: z.strictObject({ http_listen_port: z.number().int(), log_level: z.string() }),
  common: z.strictObject({
    instance_addr: z.string(),
    path_prefix: z.string(),
    replication_factor: z.number().int(),
    ring: z.strictObject({ kvstore: z.strictObject({ store: z.enum(['inmemory', 'memberlist']) }) }),
    storage: z.strictObject({
      filesystem: z.strictObject({ chunks_directory: z.string(), rules_directory: z.string() }),
    }),
  }),
  schema_config: z.strictObject({
    configs: z.array(
      z.strictObject({
        from: z.string().regex(/^\d{4}-\d\d-\d\d$/),
        store: z.literal('tsdb'),
        object_store: z.literal('filesystem'),
        schema: z.literal('v13'),
        index: z.strictObject({ prefix: z.string(), period: z.literal('24h') }),
      }),
    ),
  }),
  limits_config: z.strictObject({
    retention_period: duration,
    allow_structured_metadata: z.boolean(),
    volume_enabled: z.boolean(),
    otlp_config: z.strictObject({
      resource_attributes: z.strictObject({
        ignore_defaults: z.boolean(),
        attributes_config: z.array(
          z.strictObject({
            action: z.enum(['index_label', 'structured_metadata', 'drop']),
            attributes: z.array(z.string()),
          }),
        ),
      }),
    }),
  }),
  compactor: z.strictObject({
    working_directory: z.string(),
    retention_enabled: z.boolean(),
    delete_request_store: z.literal('filesystem'),
  }),
  analytics: z.strictObject({ reporting_enabled: z.boolean() }),
})

const source = {
  name: z.string(),
  uid: z.string(),
  access: z.literal('proxy'),
  url: endpoint,
  isDefault: z.boolean().optional(),
  editable: z.literal(false),
}
/** Within Grafana's files a dollar sign is written twice. */
const query = z.string().regex(/^(?:[^$]|\$\$)*$/, 'must write a dollar sign twice')

// https://grafana.com/docs/grafana/v12.3/administration/provisioning/#data-sources and /datasources/{prometheus,jaeger,loki}/configure/
export const DataSourcesFile = z.strictObject({
  apiVersion: z.literal(1),
  datasources: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({
        ...source,
        type: z.literal('prometheus'),
        jsonData: z.strictObject({
          httpMethod: z.enum(['GET', 'POST']),
          timeInterval: duration,
          prometheusType: z.literal('Prometheus'),
          prometheusVersion: z.string(),
          exemplarTraceIdDestinations: z.array(
            z.strictObject({ name: z.string(), datasourceUid: z.string(), urlDisplayLabel: z.string() }),
          ),
        }),
      }),
      z.strictObject({
        ...source,
        type: z.literal('jaeger'),
        jsonData: z.strictObject({
          nodeGraph: z.strictObject({ enabled: z.boolean() }),
          spanBar: z.strictObject({ type: z.enum(['None', 'Duration', 'Tag']), tag: z.string() }),
          traceIdTimeParams: z.strictObject({ enabled: z.boolean() }),
          tracesToLogsV2: z.strictObject({
            datasourceUid: z.string(),
            spanStartTimeShift: duration,
            spanEndTimeShift: duration,
            customQuery: z.boolean(),
            query,
          }),
          tracesToMetrics: z.strictObject({
            datasourceUid: z.string(),
            spanStartTimeShift: duration,
            spanEndTimeShift: duration,
            tags: z.array(z.strictObject({ key: z.string(), value: z.string() })),
            queries: z.array(z.strictObject({ name: z.string(), query })),
          }),
        }),
      }),
      z.strictObject({
        ...source,
        type: z.literal('loki'),
        jsonData: z.strictObject({
          maxLines: z.number().int(),
          derivedFields: z.array(
            z.strictObject({
              name: z.string(),
              matcherType: z.enum(['regex', 'label']),
              matcherRegex: z.string(),
              datasourceUid: z.string(),
              url: query,
              urlDisplayLabel: z.string(),
            }),
          ),
        }),
      }),
    ]),
  ),
})

// https://grafana.com/docs/grafana/v12.3/administration/provisioning/#dashboards
export const DashboardProvidersFile = z.strictObject({
  apiVersion: z.literal(1),
  providers: z.array(
    z.strictObject({
      name: z.string(),
      type: z.literal('file'),
      folder: z.string(),
      disableDeletion: z.boolean(),
      allowUiUpdates: z.boolean(),
      updateIntervalSeconds: z.number().int(),
      options: z.strictObject({ path: z.string() }),
    }),
  ),
})
