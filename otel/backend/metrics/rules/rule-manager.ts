// Runs each group of rules at its interval, one evaluation of a group at a time.
import type { Engine } from '../../promql/engine.ts'
import { GridTimer, offsetOf } from '../time-grid.ts'
import type { Tsdb } from '../tsdb/tsdb.ts'
import type { RuleGroup } from './rule-file.ts'
import { RuleGroupRunner, type RuleGroupStatus } from './rule-group-runner.ts'

export interface RuleManagerDeps {
  engine: Engine
  store: Tsdb
  groups: readonly RuleGroup[]
  now?: () => number
}

export class RuleManager {
  private readonly now: () => number
  private readonly runners: RuleGroupRunner[]
  private readonly timers: GridTimer[]

  constructor({ engine, store, groups, now = Date.now }: RuleManagerDeps) {
    this.now = now
    this.runners = groups.map((group) => new RuleGroupRunner(group, engine, store))
    this.timers = this.runners.map((runner) => {
      const { name, file, intervalMs } = runner.status.group
      const offsetMs = offsetOf(`${file}\n${name}`, intervalMs)
      return new GridTimer({ intervalMs, offsetMs, now, run: (dueMs) => runner.evaluate(dueMs) })
    })
  }

  start(): void {
    for (const timer of this.timers) timer.start()
  }

  /** Waits for evaluations under way and ends the rules' series. */
  async stop(): Promise<void> {
    await Promise.all(this.timers.map((timer) => timer.stop()))
    for (const runner of this.runners) runner.end(Math.max(this.now(), runner.status.lastEvaluationMs + 1))
  }

  /** In the order of files and groups. */
  groups(): readonly RuleGroupStatus[] {
    return this.runners.map(({ status }) => status)
  }
}
