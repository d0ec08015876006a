// Runs each group of rules at its interval, one evaluation of a group at a time.
import type { Engine } from '../../promql/engine.ts'
import { nextOnGrid, offsetOf } from '../scrape/scrape-grid.ts'
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
  private readonly timers = new Set<NodeJS.Timeout>()
  private readonly running = new Set<Promise<void>>()
  private stopped = false

  constructor({ engine, store, groups, now }: RuleManagerDeps) {
    this.now = now ?? Date.now
    this.runners = groups.map((group) => new RuleGroupRunner(group, engine, store))
  }

  start(): void {
    for (const runner of this.runners) this.schedule(runner)
  }

  /** Waits for evaluations under way and ends the rules' series. */
  async stop(): Promise<void> {
    this.stopped = true
    for (const timer of this.timers) clearTimeout(timer)
    await Promise.all(this.running)
    for (const runner of this.runners) runner.end(Math.max(this.now(), runner.status.lastEvaluationMs + 1))
  }

  /** In the order of files and groups. */
  groups(): readonly RuleGroupStatus[] {
    return this.runners.map(({ status }) => status)
  }

  private schedule(runner: RuleGroupRunner): void {
    const { name, file, intervalMs } = runner.status.group
    const dueMs = nextOnGrid(this.now(), intervalMs, offsetOf(`${file}\n${name}`, intervalMs))
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      const evaluation = runner.evaluate(dueMs).then(() => {
        this.running.delete(evaluation)
        if (!this.stopped) this.schedule(runner)
      })
      this.running.add(evaluation)
    }, dueMs - this.now())
    timer.unref()
    this.timers.add(timer)
  }
}
