// The data sources by the uids that provisioning gives them.
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common'

export const prometheus = { type: 'prometheus', uid: 'prometheus' } satisfies DataSourceRef
export const jaeger = { type: 'jaeger', uid: 'jaeger' } satisfies DataSourceRef
export const loki = { type: 'loki', uid: 'loki' } satisfies DataSourceRef
