// What a node tells of itself as a member of the cluster.
import type { Metrics } from '../../otel/sdk/metrics/instruments.ts'
import type { ControlStream } from './control/stream.ts'

export function measureNode(metrics: Metrics, control: ControlStream, isReady: () => boolean): void {
  metrics.observeGauge({ name: 'faultline_node_ready', help: 'Whether this node takes requests: 0 or 1' }, () =>
    isReady() ? 1 : 0,
  )
  metrics.observeGauge(
    { name: 'faultline_control_connected', help: 'Whether the control stream is open: 0 or 1' },
    () => (control.state().connected ? 1 : 0),
  )
  metrics.observeGauge({ name: 'faultline_control_version', help: 'Control document that is applied' }, () =>
    // Before the first.
    control.document().version < 0 ? undefined : control.document().version,
  )
  metrics.observeCounter(
    { name: 'faultline_control_disconnections_total', help: 'How often the control stream was lost' },
    () => control.state().disconnections,
  )
  metrics.observeGauge(
    {
      name: 'faultline_clock_skew_seconds',
      help: "This node's clock less the control plane's, and the way of a message, so that a few milliseconds mean none",
    },
    () => control.state().clockSkewS,
  )
}
