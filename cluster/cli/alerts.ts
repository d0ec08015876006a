// `faultline alerts`: which alerts are firing or pending, by Prometheus's HTTP API.
import type { Command } from 'commander'
import type { CliContext } from './context.ts'
import { type ActiveAlert, createPrometheus } from './prometheus.ts'
import { describeAlert, drawAlerts, sortAlerts } from './render/alert-blocks.ts'
import { formatValue } from './render/metric-value.ts'

export type AlertsOptions = { prometheus?: string; json: boolean }

export function registerAlerts(program: Command, context: CliContext): void {
  program
    .command('alerts')
    .description('alerts that are firing or pending: severity, since when, what to do')
    .option('--prometheus <url>', "ask this Prometheus instead of the run's backend")
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nEnds with 0 whether there are alerts or not.')
    .action((options: AlertsOptions) => showAlerts(context, options))
}

export async function showAlerts(context: CliContext, options: AlertsOptions): Promise<void> {
  const { out } = context
  const alerts = sortAlerts(await createPrometheus(options.prometheus ?? context.run().urls.prometheus).alerts())
  if (options.json) return out.printJson(alerts.map(toJson))
  if (alerts.length === 0) return out.print(out.colors.green('no alerts'))
  for (const line of drawAlerts(alerts, Date.now(), out.columns, out.colors)) out.print(line)
}

function toJson(alert: ActiveAlert): Record<string, unknown> {
  const { activeAtMs, value, labels, annotations } = alert
  return {
    ...describeAlert(alert),
    since: activeAtMs === undefined ? null : new Date(activeAtMs).toISOString(),
    // JSON has no NaN and no infinity.
    value: Number.isFinite(value) ? value : formatValue(value),
    labels,
    annotations,
  }
}
