// What the operating system knows of this process, under the names that every Prometheus client library uses.
// https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
import { readdirSync, readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import type { Metrics } from './instruments.ts'

/** @param version of the program, asked at each scrape */
export function measureBuild(metrics: Metrics, version: () => string): void {
  const runtime = `node ${process.versions.node}`
  metrics.observeGauge(
    { name: 'faultline_node_info', help: 'Always 1; its labels tell the version', labels: ['version', 'runtime'] },
    () => [[{ version: version(), runtime }, 1]],
  )
}

/** Descriptors are only to be counted where there is a /proc; elsewhere their two metrics are missing. */
export function measureProcess(metrics: Metrics): void {
  metrics.observeCounter({ name: 'process_cpu_seconds_total', help: 'CPU time, user and system' }, () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  metrics.observeGauge({ name: 'process_resident_memory_bytes', help: 'Resident memory' }, () =>
    process.memoryUsage.rss(),
  )
  const maxFds = readMaxFds()
  const startedAtS = performance.timeOrigin / 1_000
  metrics.observeGauge(
    { name: 'process_start_time_seconds', help: 'Start of the process, Unix time' },
    () => startedAtS,
  )
  metrics.observeGauge({ name: 'process_open_fds', help: 'Open file descriptors, sockets among them' }, () =>
    countOpenFds(maxFds),
  )
  metrics.observeGauge({ name: 'process_max_fds', help: 'Most file descriptors that it may open' }, () => maxFds)
}

function countOpenFds(maxFds: number | undefined): number | undefined {
  try {
    // Less the one that the listing itself opens.
    return readdirSync('/proc/self/fd').length - 1
  } catch (error) {
    // Not even one is left for the listing.
    const usedUp = error instanceof Error && 'code' in error && error.code === 'EMFILE'
    return usedUp ? maxFds : undefined
  }
}

function readMaxFds(): number | undefined {
  try {
    const match = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
    return match ? Number(match[1]) : undefined
  } catch {
    return undefined
  }
}
